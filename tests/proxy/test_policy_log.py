from typing import Any

import pytest

from policies.policy import Automation
from proxy.policy_log import ENOUGH, unmet


def logged(sure: float | None, intent: str = "returns", n: int = ENOUGH) -> list[dict[str, Any]]:
    return [{"intent": {"name": intent, "score": 0.9}, "confidence": sure} for _ in range(n)]


def test_a_threshold_that_nothing_met_is_told(make_turn: Any) -> None:
    policy = make_turn().policy
    ((key, why),) = unmet(policy, [*logged(0.4), *logged(0.69)])
    assert key == "intents.returns.min_confidence"
    assert "0.70" in why
    assert "highest 0.69" in why


@pytest.mark.parametrize(
    "records",
    [
        [],
        logged(0.4, n=ENOUGH - 1),
        [*logged(0.4), *logged(0.71, n=1)],
        logged(None),
        logged(0.4, intent="gone"),
        logged(0.4, intent="dispute"),
        [{"confidence": 0.1}] * ENOUGH,
        [{"intent": "returns", "confidence": 0.1}] * ENOUGH,
    ],
)
def test_little_or_other_evidence_says_nothing(make_turn: Any, records: list[Any]) -> None:
    policy = make_turn().policy
    assert policy.rule("dispute").automation is Automation.HUMAN
    assert list(unmet(policy, records)) == []

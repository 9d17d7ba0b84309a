from collections.abc import Sequence

import pytest

from policies.errors import ConfigError
from policies.messages import Message
from policies.policy import Money, Policy, Risk
from policies.turn import Classification
from proxy.evals.rows import Row
from proxy.evals.turns import Case, parse, run, score
from validators.testing import FakeRedactor

SEEN = {
    "refund": Classification("refund", 0.9),
    "refund 500": Classification("refund", 0.9, amounts=(Money(500, "EUR"),)),
    "dispute": Classification("dispute", 0.9),
    "lawyer": Classification("dispute", 0.9, risks={Risk.LEGAL_THREAT: 1.0}),
}


class ByText:
    def __init__(self) -> None:
        self.heard: list[str] = []

    async def classify(self, conversation: Sequence[Message]) -> Classification:
        self.heard.append(conversation[-1].text)
        return SEEN.get(conversation[-1].text, SEEN["refund"])


def case(text: str, expect: str) -> Case:
    return Case(({"role": "user", "content": text},), expect)


def test_a_line_is_read() -> None:
    messages = [{"role": "user", "content": "hi"}]
    assert parse(Row("f", 1, {"messages": messages, "expect": "auto"})).expect == "auto"
    for data, key in (
        ({"messages": messages, "expect": "maybe"}, "expect"),
        ({"messages": [{"role": "nobody"}], "expect": "auto"}, "messages"),
        ({"expect": "auto"}, "messages"),
    ):
        with pytest.raises(ConfigError, match=f"f:4: {key}: "):
            parse(Row("f", 4, data))


async def test_the_policy_decides_by_intent_risk_and_amount(policy: Policy) -> None:
    cases = [
        case("refund", "auto"),
        case("refund 500", "human"),
        case("dispute", "human"),
        case("lawyer", "immediate"),
    ]
    result = await run(cases, FakeRedactor({}), ByText(), policy)
    assert [p["automation"] for p in result.predictions] == ["auto", "human", "human", "immediate"]
    assert result.figures["accuracy"] == 1


async def test_the_classifier_hears_redacted_text(policy: Policy) -> None:
    ears = ByText()
    await run([case("I am Ann", "auto")], FakeRedactor({"Ann": "PERSON"}), ears, policy)
    assert "Ann" not in ears.heard[0]
    assert "[PERSON_" in ears.heard[0]


def test_errors_are_told_apart_by_direction() -> None:
    cases = [case("a", "human"), case("b", "auto"), case("c", "immediate"), case("d", "auto")]
    figures = score(cases, ["auto", "human", "immediate", "auto"])
    assert figures["too_permissive"] == 0.25
    assert figures["too_cautious"] == 0.25
    assert figures["accuracy"] == 0.5
    assert figures["confusion"]["human"] == {"auto": 1, "human": 0, "immediate": 0}

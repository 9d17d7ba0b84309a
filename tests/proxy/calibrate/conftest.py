"""Judged answers of a made-up check whose scores are too sure of themselves."""

from collections.abc import Callable

import numpy as np
import pytest

from policies.policy import Action, Automation, IntentRule, Policy, Release, Routing, Texts
from proxy.calibrate.answers import DEFAULTS, Judged

Make = Callable[..., list[Judged]]


def rule(name: str, automation: Automation = Automation.AUTO) -> IntentRule:
    return IntentRule(
        name=name,
        examples=(),
        automation=automation,
        min_confidence=0.85,
        max_amount=None,
        release=Release.SENTENCE,
        on_ungrounded=Action.ESCALATE,
        cache=True,
        tier=None,
        routing=Routing(),
        escalation_text=Texts({"en": "A colleague takes over."}),
    )


@pytest.fixture
def policy() -> Policy:
    intents = {"refund": rule("refund"), "dispute": rule("dispute", Automation.HUMAN)}
    return Policy("support", "v1", intents, rule(DEFAULTS), {})


@pytest.fixture
def make() -> Make:
    """Answers of one claim, whose true log odds are `slope` times the score's, plus `shift`."""

    def made(  # noqa: PLR0913 - one parameter per thing that a test varies
        n: int = 400,
        *,
        seed: int = 1,
        slope: float = 0.4,
        shift: float = 0.0,
        intent: str = DEFAULTS,
        groups: int = 80,
    ) -> list[Judged]:
        chance = np.random.default_rng(seed)
        answers = []
        for number in range(n):
            score = float(chance.uniform(0.02, 0.98))
            odds = slope * np.log(score / (1 - score)) + shift
            supported = bool(chance.uniform() < 1 / (1 + np.exp(-odds)))
            group = f"{seed}-{number % groups}"
            answers.append(Judged(supported, (score,), intent, group, objected=score < 0.3))
        return answers

    return made

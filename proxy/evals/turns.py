"""Turns: does the policy leave the right conversations to the bot?

Decided as the pipeline does before any model is called: intent, risks and amounts. What
follows from an answer is the business of the grounding evaluation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from policies.decide import decide
from policies.decision import Deliver, HandOff, Refuse, Rewrite
from policies.errors import RequestError
from policies.messages import Message
from policies.policy import Automation, Policy
from policies.text import Raw
from policies.turn import Turn
from proxy.evals.base import Figures, Progress, Result, Stopwatch, rounded, silent
from proxy.evals.metrics import ratio
from proxy.evals.rows import Row
from proxy.wire.request import check_messages, conversation_of
from validators.base import IntentClassifier, Redactor

LEVELS = tuple(level.value for level in Automation)


@dataclass(frozen=True, slots=True)
class Case:
    """One conversation and how far the bot may go."""

    messages: tuple[Mapping[str, Any], ...]
    expect: str


def parse(row: Row) -> Case:
    """Read `{"messages", "expect"}`. Raises `ConfigError`."""
    messages = row.data.get("messages")
    try:
        check_messages(messages)
    except RequestError as error:
        raise row.error("messages", str(error)) from None
    return Case(tuple(messages or ()), row.one_of("expect", LEVELS))


async def run(
    cases: Sequence[Case],
    redactor: Redactor,
    classifier: IntentClassifier,
    policy: Policy,
    progress: Progress = silent,
) -> Result:
    """Redact, classify and decide each conversation."""
    watch = Stopwatch()
    found: list[str] = []
    for case in progress(cases):
        with watch.item():
            conversation = await _redacted(case, redactor)
            seen = await classifier.classify(conversation)
            turn = _turn(policy).but(conversation=conversation, classification=seen)
        found.append(automation(turn))
    predictions = tuple({"automation": level} for level in found)
    return Result({**score(cases, found), **watch.figures()}, predictions)


async def _redacted(case: Case, redactor: Redactor) -> tuple[Message, ...]:
    plain = conversation_of({"messages": list(case.messages)})
    done = await redactor.redact([m.text for m in plain], tenant="eval", conversation_id=None)
    pairs = zip(plain, done.texts, strict=True)
    return tuple(Message(m.role, text, m.tool_call) for m, text in pairs)


def _turn(policy: Policy) -> Turn:
    return Turn(id="eval", request_id="eval", created=0.0, received=Raw(None), policy=policy)


def automation(turn: Turn) -> str:
    """Return how far the bot may go with a classified turn.

    What the policy hands off for another reason (an amount above the limit, say) counts
    as `human`.
    """
    match decide(turn.policy, turn):
        case Deliver() | Rewrite():
            return turn.automation.value
        case HandOff() | Refuse():
            level = turn.automation
            return (Automation.HUMAN if level is Automation.AUTO else level).value


def score(cases: Sequence[Case], found: Sequence[str]) -> Figures:
    """Count what was expected against what was decided."""
    pairs = [(c.expect, level) for c, level in zip(cases, found, strict=True)]
    right = sum(expected == level for expected, level in pairs)
    too_free = sum(LEVELS.index(level) < LEVELS.index(expected) for expected, level in pairs)
    return {
        "n": len(pairs),
        "accuracy": rounded(ratio(right, len(pairs))),
        "too_permissive": rounded(ratio(too_free, len(pairs))),
        "too_cautious": rounded(ratio(len(pairs) - right - too_free, len(pairs))),
        "confusion": {
            expected: {level: pairs.count((expected, level)) for level in LEVELS}
            for expected in LEVELS
        },
    }

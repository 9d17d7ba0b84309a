"""Intents: is the right one recognised, and is what no intent covers noticed?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from policies.messages import Message, Role
from policies.policy import OUT_OF_SCOPE, Policy
from policies.text import Redacted
from policies.turn import Classification
from proxy.evals.base import Figures, Progress, Result, Stopwatch, rounded, silent
from proxy.evals.metrics import ratio, recall_at_acceptance
from proxy.evals.rows import Row
from validators.base import IntentClassifier

ACCEPTANCE = 0.90
"""Share of in-scope texts that is accepted where out-of-scope recall is measured."""


@dataclass(frozen=True, slots=True)
class Case:
    """One text and what it asks for."""

    text: str
    intent: str


@dataclass(frozen=True, slots=True)
class Guess:
    """What was recognised."""

    intent: str
    """The best intent, also of a text that was rejected; `out_of_scope` if there is none."""
    score: float
    """Probability that this is what the text asks for: low for what no intent covers."""
    in_scope: bool


def parse(row: Row) -> Case:
    """Read `{"text", "intent"}`; `out_of_scope` is an intent. Raises `ConfigError`."""
    return Case(row.text("text"), row.text("intent"))


def taught(policy: Policy, cases: Sequence[Case], examples: int | None) -> Policy:
    """Return a policy whose intents are those of the cases, all else as in `policy`.

    Each intent learns from its first `examples` texts (None: all), in the file's order.
    """
    texts: dict[str, list[str]] = {}
    for case in cases:
        known = texts.setdefault(case.intent, [])
        if examples is None or len(known) < examples:
            known.append(case.text)
    rules = {
        name: replace(policy.fallback, name=name, examples=tuple(group))
        for name, group in texts.items()
    }
    return replace(policy, intents=rules)


async def run(
    cases: Sequence[Case], classifier: IntentClassifier, progress: Progress = silent
) -> Result:
    """Classify each text by itself, as the only message of a conversation."""
    watch = Stopwatch()
    guesses: list[Guess] = []
    for case in progress(cases):
        message = Message(Role.USER, Redacted(case.text))
        with watch.item():
            seen = await classifier.classify((message,))
        guesses.append(read(seen))
    predictions = tuple(
        {"intent": g.intent, "score": round(g.score, 6), "in_scope": g.in_scope} for g in guesses
    )
    return Result({**score(cases, guesses), **watch.figures()}, predictions)


def read(seen: Classification) -> Guess:
    """Return the best intent behind a classification and its probability.

    A rejected text is called `out_of_scope`, and so is one that resembles the policy's
    examples of that; the best real intent is then among the alternatives.
    """
    ranked = [(seen.intent, seen.score), *seen.alternatives]
    real = ((name, score) for name, score in ranked if name != OUT_OF_SCOPE)
    name, score = next(real, (OUT_OF_SCOPE, 0.0))
    return Guess(name, score, seen.in_scope and seen.intent != OUT_OF_SCOPE)


def score(cases: Sequence[Case], guesses: Sequence[Guess]) -> Figures:
    """Compare with the labels."""
    pairs = list(zip(cases, guesses, strict=True))
    inside = [(c, g) for c, g in pairs if c.intent != OUT_OF_SCOPE]
    outside = [g for c, g in pairs if c.intent == OUT_OF_SCOPE]
    at = recall_at_acceptance([g.score for _, g in inside], [g.score for g in outside], ACCEPTANCE)
    return {
        "n": len(pairs),
        "in_scope": len(inside),
        "out_of_scope": len(outside),
        "accuracy": _share([c.intent == g.intent for c, g in inside]),
        "out_of_scope_recall": rounded(at[1]) if at else None,
        "acceptance": ACCEPTANCE,
        "threshold": rounded(at[0]) if at else None,
        "accepted": _share([g.in_scope for _, g in inside]),
        "out_of_scope_rejected": _share([not g.in_scope for g in outside]),
        "accuracy_of_accepted": _share([c.intent == g.intent for c, g in inside if g.in_scope]),
        "unknown_intents": _unknown(inside),
    }


def _share(flags: Sequence[bool]) -> float | None:
    return rounded(ratio(sum(flags), len(flags)))


def _unknown(inside: Sequence[tuple[Case, Guess]]) -> Mapping[str, int]:
    """Labels that were never predicted: often names that the policy does not have."""
    predicted = {g.intent for _, g in inside}
    counts: dict[str, int] = {}
    for case, _ in inside:
        if case.intent not in predicted:
            counts[case.intent] = counts.get(case.intent, 0) + 1
    return dict(sorted(counts.items()))

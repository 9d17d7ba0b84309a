"""A verdict for people: what was decided, and sentence by sentence why."""

from collections.abc import Iterator

from rich.text import Text

from policies.confidence import verdict
from policies.findings import ClaimVerdict, Finding
from policies.turn import Answer, Turn
from proxy.records.views import action_of, reason_of

_COLOURS = {
    "pass": "green",
    "rewrite": "yellow",
    "escalate": "red",
    "block": "red",
    ClaimVerdict.SUPPORTED: "green",
    ClaimVerdict.CONTRADICTED: "red",
    ClaimVerdict.NOT_FOUND: "yellow",
    ClaimVerdict.NOT_CHECKABLE: "dim",
}
_WORST = (
    ClaimVerdict.NOT_CHECKABLE,
    ClaimVerdict.SUPPORTED,
    ClaimVerdict.NOT_FOUND,
    ClaimVerdict.CONTRADICTED,
)
_LABEL = 12


def verdict_lines(turn: Turn) -> Iterator[Text]:
    """Yield the lines, styled; text has placeholders only."""
    yield from _summary(turn)
    for answer in turn.answers:
        if answer.sentences:
            yield Text()
            yield Text("What the model wrote, sentence by sentence:", style="bold")
            yield from _sentences(turn, answer)


def _summary(turn: Turn) -> Iterator[Text]:
    action = action_of(turn)
    yield _field("action", action, _COLOURS[action])
    yield _field("verdict", verdict(turn))
    shown = "none: nothing checkable was said"
    yield _field("confidence", shown if turn.confidence is None else f"{turn.confidence:.2f}")
    if seen := turn.classification:
        yield _field("intent", f"{seen.intent} ({seen.score:.2f})")
        if seen.risks:
            yield _field("risk", ", ".join(sorted(seen.risks)), "yellow")
    if (reason := reason_of(turn)) is not None:
        yield _field("reason", reason.value, "yellow")
    if turn.decision is not None:
        for rule in turn.decision.fired:
            yield _field("because", rule)
    if turn.entities:
        kinds = ", ".join(f"{n} {name}" for name, n in sorted(turn.entities.items()))
        yield _field("redacted", kinds)
    if turn.handoff is not None:
        yield _field("handoff", f"would go to queue {turn.handoff.queue}")
    if turn.served.model:
        yield _field("model", f"{turn.served.model} ({turn.served.provider})")


def _field(name: str, value: str, style: str = "") -> Text:
    return Text.assemble((f"{name:<{_LABEL}}", "dim"), (value, style))


def _sentences(turn: Turn, answer: Answer) -> Iterator[Text]:
    for index, sentence in enumerate(answer.sentences):
        found = [f for f in turn.findings if (f.choice, f.sentence) == (answer.choice, index)]
        claims = [f.claim.verdict for f in found if f.claim is not None]
        worst = max(claims, key=_WORST.index, default=ClaimVerdict.NOT_CHECKABLE)
        label = worst.value.replace("_", " ")
        yield Text.assemble((f"{label:<15}", _COLOURS[worst]), " ".join(sentence.text.split()))
        for finding in found:
            yield from _finding(finding, alone=len(claims) == 1)


def _finding(finding: Finding, *, alone: bool) -> Iterator[Text]:
    claim = finding.claim
    if claim is None:
        if finding.reason:
            yield _note(f"{finding.check}: {finding.reason}", "yellow")
        return
    if not alone:
        label = claim.verdict.value.replace("_", " ")
        yield _note(f'{label} {claim.score:.2f}: "{" ".join(claim.text.split())}"', "dim")
    else:
        yield _note(f"probability {claim.score:.2f}", "dim")
    if finding.reason:
        yield _note(finding.reason, _COLOURS[claim.verdict])
    for evidence in claim.evidence[:1]:
        quote = " ".join(evidence.quote.split())
        yield _note(f'{evidence.title or evidence.source_id}: "{quote}"', "italic")


def _note(text: str, style: str) -> Text:
    return Text.assemble(" " * 15, (text, style))

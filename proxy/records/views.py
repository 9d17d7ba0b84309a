"""Small views of a turn that several records share. Pure; text with placeholders only."""

import math
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from policies.decision import Decision, Deliver, HandOff, Refuse, Rewrite
from policies.findings import Claim, Finding, Reason
from policies.knowledge import Evidence
from policies.turn import Turn

MAX_QUOTE = 1000
"""Characters of evidence kept per quote: the limit of the public schemas."""
UNKNOWN = "unknown"
"""The conversation of a request that names none."""

_TRACE_DIGITS = 32


def rfc3339(unix: float) -> str:
    """Write Unix time (seconds) as RFC 3339 in UTC, with milliseconds."""
    return (
        datetime.fromtimestamp(unix, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )


def probability(value: float | None) -> float | None:
    """Return a number between 0 and 1; None for what is no number.

    A check that reports NaN must not make a whole record unstorable.
    """
    if value is None or not math.isfinite(value):
        return None
    return round(min(max(value, 0.0), 1.0), 4)


def number(value: float | None) -> float | None:
    """Return the value if it is finite, rounded; JSON has no other numbers."""
    return None if value is None or not math.isfinite(value) else round(value, 4)


def shortened(text: str, limit: int) -> str:
    """Cut a text to `limit` characters, at a space if one is near, with an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[limit // 2 :] else cut) + "…"


def action_of(turn: Turn) -> str:
    """What was done to the answer: `pass`, `rewrite`, `escalate` or `block`.

    In shadow mode nothing was done unless something took the answer's place all the
    same. A request that ended before anything was decided delivered nothing.
    """
    if _only_watched(turn):
        return "pass"
    if turn.decision is None:
        return "pass" if turn.profile == "utility" else "block"
    return decided_action(turn.decision)


def decided_action(decision: Decision) -> str:
    """Name a decision as results, headers and records do."""
    match decision:
        case Deliver():
            return "pass"
        case Rewrite():
            return "rewrite"
        case HandOff():
            return "escalate"
        case Refuse():
            return "block"


def reason_of(turn: Turn) -> Reason | None:
    """Why the answer was not passed as it was; None if it was."""
    return None if _only_watched(turn) else decided_reason(turn.decision)


def decided_reason(decision: Decision | None) -> Reason | None:
    """Return the reason that a decision carries."""
    return None if decision is None or isinstance(decision, Deliver) else decision.reason


def _only_watched(turn: Turn) -> bool:
    return turn.shadow and not turn.notice and turn.handoff is None


def trace_id(turn: Turn) -> str | None:
    """Return the trace's id if it is one: 32 hexadecimal digits."""
    known = turn.trace_id
    is_hex = len(known) == _TRACE_DIGITS and all(c in "0123456789abcdef" for c in known)
    return known if is_hex else None


def claim_objects(turn: Turn) -> list[dict[str, Any]]:
    """Every judged claim with its evidence, in the shape of the public schemas."""
    judged = ((f, f.claim) for f in turn.findings if f.claim is not None)
    return [_claim(f"c{n}", finding, claim) for n, (finding, claim) in enumerate(judged, 1)]


def _claim(name: str, finding: Finding, claim: Claim) -> dict[str, Any]:
    return {
        "id": name,
        "text": claim.text,
        "span": list(claim.span),
        "choice": finding.choice,
        "verdict": claim.verdict.value,
        "reason": finding.reason,
        "score": probability(claim.score),
        "shared": claim.shared,
        "evidence": [_evidence(e) for e in claim.evidence],
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        **source(evidence),
        "quote": shortened(evidence.quote, MAX_QUOTE),
        "score": number(evidence.score) or 0.0,
        "origin": evidence.origin.value,
    }


def source(evidence: Evidence) -> dict[str, str]:
    """Name the page behind a piece of evidence."""
    named = {
        "source_id": evidence.source_id,
        "title": evidence.title,
        "uri": evidence.uri or "",
        "revision": evidence.revision,
    }
    return {key: value for key, value in named.items() if value or key == "source_id"}


def unique(items: Iterable[str]) -> list[str]:
    """Keep the first of equal items, in order."""
    return list(dict.fromkeys(items))


def answer_texts(turn: Turn) -> Iterator[str]:
    """The drafts, choice by choice: their text, or the model's own refusal."""
    for answer in turn.answers:
        yield answer.text or answer.refusal

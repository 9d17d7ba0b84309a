"""The answers whose verdict was most wrong, to be read by a person."""

from collections.abc import Sequence

from proxy.evals.base import Figures, rounded
from proxy.evals.grounding import SUPPORTED, UNSUPPORTED, Case, Seen

_TEXTS = ("question", "answer", "claim", "reason", "page", "quote")


def worst(cases: Sequence[Case], seen: Sequence[Seen], most: int) -> list[Figures]:
    """Return the `most` answers whose score is farthest from the truth, farthest first.

    Holds the texts of the data, as they are in the file.
    """
    pairs = list(zip(cases, seen, strict=True))
    ranked = sorted(pairs, key=lambda pair: -_wrongness(*pair))[:most]
    return [_shown(case, one) for case, one in ranked]


def worst_lines(found: Sequence[Figures]) -> list[str]:
    """Write them for a terminal, one block each."""
    lines = [f"the {len(found)} most wrong verdicts"]
    for number, entry in enumerate(found, 1):
        said = f"{entry['label']} by label, scored {entry['score']}, {entry['verdict']}"
        kind = f", kind {entry['kind']}" if entry["kind"] else ""
        lines.append(f"  {number}. line {entry['line']} {entry['id']}: {said}{kind}")
        lines += [
            f"       {key:<8}  {' '.join(str(entry[key]).split())}" for key in _TEXTS if entry[key]
        ]
    return lines


def _wrongness(case: Case, one: Seen) -> float:
    return 1 - one.score if case.supported else one.score


def _shown(case: Case, one: Seen) -> Figures:
    finding = one.deciding
    claim = finding.claim if finding else None
    evidence = finding.evidence[0] if finding and finding.evidence else None
    return {
        "line": case.row.line if case.row else None,
        "id": case.id,
        "label": SUPPORTED if case.supported else UNSUPPORTED,
        "kind": case.kind,
        "score": rounded(one.score),
        "verdict": one.verdict,
        "question": case.question,
        "answer": case.answer,
        "claim": claim.text if claim else "",
        "reason": finding.reason if finding else "",
        "page": evidence.title or evidence.source_id if evidence else "",
        "quote": evidence.quote if evidence else "",
    }

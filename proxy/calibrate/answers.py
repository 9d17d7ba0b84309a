"""Labelled answers, and what the configured checks say of each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from policies.calibration import Calibration
from policies.confidence import claim_scores
from policies.findings import ClaimVerdict, Severity
from policies.turn import Turn
from proxy.evals.base import Progress, silent
from proxy.evals.grounding import Case, Judge, judge_answer, parse
from proxy.evals.rows import Row

DEFAULTS = "[defaults]"
"""Stands for the policy's defaults: the intent of answers that name none."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One line of the data."""

    case: Case
    intent: str
    group: str
    """Answers of one group stand on the same evidence and are never told apart by a fold."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer after the checks, reduced to what calibration needs. Holds no text."""

    supported: bool
    scores: tuple[float, ...]
    """Of the claims that were judged, 0..1."""
    intent: str
    group: str
    objected: bool
    """A check failed something: whatever the confidence, the answer is not delivered whole."""
    unclear: bool = False
    """A check objected to what is no judged claim, so no confidence describes the answer."""
    errors: tuple[str, ...] = ()
    """Kinds of error of checks that broke."""

    @property
    def fits(self) -> bool:
        """Whether the answer's label says something about its confidence."""
        return bool(self.scores) and not self.unclear

    def confidence(self, calibration: Calibration) -> float:
        """Return the confidence that a turn would get; 1 for an answer that claims nothing."""
        if not self.scores:
            return 1.0
        return calibration.probability(self.scores, self.intent)


def reader(intents: Collection[str], default: str = DEFAULTS) -> "Reader":
    """Return what reads lines whose intent, if any, is one of `intents`, else `default`."""
    return Reader(frozenset(intents), default)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads a line of `handrail eval grounding`, with `intent` and `group` if it has them."""

    intents: frozenset[str]
    default: str

    def __call__(self, row: Row) -> Labelled:
        """Return the labelled answer. Raises `ConfigError` for a line that is not one."""
        case = parse(row)
        intent = row.optional("intent")
        if intent and intent not in self.intents:
            message = "is no intent of the policy; name one of its [intents], or leave it out"
            raise row.error("intent", message)
        return Labelled(case, intent or self.default, row.optional("group") or _evidence(row, case))


def _evidence(row: Row, case: Case) -> str:
    """Name what the answer stands on: its first page, else its first text, else itself."""
    for kind, given in (("page", case.doc_ids), ("text", case.context)):
        if given:
            return f"{kind} {given[0]}"
    return f"line {row.line}"


async def judge_all(
    rows: Sequence[Labelled], judge: Judge, progress: Progress = silent
) -> list[Judged]:
    """Judge every answer as `handrail eval grounding` does. Raises `ConfigError`."""
    return [_reduced(row, await judge_answer(row.case, judge)) for row in progress(rows)]


def _reduced(row: Labelled, turn: Turn) -> Judged:
    failed = [f for f in turn.findings if f.severity is Severity.FAIL]
    unread = ClaimVerdict.NOT_CHECKABLE
    return Judged(
        supported=row.case.supported,
        scores=tuple(claim_scores(turn)),
        intent=row.intent,
        group=row.group,
        objected=bool(failed),
        unclear=any(f.claim is None or f.claim.verdict is unread for f in failed),
        errors=tuple(run.error_type for run in turn.checks if run.error_type),
    )

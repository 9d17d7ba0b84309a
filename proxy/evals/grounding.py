"""Grounding: is an answer's confidence the probability that its evidence supports it?

Each answer passes the gate as in service, sentence by sentence, and gets the confidence
that a turn would get. Two things differ from service. Answers are not redacted first:
redaction is measured by itself and would only cost time here. And intents are not
recognised: the policy's default threshold judges all answers alike.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from policies.confidence import confidence, verdict
from policies.findings import Severity
from policies.knowledge import Origin, Passage
from policies.messages import Message, Role
from policies.policy import Policy, Release
from policies.text import Raw, Redacted
from policies.turn import Turn
from proxy.evals.base import Figures, Progress, Result, Stopwatch, rounded, silent
from proxy.evals.metrics import Confusion, auroc, calibration_error, ratio
from proxy.evals.rows import Row
from proxy.models.base import Finished, ModelEvent, Opened, TextDelta
from proxy.stream.gate import Gate
from validators.base import KnowledgeBase
from validators.run import Check, run_checks

SUPPORTED, UNSUPPORTED = "supported", "unsupported"


@dataclass(frozen=True, slots=True)
class Case:
    """One answer, what may support it, and whether that does."""

    answer: str
    supported: bool
    question: str = ""
    kind: str = ""
    context: tuple[str, ...] | None = None
    doc_ids: tuple[str, ...] | None = None
    row: Row | None = None
    """For messages about this line."""


@dataclass(frozen=True, slots=True)
class Judge:
    """What answers are judged with."""

    policy: Policy
    knowledge: KnowledgeBase
    given: Sequence[Check]
    """Checks that see no knowledge base: only what a line brings is evidence."""
    retrieving: Sequence[Check]
    """Checks over the configured knowledge base."""
    passages: int = 8
    retrieve: bool = False
    """True: evidence is retrieved for every answer, whatever its line brings."""


def parse(row: Row) -> Case:
    """Read one labelled answer. Raises `ConfigError`."""
    return Case(
        answer=row.text("answer"),
        supported=row.one_of("label", (SUPPORTED, UNSUPPORTED)) == SUPPORTED,
        question=row.optional("question"),
        kind=row.optional("kind"),
        context=row.texts("context"),
        doc_ids=row.texts("doc_ids"),
        row=row,
    )


async def run(cases: Sequence[Case], judge: Judge, progress: Progress = silent) -> Result:
    """Judge every answer. Raises `ConfigError` for a page that the knowledge lacks."""
    watch = Stopwatch()
    scores: list[float] = []
    verdicts: list[str] = []
    errors: Counter[str] = Counter()
    for case in progress(cases):
        with watch.item():
            turn = await judge_answer(case, judge)
        scores.append(probability(turn))
        verdicts.append(verdict(turn))
        errors.update({run.error_type for run in turn.checks if run.error_type})
    threshold = judge.policy.fallback.min_confidence
    predictions = tuple(
        {"score": round(s, 6), "verdict": v} for s, v in zip(scores, verdicts, strict=True)
    )
    figures = {
        **score(cases, scores, threshold),
        "check_failed": rounded(ratio(verdicts.count("error"), len(verdicts))),
        "check_errors": dict(sorted(errors.items())),
        **watch.figures(),
    }
    return Result(figures, predictions)


async def judge_answer(case: Case, judge: Judge) -> Turn:
    """Return the turn of an answer that has passed the gate whole."""
    question = Redacted(case.question)
    turn = Turn(
        id="eval",
        request_id="eval",
        created=0.0,
        received=Raw(None),
        policy=judge.policy,
        conversation=(Message(Role.USER, question),) if question else (),
    )
    if not judge.retrieve and (case.context is not None or case.doc_ids is not None):
        turn = turn.but(
            evidence=tuple(_context(case.context or ())),
            sources=_pages(case, judge.knowledge),
            use_knowledge=False,
        )
        checks = judge.given
    else:
        found = judge.knowledge.search(question, limit=judge.passages) if question else ()
        turn, checks = turn.but(sources=tuple(found)), judge.retrieving
    gate = Gate(turn, checks, run_checks, lambda text, _: text, Release.ANSWER)
    async with aclosing(gate.run(_answer(case.answer))) as events:  # type: ignore[type-var]  # a generator
        async for _ in events:
            pass
    return gate.turn


def probability(turn: Turn) -> float:
    """Return the probability that the whole answer is supported.

    1.0 for an answer that claims nothing; 0.0 if a check objected to more than a claim:
    what could not be checked is not supported.
    """
    if any(f.severity is Severity.FAIL and f.claim is None for f in turn.findings):
        return 0.0
    sure = confidence(turn)
    return 1.0 if sure is None else sure


def _context(texts: Sequence[str]) -> list[Passage]:
    return [
        Passage(f"context-{n}#0", f"context-{n}", "", text, origin=Origin.CONTEXT)
        for n, text in enumerate(texts)
    ]


def _pages(case: Case, knowledge: KnowledgeBase) -> tuple[Passage, ...]:
    ids = case.doc_ids or ()
    found = tuple(knowledge.pages(ids))
    missing = [name for name in ids if name not in {p.source_id for p in found}]
    if missing and case.row is not None:
        message = f"the configured knowledge has no page {missing[0]}; name its file in --config"
        raise case.row.error("doc_ids", message)
    return found


async def _answer(text: str) -> AsyncIterator[ModelEvent]:
    yield Opened()
    yield TextDelta(0, text)
    yield Finished(0, "stop")


def score(cases: Sequence[Case], scores: Sequence[float], threshold: float) -> Figures:
    """Compare with the labels; an unsupported answer that is flagged is a hit."""
    unsupported = [not c.supported for c in cases]
    flagged = [s < threshold for s in scores]
    counts = Confusion.of(flagged, unsupported)
    supported = [c.supported for c in cases]
    return {
        "n": len(cases),
        "unsupported": sum(unsupported),
        "threshold": threshold,
        "auroc": rounded(auroc(scores, supported)),
        "balanced_accuracy": rounded(counts.balanced_accuracy),
        "precision": rounded(counts.precision),
        "recall": rounded(counts.recall),
        "f1": rounded(counts.f1),
        "false_alarms": rounded(counts.false_alarm_rate),
        "ece": rounded(calibration_error(scores, supported)),
        "recall_per_kind": _per_kind(cases, flagged, lambda c: not c.supported),
        "false_alarms_per_kind": _per_kind(cases, flagged, lambda c: c.supported),
    }


def _per_kind(
    cases: Sequence[Case], flagged: Sequence[bool], wanted: Callable[[Case], bool]
) -> dict[str, Figures]:
    groups: dict[str, list[bool]] = {}
    for case, flag in zip(cases, flagged, strict=True):
        if case.kind and wanted(case):
            groups.setdefault(case.kind, []).append(flag)
    return {
        kind: {"n": len(flags), "flagged": rounded(ratio(sum(flags), len(flags)))}
        for kind, flags in sorted(groups.items())
    }

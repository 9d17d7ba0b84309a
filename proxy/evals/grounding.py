"""Grounding: is an answer's confidence the probability that its evidence supports it?

Each answer passes the gate as in service, sentence by sentence, and gets the confidence
that a turn would get. Two things differ from service. Answers are not redacted first:
redaction is measured by itself and would only cost time here. And intents are not
recognised: the policy's default threshold judges all answers alike.
"""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from policies.confidence import confidence, support, verdict
from policies.findings import ClaimVerdict, Finding, Severity
from policies.knowledge import Origin, Passage
from policies.messages import Message, Role
from policies.policy import Policy, Release
from policies.text import Raw, Redacted
from policies.turn import Turn
from proxy.evals.base import Figures, Progress, Result, Stopwatch, rounded, silent
from proxy.evals.grounding_figures import Scored, figures
from proxy.evals.metrics import median, ratio
from proxy.evals.rows import Row
from proxy.models.base import Finished, ModelEvent, Opened, TextDelta
from proxy.stream.gate import Gate
from validators.base import KnowledgeBase
from validators.run import Check, run_checks

SUPPORTED, UNSUPPORTED = "supported", "unsupported"
TYPICAL = 4
"""Claims of a typical answer: what the cost of checking is compared by."""


@dataclass(frozen=True, slots=True)
class Case:
    """One answer, what may support it, and whether that does."""

    answer: str
    supported: bool
    question: str = ""
    kind: str = ""
    id: str = ""
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
        id=row.optional("id"),
        context=row.texts("context"),
        doc_ids=row.texts("doc_ids"),
        row=row,
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of one answer."""

    score: float
    verdict: str
    claims: int
    cpu_ms: float
    deciding: Finding | None
    """The finding about its weakest claim, or about what could not be checked."""


async def run(cases: Sequence[Case], judge: Judge, progress: Progress = silent) -> Result:
    """Judge every answer. Raises `ConfigError` for a page that the knowledge lacks."""
    result, _ = await run_seen(cases, judge, progress)
    return result


async def run_seen(
    cases: Sequence[Case], judge: Judge, progress: Progress = silent
) -> tuple[Result, tuple[Seen, ...]]:
    """Judge every answer as `run` does; return what became of each as well."""
    watch = Stopwatch()
    seen: list[Seen] = []
    errors: Counter[str] = Counter()
    for case in progress(cases):
        with watch.item():
            turn = await judge_answer(case, judge)
        seen.append(_seen(turn, watch.last_cpu_ms))
        errors.update({run.error_type for run in turn.checks if run.error_type})
    predictions = tuple({"score": round(s.score, 6), "verdict": s.verdict} for s in seen)
    broken = sum(s.verdict == "error" for s in seen)
    found = {
        **figures(scored(cases, [s.score for s in seen]), judge.policy.fallback.min_confidence),
        "check_failed": rounded(ratio(broken, len(seen))),
        "check_errors": dict(sorted(errors.items())),
        **watch.figures(),
        **_costs(seen),
    }
    return Result(found, predictions), tuple(seen)


def scored(cases: Sequence[Case], scores: Sequence[float]) -> list[Scored]:
    """Put each answer's score beside the truth about it."""
    return [
        Scored(case.id or f"{case.question}\n{case.answer}", case.supported, score, case.kind)
        for case, score in zip(cases, scores, strict=True)
    ]


def _seen(turn: Turn, cpu_ms: float) -> Seen:
    claims = sum(c.verdict is not ClaimVerdict.NOT_CHECKABLE for c in turn.claims)
    return Seen(probability(turn), verdict(turn), claims, cpu_ms, deciding(turn))


def _costs(seen: Sequence[Seen]) -> Figures:
    """Return medians of processor time per claim, and per answer of four claims."""
    typical = [s.cpu_ms for s in seen if s.claims == TYPICAL]
    return {
        "claims_per_item": rounded(ratio(sum(s.claims for s in seen), len(seen))),
        "cpu_ms_per_claim": rounded(median([s.cpu_ms / s.claims for s in seen if s.claims])),
        f"answers_of_{TYPICAL}_claims": {"n": len(typical), "cpu_ms": rounded(median(typical))},
    }


def deciding(turn: Turn) -> Finding | None:
    """Return the finding that an answer's score rests on; None if nothing was claimed."""
    unchecked = [f for f in turn.findings if _unchecked(f)]
    judged = [f for f in turn.findings if f.claim is not None]
    ranked = sorted(judged, key=lambda f: 1.0 if f.claim is None else support(f.claim))
    return next(iter((*unchecked, *ranked)), None)


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
    if any(map(_unchecked, turn.findings)):
        return 0.0
    sure = confidence(turn)
    return 1.0 if sure is None else sure


def _unchecked(finding: Finding) -> bool:
    """Tell whether a finding objects to something that could not be compared with the pages."""
    claim = finding.claim
    return finding.severity is Severity.FAIL and (
        claim is None or claim.verdict is ClaimVerdict.NOT_CHECKABLE
    )


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

"""Judge each statement of an answer against passages."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import Protocol

from policies.findings import ClaimVerdict, Reason
from policies.knowledge import Audience, Evidence, Origin, Passage
from validators.grounding.align import Match, Pool, Subject
from validators.grounding.claims import Statement, statements
from validators.grounding.compare import Comparison, compare
from validators.grounding.explain import broken_off, explain, unbacked
from validators.grounding.fragments import bare, cut, introduces, turned
from validators.grounding.passages import PassageReader, Unit
from validators.grounding.promises import Promise, promise
from validators.grounding.reading import Reading
from validators.grounding.repeats import repeats
from validators.grounding.rules import Rules
from validators.grounding.second import pair

MAX_CLAIMS = 64
_BACKING = (Origin.TOOL, Origin.ACCOUNT)
_UNBACKED = 0.1
_BROKEN = 0.2
_RELEVANT = 0.5


Shown = Callable[[Subject, Sequence[Match], Sequence[Unit]], tuple[str, str]]


class SecondOpinion(Protocol):
    """A slower reader, asked only about claims that the rules leave in doubt."""

    def support(self, pairs: Sequence[tuple[str, str]]) -> Sequence[float]:
        """Return for each pair the probability of support. Blocking.

        A pair is what `Settings.shown` makes, `second.pair` by default: question and claim, and
        the sentences aligned with them under their titles.
        """
        ...


@dataclass(frozen=True, slots=True)
class Judgement:
    """One statement and what the evidence says about it."""

    statement: Statement
    verdict: ClaimVerdict
    score: float
    """Probability that the evidence supports the statement."""
    kind: Reason | None = None
    aspect: str = ""
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()
    shared: bool = True
    comparison: Comparison | None = None
    """What the verdict rests on, for a later reader."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How to judge."""

    threshold: float = 0.65
    """Claims below this probability are not supported."""
    doubtful: tuple[float, float] = (0.2, 0.95)
    """Only claims with a probability in this band get a second opinion."""
    shown: Shown = pair
    """Makes what the second reader sees of a claim and its matches among the units."""


def judge(  # noqa: PLR0913 - the collaborators are optional and named
    text: str,
    question: str,
    passages: Sequence[Passage],
    *,
    rules: Rules,
    reader: PassageReader | None = None,
    recent: str = "",
    said: str = "",
    second: SecondOpinion | None = None,
    settings: Settings | None = None,
) -> list[Judgement]:
    """Judge an answer, or one sentence of it, in the light of the question.

    `recent` is the sentence before, `said` all that the customer wrote. Internal passages
    are ignored: what customers may not read cannot be shown to them as evidence. At most
    64 statements are judged. Blocking, a few milliseconds.
    """
    usable = [p for p in passages if p.audience is Audience.CUSTOMER]
    pool = Pool((reader or PassageReader()).units(usable))
    how = settings or Settings()
    found = compared(text, question, pool, recent=recent, said=said)
    scores = [rules.probability(c.features) for _, c in found]
    if second is not None:
        scores = _reconsidered(second, found=found, scores=scores, pool=pool, rules=rules, how=how)
    return [
        _judgement(s, c, score, rules, how) for (s, c), score in zip(found, scores, strict=True)
    ]


def compared(
    text: str, question: str, pool: Pool, *, recent: str = "", said: str = ""
) -> list[tuple[Statement, Comparison]]:
    """Compare each checkable statement of `text` with the pool, at most 64 of them."""
    reading = cache(Reading)
    asked = reading(question)
    return [
        (s, compare(_subject(s, asked, reading, said or question), pool))
        for s in islice(_checkable(text, recent, asked, said), MAX_CLAIMS)
    ]


def _checkable(text: str, recent: str, question: Reading, said: str) -> Iterator[Statement]:
    """Yield what an answer states, without what it says back and what leads to a list."""
    for statement in statements(text, recent):
        known = question.concepts
        if repeats(statement.text, said or question.text) or introduces(statement.text, known):
            continue
        if known or Reading(statement.text).concepts or question.values:
            yield statement


def _subject(
    statement: Statement, question: Reading, reading: Callable[[str], Reading], said: str
) -> Subject:
    claim = reading(statement.text)
    # "Yes, you can" claims what the question asks.
    elliptic = bare(statement.text) or not (claim.concepts or claim.values)
    if elliptic:
        claim = reading(turned(question.text, statement.text))
    sentence, recent = reading(statement.sentence), reading(statement.recent)
    return Subject(claim, sentence, question, recent, reading(said), elliptic)


def _reconsidered(  # noqa: PLR0913 - what judge has at hand
    second: SecondOpinion,
    *,
    found: Sequence[tuple[Statement, Comparison]],
    scores: Sequence[float],
    pool: Pool,
    rules: Rules,
    how: Settings,
) -> list[float]:
    low, high = how.doubtful
    asked = [i for i, p in enumerate(scores) if low < p < high and found[i][1].matches]
    pairs = [how.shown(found[i][1].subject, found[i][1].matches, pool.units) for i in asked]
    answers = dict(zip(asked, second.support(pairs), strict=True)) if pairs else {}
    weighed = [rules.combined(p, answers[i]) if i in answers else p for i, p in enumerate(scores)]
    # A small model can't tell numbers: it never lifts a claim that a typed value disputes.
    return [
        min(p, new) if c.disputed else new
        for p, new, (_, c) in zip(scores, weighed, found, strict=True)
    ]


def _judgement(
    statement: Statement, comparison: Comparison, score: float, rules: Rules, how: Settings
) -> Judgement:
    best = comparison.matches[0].unit.passage if comparison.matches else None
    plain = Judgement(
        statement,
        ClaimVerdict.SUPPORTED,
        score,
        evidence=_evidence(comparison),
        shared=_shared(comparison),
        comparison=comparison,
    )
    if (kept := promise(statement.sentence)) in (Promise.DONE, Promise.PERSONAL) and (
        best is None or best.origin not in _BACKING
    ):
        return _unbacked(plain, min(score, _UNBACKED))
    if _unfinished(statement) and not comparison.features["verbatim"]:
        return replace(
            plain,
            verdict=ClaimVerdict.NOT_FOUND,
            score=min(score, _BROKEN),
            kind=Reason.NOT_IN_KB,
            aspect="absent",
            reason=broken_off(statement.text),
        )
    if score >= how.threshold:
        return plain
    if kept in (
        Promise.ASSURANCE,
        Promise.COMPANY,
        Promise.OUTCOME,
        Promise.DONE,
        Promise.PERSONAL,
    ):
        return _unbacked(plain, score)
    aspect = rules.aspect(comparison.features)
    told = explain(comparison, aspect)
    if told.contradicted:
        verdict, kind = ClaimVerdict.CONTRADICTED, Reason.CONTRADICTS_KB
    else:
        verdict, kind = ClaimVerdict.NOT_FOUND, Reason.NOT_IN_KB
    return replace(
        plain,
        verdict=verdict,
        kind=kind,
        aspect=told.aspect,
        reason=told.reason,
        evidence=_evidence(comparison, told.unit) if told.unit else (),
    )


def _unfinished(statement: Statement) -> bool:
    """Tell whether the sentence breaks off; a clause before ", and" ends where the next begins."""
    last = statement.sentence.rstrip().endswith(statement.text.rstrip())
    return last and cut(statement.text, listed=statement.listed)


def _unbacked(plain: Judgement, score: float) -> Judgement:
    return replace(
        plain,
        verdict=ClaimVerdict.NOT_FOUND,
        score=score,
        kind=Reason.UNBACKED_PROMISE,
        aspect="promise",
        reason=unbacked(plain.statement.text),
    )


def _shared(comparison: Comparison) -> bool:
    """Tell whether the statement stands without this customer's own facts."""
    if any(v.private for v in comparison.values):
        return False
    return all(
        m.unit.passage.shared
        for m in comparison.matches
        if m.score >= _RELEVANT * comparison.matches[0].score
    )


def _evidence(comparison: Comparison, first: Unit | None = None) -> tuple[Evidence, ...]:
    """Quote the two best units; `first`, which decides the verdict, before all others."""
    scores = {id(m.unit): m.score for m in comparison.matches}
    units = [m.unit for m in comparison.matches if m.unit is not first]
    return tuple(
        Evidence(
            source_id=unit.passage.source_id,
            title=unit.passage.title,
            quote=unit.text,
            uri=unit.passage.uri,
            revision=unit.passage.revision,
            score=scores.get(id(unit), 0.0),
            origin=unit.passage.origin,
        )
        for unit in ([first, *units] if first else units)[:2]
    )


def weakest(judgements: Iterable[Judgement]) -> float | None:
    """Return the score of the whole answer: that of its weakest statement."""
    return min((j.score for j in judgements), default=None)

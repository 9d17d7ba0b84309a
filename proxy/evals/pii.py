"""Personal data: what is found, what is covered, what is touched without need.

A match is an overlap of at least one character. Spans of types that the product does not
promise to find are ignored, and so are predictions that touch only such spans.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from proxy.evals.base import Figures, Progress, Result, Stopwatch, rounded, silent
from proxy.evals.metrics import f_beta, ratio
from proxy.evals.rows import Row
from validators.base import Redactor

NATIONAL_ID = "NATIONAL_ID"
TYPES = frozenset(
    {
        *("PERSON", "ADDRESS", "LOCATION", "PHONE_NUMBER", "EMAIL_ADDRESS", "CREDIT_CARD"),
        *("IBAN_CODE", "BANK_ACCOUNT", "IP_ADDRESS", "DATE_OF_BIRTH", "PASSPORT"),
        *("US_SSN", "US_DRIVER_LICENSE", NATIONAL_ID),
    }
)
"""The types that count."""

_COUNTRY = re.compile(r"[A-Z]{2}_(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Span:
    """A personal value, labelled or found."""

    start: int
    end: int
    type: str

    def touches(self, other: "Span") -> bool:
        """Tell whether the two share a character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Case:
    """One text and the values in it."""

    text: str
    spans: tuple[Span, ...]


def canonical(type_: str) -> str:
    """Return the type that is scored; any national id counts as NATIONAL_ID.

    Presidio writes the country first (`SE_PERSONNUMMER`); accounts and passports with a
    country are what they are without it.
    """
    if type_ in TYPES or not _COUNTRY.match(type_):
        return type_
    bare = type_[3:]
    return bare if bare in ("BANK_ACCOUNT", "PASSPORT") else NATIONAL_ID


def parse(row: Row) -> Case:
    """Read `{"text", "spans": [{"start", "end", "type"}]}`. Raises `ConfigError`."""
    text = row.text("text")
    spans = row.data.get("spans")
    if not isinstance(spans, list):
        raise row.error("spans", "is required: a list, empty if the text holds no personal data")
    return Case(text, tuple(_span(row, n, item, len(text)) for n, item in enumerate(spans)))


def _span(row: Row, n: int, item: object, length: int) -> Span:
    place = f"spans[{n}]"
    if not isinstance(item, dict):
        raise row.error(place, "must be an object with start, end and type")
    start, end, type_ = _offset(item.get("start")), _offset(item.get("end")), item.get("type")
    if start is None or end is None or not start < end <= length:
        raise row.error(place, f"start and end must be offsets with 0 <= start < end <= {length}")
    if not isinstance(type_, str) or not type_:
        raise row.error(f"{place}.type", "is required: a string")
    return Span(start, end, type_)


def _offset(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        return None
    return value


async def run(cases: Sequence[Case], redactor: Redactor, progress: Progress = silent) -> Result:
    """Redact each text by itself. Raises `RedactionError` as the redactor does."""
    watch = Stopwatch()
    found: list[tuple[Span, ...]] = []
    for case in progress(cases):
        with watch.item():
            done = await redactor.redact([case.text], tenant="eval", conversation_id=None)
        found.append(tuple(Span(s.start, s.end, s.type) for s in done.spans[0]))
    predictions = tuple(
        {"spans": [{"start": s.start, "end": s.end, "type": s.type} for s in spans]}
        for spans in found
    )
    return Result({**score(cases, found), **watch.figures()}, predictions)


def score(cases: Sequence[Case], found: Sequence[Sequence[Span]]) -> Figures:
    """Compare what was found with the labels; `found` has one entry per case."""
    judged = [_judge(c, spans) for c, spans in zip(cases, found, strict=True)]
    golds = [g for j in judged for g in j.golds]
    guesses = [p for j in judged for p in j.guesses]
    free = [j for j in judged if not j.golds]
    return {
        "n": len(cases),
        "spans": len(golds),
        **_measures(golds, guesses, typed=True),
        "any_type": _measures(golds, guesses, typed=False),
        "fully_covered": rounded(ratio(sum(g.covered for g in golds), len(golds))),
        "span_free_touched": rounded(ratio(sum(bool(j.guesses) for j in free), len(free))),
        "span_free": len(free),
        "per_type": {t: _per_type(t, golds, guesses) for t in sorted({g.type for g in golds})},
    }


@dataclass(frozen=True, slots=True)
class _Gold:
    type: str
    found: bool
    right: bool
    """Found under its own type."""
    covered: bool
    """Every character of it was found."""


@dataclass(frozen=True, slots=True)
class _Guess:
    type: str
    true: bool
    right: bool


@dataclass(frozen=True, slots=True)
class _Judged:
    golds: tuple[_Gold, ...]
    guesses: tuple[_Guess, ...]


def _judge(case: Case, found: Sequence[Span]) -> _Judged:
    golds = [Span(s.start, s.end, canonical(s.type)) for s in case.spans]
    counted = [g for g in golds if g.type in TYPES]
    other = [g for g in golds if g.type not in TYPES]
    guesses = [
        p
        for p in (Span(s.start, s.end, canonical(s.type)) for s in found)
        if p.type in TYPES and (_touching(p, counted) or not _touching(p, other))
    ]
    return _Judged(
        tuple(_gold(g, guesses) for g in counted), tuple(_guess(p, counted) for p in guesses)
    )


def _touching(span: Span, others: Iterable[Span]) -> list[Span]:
    return [other for other in others if span.touches(other)]


def _gold(gold: Span, guesses: Sequence[Span]) -> _Gold:
    near = _touching(gold, guesses)
    seen = {i for p in near for i in range(max(p.start, gold.start), min(p.end, gold.end))}
    right = any(p.type == gold.type for p in near)
    return _Gold(gold.type, bool(near), right, len(seen) == gold.end - gold.start)


def _guess(guess: Span, golds: Sequence[Span]) -> _Guess:
    near = _touching(guess, golds)
    return _Guess(guess.type, bool(near), any(g.type == guess.type for g in near))


def _measures(golds: Sequence[_Gold], guesses: Sequence[_Guess], *, typed: bool) -> Figures:
    recall = ratio(sum(g.right if typed else g.found for g in golds), len(golds))
    precision = ratio(sum(p.right if typed else p.true for p in guesses), len(guesses))
    return {
        "precision": rounded(precision),
        "recall": rounded(recall),
        "f1": rounded(f_beta(precision, recall, 1)),
        "f2": rounded(f_beta(precision, recall, 2)),
    }


def _per_type(type_: str, golds: Sequence[_Gold], guesses: Sequence[_Guess]) -> Figures:
    own = [g for g in golds if g.type == type_]
    measures = _measures(own, [p for p in guesses if p.type == type_], typed=True)
    found = rounded(ratio(sum(g.found for g in own), len(own)))
    return {"n": len(own), **measures, "recall_any_type": found}

"""A second opinion on doubtful claims: a small cross-encoder.

It reads a claim and the sentences aligned with it together, as in natural language
inference (Bowman et al. 2015, "A large annotated corpus for learning natural language
inference"). `pair` decides what it is shown: the question and the claim on one side, the
best sentences under their headings on the other. Values are marked on both sides with
whether they agree, because a model of this size can't tell that two weeks are 14 days.
"""

import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from validators.encoder.onnx import FOLDER as ENCODER
from validators.encoder.onnx import OnnxModel
from validators.grounding.align import Match, Subject
from validators.grounding.kinds import Value, equal
from validators.grounding.passages import Unit

FOLDER: Final = Path(__file__).parent / "model"
MAX_TOKENS: Final = 128
_QUESTION_WORDS = 28
_CONTEXT_WORDS = 24
_CLAIM_WORDS = 44
_UNIT_WORDS = 42
_EVIDENCE_WORDS = 84
_NEIGHBOUR_RANK = 2
_SAME, _OTHER = " =", " !"
_REFERS = re.compile(
    r"\W*(?:(?:yes|no|also|then|and|but|so|in that case)\b\W*)*"
    r"(?:it|its|it's|they|their|them|that|this|these|those|he|she|both|each|either|neither"
    r"|one|otherwise|same|there)\b",
    re.IGNORECASE,
)


class CrossEncoder:
    """Judges pairs of claim and evidence. Safe to call from several threads."""

    def __init__(self, folder: Path = FOLDER, *, threads: int = 1) -> None:
        """Load `judge.onnx`; the tokenizer is the sentence encoder's.

        Raises `ConfigError` for a missing or damaged file.
        """
        self._model = OnnxModel(
            folder / "judge.onnx",
            ENCODER / "tokenizer.json",
            what="grounding model",
            max_tokens=MAX_TOKENS,
            threads=threads,
        )

    def support(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Return for each pair made by `pair` the probability of support. Blocking."""
        odds = self._model.rows(pairs, 1)[:, 0]
        return [1.0 / (1.0 + math.exp(-float(x))) for x in odds]


def pair(subject: Subject, matches: Sequence[Match], units: Sequence[Unit]) -> tuple[str, str]:
    """Return what the model reads: question and claim, and the sentences that decide it.

    `matches` are those of `align`, `units` those of its pool.
    """
    shown = _shown(matches, units)
    theirs = [v for unit in shown for v in unit.reading.values]
    return _claim(subject, theirs), _evidence(shown, subject.claim.values)


def _claim(subject: Subject, theirs: Sequence[Value]) -> str:
    claim = subject.claim
    given = subject.question.values
    marks = {
        v.end: _SAME if any(equal(v, other) for other in theirs) else _OTHER
        for v in claim.values
        if not any(equal(v, said) for said in given)
    }
    before = _before(subject) if _REFERS.match(claim.text) else ""
    parts = (
        _last_words(subject.question.text, _QUESTION_WORDS),
        _last_words(before, _CONTEXT_WORDS),
        _first_words(_marked(claim.text, marks), _CLAIM_WORDS),
    )
    return " ".join(part for part in parts if part)


def _before(subject: Subject) -> str:
    """Return what "it" refers to: the clause before, or else the sentence before."""
    start = subject.sentence.text.find(subject.claim.text)
    return subject.sentence.text[:start] if start > 0 else subject.recent.text


def _shown(matches: Sequence[Match], units: Sequence[Unit]) -> list[Unit]:
    """Take the best units and the one after the best, in the order of the page."""
    order = [m.index for m in matches]
    if order:
        after = order[0] + 1
        same_page = after < len(units) and units[after].passage is units[order[0]].passage
        if same_page and after not in order:
            order.insert(_NEIGHBOUR_RANK, after)
    kept: list[int] = []
    left = _EVIDENCE_WORDS
    for index in order:
        length = min(_UNIT_WORDS, len(units[index].text.split()))
        if not kept or length <= left:
            kept.append(index)
            left -= length
    return [units[index] for index in sorted(kept)]


def _evidence(shown: Sequence[Unit], ours: Sequence[Value]) -> str:
    return " ".join(_lines(shown, ours))


def _lines(shown: Sequence[Unit], ours: Sequence[Value]) -> Iterator[str]:
    title = frame = ""
    for unit in shown:
        if unit.title.text != title:
            title, frame = unit.title.text, ""
            yield f"{title}."
        if unit.frame.text != frame:
            frame = unit.frame.text
            yield f"{_last_words(frame, _CONTEXT_WORDS)}:"
        marks = {
            v.end: _SAME
            for v in unit.reading.values
            if v.end <= len(unit.text) and any(equal(own, v) for own in ours)
        }
        yield _first_words(_marked(unit.text, marks), _UNIT_WORDS)


def _marked(text: str, marks: dict[int, str]) -> str:
    here, parts = 0, []
    for at, mark in sorted(marks.items()):
        parts += [text[here:at], mark]
        here = at
    return "".join([*parts, text[here:]])


def _first_words(text: str, limit: int) -> str:
    return " ".join(text.split()[:limit])


def _last_words(text: str, limit: int) -> str:
    return " ".join(text.split()[-limit:])

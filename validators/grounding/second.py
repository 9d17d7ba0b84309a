"""A second opinion on doubtful claims: a small cross-encoder.

It reads a claim and the sentences aligned with it together, as in natural language
inference (Bowman et al. 2015, "A large annotated corpus for learning natural language
inference"). `pair` decides what it is shown: the question and the claim on one side, the
best sentences under their headings on the other. Equal values carry the same letter on both
sides, and other values of the kind whether they are less or more, because a model of this
size can't tell that two weeks are 14 days, which of two fees a claim repeats, or that 19 is
below 21.
"""

import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from validators.encoder.onnx import FOLDER as ENCODER
from validators.encoder.onnx import OnnxModel
from validators.grounding.align import Match, Subject
from validators.grounding.kinds import Value, equal, side
from validators.grounding.passages import Unit
from validators.grounding.reading import Reading

FOLDER: Final = Path(__file__).parent / "model"
MAX_TOKENS: Final = 144
_QUESTION_WORDS = 28
_CONTEXT_WORDS = 24
_CLAIM_WORDS = 44
_UNIT_WORDS = 42
_EVIDENCE_WORDS = 84
_NEIGHBOUR_RANK = 2
_LETTERS = "αβγδεζηθ"
"""One token each, and rare in answers: a label for values, not a word."""
_OTHER = " !"
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
            width=1,
            threads=threads,
        )

    def support(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Return for each pair made by `pair` the probability of support. Blocking."""
        odds = self._model.rows(pairs)[:, 0]
        return [1.0 / (1.0 + math.exp(-float(x))) for x in odds]


def pair(subject: Subject, matches: Sequence[Match], units: Sequence[Unit]) -> tuple[str, str]:
    """Return what the model reads: question and claim, and the sentences that decide it.

    `matches` are those of `align`, `units` those of its pool.
    """
    shown = _shown(matches, units)
    theirs = [v for unit in shown for v in unit.reading.values]
    letters = _lettered([*subject.question.values, *subject.claim.values], theirs)
    return _claim(subject, letters), " ".join(_lines(shown, letters))


def _lettered(ours: Sequence[Value], theirs: Sequence[Value]) -> list[tuple[Value, str]]:
    """Give each distinct value that the evidence can be compared with a letter."""
    distinct: list[Value] = []
    for value in ours:
        known = any(equal(value, other) for other in distinct)
        if not known and any(side(value, other) is not None for other in theirs):
            distinct.append(value)
    last = len(_LETTERS) - 1
    return [(value, _LETTERS[min(n, last)]) for n, value in enumerate(distinct)]


def _own_marks(
    reading: Reading, letters: Sequence[tuple[Value, str]], unknown: str = ""
) -> dict[int, str]:
    """Return where which mark follows a value of the question or the claim."""
    found = {}
    for value in reading.values:
        letter = next((letter for own, letter in letters if equal(value, own)), "")
        if mark := f" {letter}" if letter else unknown:
            found[value.end] = mark
    return found


def _their_marks(values: Sequence[Value], letters: Sequence[tuple[Value, str]]) -> dict[int, str]:
    """Return the marks of the evidence: a letter for an equal value, else which is the larger."""
    found = {}
    for value in values:
        sides = [(side(value, own), letter) for own, letter in letters]
        same = next((letter for where, letter in sides if where == 0), "")
        other = next(((where, letter) for where, letter in sides if where), None)
        if same:
            found[value.end] = f" {same}"
        elif other:
            found[value.end] = f" {'>' if other[0] > 0 else '<'}{other[1]}"
    return found


def _claim(subject: Subject, letters: Sequence[tuple[Value, str]]) -> str:
    claim, asked = subject.claim, subject.question
    before = _before(subject) if _REFERS.match(claim.text) else ""
    parts = (
        _last_words(_marked(asked.text, _own_marks(asked, letters)), _QUESTION_WORDS),
        _last_words(before, _CONTEXT_WORDS),
        _first_words(_marked(claim.text, _own_marks(claim, letters, _OTHER)), _CLAIM_WORDS),
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


def _lines(shown: Sequence[Unit], letters: Sequence[tuple[Value, str]]) -> Iterator[str]:
    title = frame = ""
    for unit in shown:
        if unit.title.text != title:
            title, frame = unit.title.text, ""
            yield f"{title}."
        if unit.frame.text != frame:
            frame = unit.frame.text
            yield f"{_last_words(frame, _CONTEXT_WORDS)}:"
        held = [v for v in unit.reading.values if v.end <= len(unit.text)]
        marks = _their_marks(held, letters)
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

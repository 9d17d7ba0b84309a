"""What an answer can be made of: the sentences, items and steps of a passage.

An item of a list says little, or the opposite, without the line that introduces it
("Excluded goods:"), so it carries that line. Numbered steps stay together.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from policies.knowledge import Passage
from policies.sentences import split

_MIN_WORDS = 4
_MOST_STEPS = 8

_WORD = re.compile(r"[^\W_]+")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKUP = re.compile(r"\*\*|__|(?<!\w)[*_`]|[*_`](?!\w)")
_BULLET = re.compile(r"^\s*[-*+•>]\s+")
_STEP = re.compile(r"^\s*\d{1,2}[.)]\s+")
_NO_TEXT = re.compile(r"\s*(?:#|\||```|~~~|[-=_*]{3,}\s*$|[QF]:)")
_ENDED = re.compile(r"[.!。！](?:[\"'”’)\]]|\*)*$")  # noqa: RUF001 - typographic marks
_PLACEHOLDER = re.compile(r"\[[A-Z][A-Z_]*_[a-z0-9]+\]")
_ENDINGS = ("ings", "ing", "ies", "ied", "ed", "es", "s", "y", "e")
_STEM = 3

# "long" and "take" ask for a duration, "much" and "many" for a number: see `select.py`.
_STOP_WORDS_TEXT = """
a an the and or but if of to in on at for from with by as is are was were be been am do does
did done have has had i me my mine you your yours we us our it its he she they them their this
that these those there here what which who whom how when where why can could will would shall
should may might must not no so than then too very just about into out up many much long take
takes get got please hi hello hey thanks thank want need like know tell s t m re ve ll d
der die das und oder ein eine einen ich sie wir mein meine ist sind zu im mit von für auf wie
was wann wo kann
"""
_STOP_WORDS = frozenset(_STOP_WORDS_TEXT.split())


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing that can be said."""

    passage: int
    place: int
    """Order within the passage."""
    text: str
    lead: str
    """The line that introduces it, with its colon; empty where it stands for itself."""
    words: frozenset[str]
    frame: frozenset[str]
    """Content words of title, headings and lead."""


def content_words(text: str) -> frozenset[str]:
    """Return the words that carry meaning, case-folded, without common endings."""
    plain = _PLACEHOLDER.sub(" ", text).casefold()
    return frozenset(_stem(w) for w in _WORD.findall(plain) if w not in _STOP_WORDS)


def pieces_of(number: int, passage: Passage) -> Iterator[Piece]:
    """Yield the pieces of a passage in order; headings, tables and questions are none."""
    frame = " ".join((passage.title, *passage.headings))
    for place, (text, lead, introduced) in enumerate(_said(passage.text)):
        if len(_WORD.findall(f"{lead} {text}")) >= _MIN_WORDS and not text.endswith("?"):
            words = content_words(f"{frame} {introduced}")
            yield Piece(number, place, text, lead, content_words(text), words)


def _said(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield (text, the line it must carry, the line it stands under)."""
    lead = ""
    steps: list[str] = []
    for line in [*text.splitlines(), ""]:
        if _STEP.match(line) and len(steps) < _MOST_STEPS:
            steps.append(_clean(line))
            continue
        if steps:
            yield "\n" + "\n".join(steps) + "\n", lead, lead
            steps = []
        plain = _clean(_BULLET.sub("", line))
        if not plain or _NO_TEXT.match(line):
            continue
        if plain.endswith(":"):
            lead = plain
            continue
        sentences = [s.strip() for s in split(plain)]
        # A paragraph stands for itself; a line of one sentence may be an item.
        carried = lead if len(sentences) == 1 else ""
        for sentence in sentences:
            yield _ended(sentence), carried, lead


def _clean(line: str) -> str:
    return " ".join(_MARKUP.sub("", _LINK.sub(r"\1", line)).split())


def _ended(sentence: str) -> str:
    if _ENDED.search(sentence) or sentence.endswith("?"):
        return sentence
    return sentence.rstrip(",; ") + "."


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if not word.endswith(ending) or len(word) - len(ending) < _STEM:
            continue
        if ending == "s" and word.endswith("ss"):
            return word
        stem = word[: -len(ending)]
        doubled = ending in {"ing", "ed"} and stem[-1] == stem[-2] and stem[-1] not in "sl"
        return stem[:-1] if doubled else stem
    return word

"""From text to words: offsets, a light stem, a concept, and whether the word negates it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from validators.grounding import lexicon

_TOKEN = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?|\d+(?:[.,]\d+)*", re.UNICODE)
_E_WORD = re.compile(r"\b([eE])-(?=[a-z])")
_MIN_STEM = 3
_MEMO = 32_768
"""Words of a language repeat: most of what is read was read before."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text."""

    text: str
    """Lower case; `not` for every contracted negation."""
    concept: str
    """Stem of the word or of the first word of its row in the lexicon."""
    start: int
    end: int
    opposite: bool = False
    """The word means the negation of its concept: `excluded`, `free`."""
    capital: bool = False

    @property
    def content(self) -> bool:
        """True if the word says something about the subject."""
        return self.text not in lexicon.STOP_WORDS and self.text != "not"


def words(text: str) -> list[Word]:
    """Split `text` into words. Linear in its length."""
    # An e-mail and an email are one word; the blank keeps the offsets right.
    joined = _E_WORD.sub(r"\1\1", text) if "-" in text else text
    found = []
    for match in _TOKEN.finditer(joined):
        surface, start = match[0], match.start()
        low = surface.lower()
        if low.startswith("ee") and text[start + 1] == "-":
            low = "e" + low[2:]
        if not low.isalnum():
            low = _plain(low.replace("\u2019", "'"))
        elif low == "cannot":
            low = "not"
        concept, opposite = concept_of(low)
        found.append(Word(low, concept, start, match.end(), opposite, surface[0].isupper()))
    return found


def _plain(word: str) -> str:
    if word.endswith("n't"):
        return "not"
    return word.split("'", 1)[0] or word


def stem(word: str) -> str:
    """Cut inflection: plural, -ing, -ed, -ly, and a final e or y."""
    base = lexicon.IRREGULAR.get(word)
    if base is not None:
        return _trim(base)
    if word[:1].isdigit() or len(word) <= _MIN_STEM:
        return word
    return _trim(_inflection(word))


def _inflection(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:  # noqa: PLR2004 - dies, ties keep their stem
        word = word[:-3] + "y"
    elif word.endswith(("sses", "shes", "ches", "xes", "zes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for suffix in ("ing", "ed", "ly"):
        rest = word[: -len(suffix)]
        if word.endswith(suffix) and len(rest) >= _MIN_STEM and re.search("[aeiouy]", rest):
            doubled = suffix != "ly" and rest[-1] == rest[-2] and rest[-1] not in "lsz"
            return rest[:-1] if doubled else rest
    return word


def _trim(word: str) -> str:
    if len(word) > _MIN_STEM and word.endswith("e"):
        word = word[:-1]
    if len(word) > _MIN_STEM and word.endswith("y"):
        return word[:-1] + "i"
    return word


@cache
def _concepts() -> Mapping[str, str]:
    table: dict[str, str] = {}
    for row in lexicon.SYNONYMS:
        head, *others = row.split()
        for word in (head, *others):
            table.setdefault(stem(word), table.get(stem(head), stem(head)))
    return table


@cache
def _opposites() -> Mapping[str, str]:
    return {stem(word): stem(other) for word, other in lexicon.OPPOSITES.items()}


@lru_cache(maxsize=_MEMO)
def concept_of(word: str) -> tuple[str, bool]:
    """Return the concept of a lower-case word and whether the word negates it."""
    base = stem(word)
    concepts = _concepts()
    if (other := _opposites().get(base)) is not None:
        return concepts.get(other, other), True
    return concepts.get(base, base), False


GLUE = frozenset(concept_of(word)[0] for word in lexicon.GLUE_WORDS.split())
"""Concepts that join facts and state little themselves: provide, ensure, process."""

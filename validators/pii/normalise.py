"""Undoing disguises before detection, with the way back to the original offsets.

Full-width and styled letters become plain (NFKC), characters without width vanish, HTML
character references and URL encoding (RFC 3986, percent-encoded UTF-8) are read, accents
written apart are joined, and Cyrillic or Greek letters inside an otherwise Latin word
become the Latin letters they look like (Unicode Technical Standard 39, "confusables", the
common ones only). Spelled-out digits and characters set apart: see `disguises.py`.
"""

import html
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from validators.pii.disguises import edits

_REFERENCE = re.compile(
    r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|amp|commat|period|nbsp|hyphen);|(?:%[0-9A-Fa-f]{2})+"
)
_WORD = re.compile(r"[^\W_]+")
_LATIN = re.compile(r"[A-Za-z0-9@]")
_FOREIGN = re.compile(r"[\u0370-\u03ff\u0400-\u04ff\u13a0-\u13ff]")
_PLAIN = re.compile(r"[\x00-\x7f\u00a1-\u00ac\u00ae-\u02af]*")
_CONFUSABLE = str.maketrans(
    "аеорсухіјѕһԁԛԝАВЕКМНОРСТУХІЈЅαοινρυΑΒΕΖΗΙΚΜΝΟΡΤΥΧᎠᎬᏴᏟ",  # noqa: RUF001 - the look-alikes themselves
    "aeopcyxijshdqwABEKMHOPCTYXIJSaoivpuABEZHIKMNOPTYXDEBC",
)
_LONGEST_EXPANSION = 4


@dataclass(frozen=True, slots=True)
class Normalised:
    """A plain form of a text; offsets in characters."""

    text: str
    starts: tuple[int, ...] | None = None
    """Per character, where its source begins; None if the offsets are the same."""
    ends: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original span of `text[start:end]`; `start < end`."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]

    def place(self, original: int) -> int:
        """Return the first offset in `text` whose source is at or after `original`."""
        return original if self.starts is None else bisect_left(self.starts, original)


def normalise(text: str) -> Normalised:
    """Return the plain form of `text`; linear in its length, for any string at all."""
    return _rewritten(_undisguised(text))


def _rewritten(plain: Normalised) -> Normalised:
    changes = list(edits(plain.text))
    if not changes:
        return plain
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    for start, end, replacement in [*changes, (len(plain.text), len(plain.text), "")]:
        kept = range(position, start)
        parts += (plain.text[position:start], replacement)
        starts += kept if plain.starts is None else (plain.starts[i] for i in kept)
        ends += (i + 1 for i in kept) if plain.ends is None else (plain.ends[i] for i in kept)
        if replacement:
            begin, over = plain.span(start, end)
            starts += [begin] * len(replacement)
            ends += [over] * len(replacement)
        position = end
    return Normalised("".join(parts), tuple(starts), tuple(ends))


def _undisguised(text: str) -> Normalised:
    if _PLAIN.fullmatch(text) and "&" not in text and "%" not in text:
        return Normalised(text)
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end, plain in _pieces(text):
        if plain and unicodedata.combining(plain[0]) and letters:
            joined = unicodedata.normalize("NFC", letters[-1] + plain)
            if len(joined) == 1:
                letters[-1], ends[-1] = joined, end
                continue
        for letter in plain:
            letters.append(letter)
            starts.append(start)
            ends.append(end)
    return Normalised(_latinised("".join(letters)), tuple(starts), tuple(ends))


def _pieces(text: str) -> Iterator[tuple[int, int, str]]:
    position = 0
    for reference in _REFERENCE.finditer(text):
        for index in range(position, reference.start()):
            yield index, index + 1, _plain(text[index])
        yield from _read(reference)
        position = reference.end()
    for index in range(position, len(text)):
        yield index, index + 1, _plain(text[index])


def _read(reference: re.Match[str]) -> Iterator[tuple[int, int, str]]:
    written, place = reference.group(), reference.start()
    if written[0] == "&":
        yield place, reference.end(), "".join(map(_plain, html.unescape(written)))
        return
    try:
        decoded = bytes.fromhex(written.replace("%", "")).decode()
    except UnicodeDecodeError:
        decoded = ""
    if not decoded or not decoded.isprintable():
        yield from ((place + i, place + i + 1, c) for i, c in enumerate(written))
        return
    for character in decoded:
        end = place + 3 * len(character.encode())
        yield place, end, _plain(character)
        place = end


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf":
        return ""
    if category == "Cs":
        return "\ufffd"  # half a character: the tokenizer can't encode it
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) <= _LONGEST_EXPANSION else character


def _latinised(text: str) -> str:
    if not _FOREIGN.search(text):
        return text
    return _WORD.sub(_latinised_word, text)


def _latinised_word(word: re.Match[str]) -> str:
    written = word.group()
    plain = written.translate(_CONFUSABLE)
    mixed = _FOREIGN.search(written) and (_LATIN.search(written) or _touches_latin(word))
    return plain if mixed and not _FOREIGN.search(plain) else written


def _touches_latin(word: re.Match[str]) -> bool:
    """Whether an address or a name goes on in Latin letters right beside the word."""
    around = word.string[max(0, word.start() - 2) : word.end() + 2]
    return any(c in "@." for c in around)

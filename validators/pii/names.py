"""Cheap tests around name recognition: when it is worth running, and what it may return."""

import re
from collections.abc import Collection

from validators.pii.lexicon import WORD, Lexicon

_EDGE = " \t\n\r.,;:!?\"'“”‘\u2019`()[]{}<>*_-–—|/\\#&+=~"  # noqa: RUF001 - quotes and dashes as people type them
_MOST_CAPITALS = 0.02
_LONGEST_NAME = 60
_FIRST_PERSON = ("I", "I'", "I\u2019")
_OPENING = re.compile(r"(?:^|[.!?:\n\"“*•-])\s*$")


def may_hold_name(
    text: str, lexicon: Lexicon, known: Collection[int] = (), offset: int = 0
) -> bool:
    """Whether any capitalised word could be a name: a cheap test before the model runs.

    Words at a place in `known` are names for certain; `offset` is the place of `text`.
    """
    return any(
        word.group()[0].isupper()
        and offset + word.start() not in known
        and lexicon.may_be_name(word.group())
        for word in WORD.finditer(text)
    )


def true_cased(text: str, lexicon: Lexicon) -> str | None:
    """Return a lower-case text with its uncommon words capitalised, same offsets.

    None if the text already has capitals to go by, or holds no such word.
    """
    words = list(WORD.finditer(text))
    capitals = sum(w.group()[0].isupper() and w.group()[:2] not in _FIRST_PERSON for w in words)
    if capitals > _MOST_CAPITALS * len(words):
        return None
    letters = list(text)
    for word in words:
        written = word.group()
        if len(written) < 3 or lexicon.is_mistyped(written):  # noqa: PLR2004 - abbreviations
            continue
        if lexicon.may_be_name(written):
            upper = letters[word.start()].upper()
            letters[word.start()] = upper if len(upper) == 1 else letters[word.start()]
    changed = "".join(letters)
    return changed if changed != text else None


def trimmed_name(text: str, start: int, end: int, lexicon: Lexicon) -> tuple[int, int] | None:
    """Return the part of a recognised span that can be a name; None if there is none."""
    if end - start > _LONGEST_NAME or text[start:end].casefold().strip(_EDGE) in lexicon.allowed:
        return None
    line_end = text.find("\n", start, end)
    end = end if line_end < 0 else line_end
    words = [(w.start(), w.end()) for w in WORD.finditer(text, start, end)]
    if not any(_is_name(text[a:b], lexicon) for a, b in words):
        return None
    while words and not _name_word(text, words[0], lexicon):
        words.pop(0)
    while words and not _name_word(text, words[-1], lexicon):
        words.pop()
    if not words or any(c.isdigit() for c in text[words[0][0] : words[-1][1]]):
        return None
    start, end = words[0][0], words[-1][1]
    if text[start:end].endswith(("'s", "\u2019s")):
        end -= 2
    return (start, end) if text[start:end].casefold() not in lexicon.allowed else None


def _is_name(word: str, lexicon: Lexicon) -> bool:
    return len(word) > 1 and (lexicon.is_listed(word) or lexicon.may_be_name(word))


def _name_word(text: str, span: tuple[int, int], lexicon: Lexicon) -> bool:
    word = text[span[0] : span[1]]
    if len(word) == 1:
        return word.isupper()
    if _is_name(word, lexicon):
        return True
    # Beside a name a capital says more than the word: "Sofie Lane".
    mid_sentence = not _OPENING.search(text[max(0, span[0] - 4) : span[0]])
    return mid_sentence and word[0].isupper() and word.casefold() not in lexicon.allowed

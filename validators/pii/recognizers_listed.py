"""Names that are on the lists, or built as family names are, with the words that belong to them."""

import re
from collections.abc import Iterator, Sequence

from validators.base import PiiSpan
from validators.pii.lexicon import WORD, Lexicon


def find_listed_names(text: str, lexicon: Lexicon) -> Iterator[PiiSpan]:
    """Yield common given names with the capitalised or listed words that follow them."""
    words = list(WORD.finditer(text))
    index = 0
    while index < len(words):
        first = words[index]
        index += 1
        if not lexicon.is_listed(first.group()):
            continue
        if _is_plain_word(text, first, words[index : index + 1], lexicon):
            continue
        last = first
        while index < len(words):
            over = _over_initial(text, words, index, lexicon)
            if not over and not _joined(text, last, words[index], lexicon):
                break
            index += over
            last = words[index]
            index += 1
        yield PiiSpan(first.start(), last.end(), "PERSON", 0.6)


_OPENS = re.compile(r"(?:^|[.!?:;|\n(*-])[ \t\"']*\Z")
_BRAND_REACH = 16


def _is_plain_word(
    text: str, word: re.Match[str], after: Sequence[re.Match[str]], lexicon: Lexicon
) -> bool:
    """Whether a listed name is rather a word or a part of a product: "Per day", "Air Max"."""
    if any(
        text[word.end() : a.start()] == " " and _is_name_part(a.group(), lexicon) for a in after
    ):
        return False
    before = text[max(0, word.start() - _BRAND_REACH) : word.start()]
    if lexicon.is_common(word.group()) and _OPENS.search(before):
        return True
    brands = _BRAND.search(before)
    return brands is not None and any(w.casefold() in lexicon.allowed for w in brands[0].split())


_BRAND = re.compile(r"(?:(?-i:[^\W\d_a-zà-ÿ])[\w'-]*[ ]){1,2}\Z")


def _is_name_part(word: str, lexicon: Lexicon) -> bool:
    return word[0].isupper() and (lexicon.is_listed(word) or lexicon.may_be_name(word))


_LEAST = 3
_NO_INITIALS = frozenset("aiourn")
"""Letters that are words, or stand for one in chats."""


def _over_initial(text: str, words: Sequence[re.Match[str]], index: int, lexicon: Lexicon) -> int:
    """Return 1 if a middle initial in lower case and a name stand at `index`: "katie e lund"."""
    if index + 1 >= len(words):
        return 0
    letter, word = words[index], words[index + 1]
    together = text[words[index - 1].end() : letter.start()] == " "
    if not together or len(letter.group()) != 1 or letter.group() in _NO_INITIALS:
        return 0
    between = text[letter.end() : word.start()]
    follows = word.group()[0].islower() and _follows_in_lower_case(word.group(), lexicon)
    return int(letter.group().islower() and between in (" ", ". ") and follows)


def _follows_in_lower_case(word: str, lexicon: Lexicon) -> bool:
    """Whether a word may go on a name in lower case: a name, or no word that is known."""
    folded = word.casefold()
    if folded in lexicon.family and folded not in lexicon.common:
        return True
    known = lexicon.is_inflected(folded) or folded in lexicon.allowed
    return len(word) >= _LEAST and not known and not lexicon.is_mistyped(word)


def _joined(text: str, last: re.Match[str], word: re.Match[str], lexicon: Lexicon) -> bool:
    between = text[last.end() : word.start()]
    if between not in (" ", ". "):
        return False
    written = word.group()
    if last.group()[0].islower() and written[0].islower():
        return _follows_in_lower_case(written, lexicon)
    if lexicon.is_listed(written) or (len(written) == 1 and written.isupper()):
        return True
    if written[0].isupper() and written.casefold() in lexicon.family:
        return True
    return written[0].isupper() and lexicon.may_be_name(written)

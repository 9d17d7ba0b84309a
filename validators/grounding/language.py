"""Can the rules read this text? They know English prose only."""

import re

from validators.grounding import lexicon

_WORD = re.compile(r"[^\W\d_]+")
_SYMBOLS = frozenset("{}[]<>=;|\\`")
_DATA = re.compile(r"\s*[{\[][^{}\[\]]*\":.*[}\]]\s*", re.DOTALL)
_MIN_WORDS = 6
_MIN_FUNCTION_SHARE = 0.12
_MAX_SYMBOL_SHARE = 0.06
_MIN_LATIN_SHARE = 0.8
_LATIN_END = "ɐ"


def unreadable(text: str) -> str:
    """Return why the rules cannot judge `text`, or nothing if they can.

    A short text without function words passes: it is judged by its words and fails there.
    """
    letters = [c for c in text if c.isalpha()]
    if sum(c < _LATIN_END for c in letters) < _MIN_LATIN_SHARE * len(letters):
        return "it is not written in Latin letters"
    if _DATA.fullmatch(text):
        return "it is data"
    if sum(c in _SYMBOLS for c in text) > _MAX_SYMBOL_SHARE * len(text) + 2:
        return "it is code, a table or data"
    found = _WORD.findall(text.lower())
    if len(found) >= _MIN_WORDS:
        known = sum(word in lexicon.STOP_WORDS for word in found)
        if known < _MIN_FUNCTION_SHARE * len(found) and known < _foreign(found):
            return "it is not English"
    return ""


_FOREIGN_WORDS = """der die das und ist nicht sie ein eine einen wir ihr mit auf für von zu den dem
    des im bei
    le la les des et est pas vous nous une un dans pour avec sur votre que qui du au ne
    el los las y es no usted una en para con por su del lo se al como
    il gli di che non per con sono una nel della lei
    de het een en van is niet u wij je dat op voor met uw
    och att det som en på är av för med inte du vi kan din till ett
    og er ikke på til med av deg vi kan din som
    ja on ei se että voit sinun hän ovat olet tai kun
    nie jest w na z do się że to"""
_FOREIGN = frozenset(_FOREIGN_WORDS.split())


def _foreign(found: list[str]) -> int:
    return sum(word in _FOREIGN for word in found) + 1

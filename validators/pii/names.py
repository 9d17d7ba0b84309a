"""Cheap tests around name recognition: when it is worth running, and what it may return."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from importlib import resources

_WORD = re.compile(r"(?<![\w])[^\W\d_]+(?:['\u2019-][^\W\d_]+)*(?![\w])")
_EDGE = " \t\n\r.,;:!?\"'“”‘\u2019`()[]{}<>*_-–—|/\\#&+=~"  # noqa: RUF001 - quotes and dashes as people type them
_ENDINGS = (
    "'s",
    "\u2019s",
    "s",
    "es",
    "ed",
    "d",
    "ing",
    "ly",
    "er",
    "ers",
    "ings",
    "ness",
    "est",
    "y",
    "r",
    "st",
    "able",
)
_PREFIXES = ("un", "re", "mis", "over", "pre", "non", "out")
_SHORTEST_TYPO = 6
_LONGEST_WORD = 24
_TYPO_ENDINGS = ("s", "es", "ed", "d", "ing", "ly")
_ANY = "\0"
_MOST_CAPITALS = 0.02
_LONGEST_NAME = 60
_FIRST_PERSON = ("I", "I'", "I\u2019")
_OPENING = re.compile(r"(?:^|[.!?:\n\"“*•-])\s*$")


def word_list(name: str) -> frozenset[str]:
    """Return the words of a list shipped with this package, case-folded."""
    data = resources.files("validators.pii").joinpath(name).read_text("utf-8")
    lines = (line for line in data.splitlines() if not line.startswith("#"))
    return frozenset(word.casefold() for line in lines for word in line.split())


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words that are no names."""

    common: frozenset[str]
    """Everyday words in lower case."""
    allowed: frozenset[str]
    """Brands, products, places and the like, case-folded; may be several words each."""
    given: frozenset[str]
    """Given names, case-folded."""
    family: frozenset[str] = frozenset()
    """Family names, case-folded; names only if capitalised."""
    phrase_starts: frozenset[str] = frozenset()
    """First words of the allowed terms that have several."""
    mistyped: frozenset[str] = frozenset()
    """Longer everyday words, each without one of its letters, and with any in its place."""

    @classmethod
    def shipped(cls, allowed: Iterable[str] = ()) -> "Lexicon":
        """Return the shipped lists, and the terms that the operator allows."""
        phrases = (line.casefold() for line in _lines("allowed_terms.txt"))
        own = (term.casefold() for term in allowed)
        common = word_list("common_words.txt")
        allowed_terms = frozenset(term for terms in (phrases, own) for term in terms if term)
        return cls(
            common,
            allowed_terms,
            word_list("given_names.txt"),
            word_list("family_names.txt"),
            frozenset(term.split()[0] for term in allowed_terms if " " in term),
            frozenset(
                key
                for word in common
                if len(word) >= _SHORTEST_TYPO
                for place in range(len(word))
                for key in (_without(word, place), _without(word, place, _ANY))
            ),
        )

    def is_common(self, word: str) -> bool:
        """Whether `word` or its base form is an everyday word."""
        folded = word.casefold().replace("\u2019", "'")
        if folded in self.common:
            return True
        if len(folded) > _LONGEST_NAME:
            return False
        for ending in _ENDINGS:
            stem = folded[: -len(ending)]
            if len(stem) < 2 or not folded.endswith(ending):  # noqa: PLR2004 - "is" is no "i" + "s"
                continue
            doubled = stem[:-1] if stem[-1:] == stem[-2:-1] else stem
            if {
                stem,
                stem + "e",
                doubled,
                stem[:-1] + "y" if stem[-1] == "i" else stem,
            } & self.common:
                return True
        if folded.startswith(_PREFIXES):
            return any(folded.startswith(p) and self.is_common(folded[len(p) :]) for p in _PREFIXES)
        return "-" in folded and all(map(self.is_common, folded.split("-")))

    def allowed_phrases(self, text: str) -> list[tuple[int, int]]:
        """Return where allowed terms of two to four words stand: "Calvin Klein"."""
        words = list(_WORD.finditer(text))
        found = []
        for first, word in enumerate(words):
            if word.group().casefold() not in self.phrase_starts:
                continue
            for last in range(min(first + 3, len(words) - 1), first, -1):
                if text[word.start() : words[last].end()].casefold() in self.allowed:
                    found.append((word.start(), words[last].end()))
                    break
        return found

    def is_listed(self, word: str) -> bool:
        """Whether `word`, as written, is a name on the lists.

        In lower case short given names and those that are also words don't count.
        """
        folded = word.casefold()
        folded = folded[:-2] if folded.endswith(("'s", "\u2019s")) else folded
        if folded in self.allowed:
            return False
        if word[0].isupper():
            return folded in self.given or (folded in self.family and folded not in self.common)
        return len(folded) > 3 and folded in self.given and folded not in self.common  # noqa: PLR2004 - "per", "tor"

    def is_mistyped(self, word: str) -> bool:
        """Whether `word` is an everyday word but for one slip of the fingers.

        A slip is a letter too many, too few, or wrong, or two swapped (Damerau 1964), never
        the first one.
        """
        folded = word.casefold()
        if folded in self.given or len(folded) > _LONGEST_WORD:
            return False
        if len(folded) < _SHORTEST_TYPO:
            return self._slipped_short(folded)
        stems = [folded, *(folded[: -len(e)] for e in _TYPO_ENDINGS if folded.endswith(e))]
        return any(self._slipped(stem) for stem in stems)

    def _slipped(self, word: str) -> bool:
        places = range(1, len(word))
        return word in self.mistyped or any(
            _without(word, i, _ANY) in self.mistyped
            or (len(word) > _SHORTEST_TYPO and _without(word, i) in self.common)
            or word[:i] + word[i + 1 : i + 2] + word[i] + word[i + 2 :] in self.common
            for i in places
        )

    def _slipped_short(self, word: str) -> bool:
        """Whether a letter is doubled or two are swapped: in short words no more is told."""
        return any(
            (word[i : i + 1] == word[i - 1] and _without(word, i) in self.common)
            or word[: i - 1] + word[i : i + 1] + word[i - 1] + word[i + 1 :] in self.common
            for i in range(1, len(word))
        )

    def may_be_name(self, word: str) -> bool:
        """Whether `word` is neither common nor allowed."""
        return len(word) > 1 and word.casefold() not in self.allowed and not self.is_common(word)


def _without(word: str, place: int, instead: str = "") -> str:
    return word[:place] + instead + word[place + 1 :]


def _lines(name: str) -> list[str]:
    data = resources.files("validators.pii").joinpath(name).read_text("utf-8")
    return [
        part.strip() for line in data.splitlines() if line[:1] != "#" for part in line.split(",")
    ]


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
        for word in _WORD.finditer(text)
    )


def true_cased(text: str, lexicon: Lexicon) -> str | None:
    """Return a lower-case text with its uncommon words capitalised, same offsets.

    None if the text already has capitals to go by, or holds no such word.
    """
    words = list(_WORD.finditer(text))
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
    words = [(w.start(), w.end()) for w in _WORD.finditer(text, start, end)]
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

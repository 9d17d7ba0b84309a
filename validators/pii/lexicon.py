"""Words that are no names, and words that are: the shipped lists and what follows from them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib import resources

WORD = re.compile(r"(?<![\w])[^\W\d_]+(?:['\u2019-][^\W\d_]+)*(?![\w])")
"""A word of letters, apostrophes and hyphens; none that digits belong to."""
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
_INFLECTIONS = ("s", "es", "ed", "d", "ing", "ly", "'s", "\u2019s")
_PREFIXES = ("un", "re", "mis", "over", "pre", "non", "out")
_SHORTEST_TYPO = 6
_LONGEST_WORD = 24
_TYPO_ENDINGS = ("s", "es", "ed", "d", "ing", "ly")
_ANY = "\0"
_LONGEST_NAME = 60


_FAMILY_FORM = re.compile(
    r"o['\u2019][a-z]{4,}|mc(?!afee)[a-z]{4,}|[^\W\d_]{2,}(?:s?d[oó]tt[ei]r|sdotter|sson|ström|strøm|[qk]vist"
    r"|[^\W\d_]{2}[nrld]sen|ovi[cć]|evi[cć]|[^\W\d_](?:ovich|ovna)|[^\W\d_]enko|chuk|shvili|idze|opoulos|akis"
    r"|oğlu|oglu|zadeh|escu|owicz|ewicz|czyk|owsk[ia]|ewsk[ia]|[^\W\d_]murth[yi]|swamy|[^\W\d_]nathan)"
)
"""How family names of some languages are built."""


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
    foreign: frozenset[str] = frozenset()
    """Everyday words of other languages, as written: English endings don't apply to them."""

    @classmethod
    def shipped(cls, allowed: Iterable[str] = ()) -> "Lexicon":
        """Return the shipped lists, and the terms that the operator allows."""
        phrases = (line.casefold() for line in _lines("allowed_terms.txt"))
        own = (term.casefold() for term in allowed)
        given, family = word_list("given_names.txt"), word_list("family_names.txt")
        # Where a word of another language is a name, too, the name counts.
        foreign = word_list("foreign_words.txt") - given - family
        common = word_list("common_words.txt")
        allowed_terms = frozenset(term for terms in (phrases, own) for term in terms if term)
        return cls(
            common,
            allowed_terms,
            given,
            family,
            _phrase_starts(allowed_terms),
            frozenset(
                key
                for word in common
                if len(word) >= _SHORTEST_TYPO
                for place in range(len(word))
                for key in (_without(word, place), _without(word, place, _ANY))
            ),
            foreign,
        )

    def allowing(self, terms: Iterable[str]) -> "Lexicon":
        """Return the same lists with further terms allowed."""
        allowed = self.allowed | {term.casefold() for term in terms if term}
        return replace(self, allowed=allowed, phrase_starts=_phrase_starts(allowed))

    def is_common(self, word: str) -> bool:
        """Whether `word` or its base form is an everyday word."""
        folded = word.casefold().replace("\u2019", "'")
        if folded in self.common or folded in self.foreign:
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
        if folded.startswith(_PREFIXES) and any(
            folded.startswith(p) and self.is_common(folded[len(p) :].removeprefix("-"))
            for p in _PREFIXES
        ):
            return True
        return "-" in folded and all(map(self.is_common, folded.split("-")))

    def is_inflected(self, folded: str) -> bool:
        """Whether a word is an everyday word or a verb or plural of one, and nothing looser."""
        stems = [folded.removesuffix(end) for end in _INFLECTIONS if folded.endswith(end)]
        return (
            folded in self.foreign
            or folded in self.common
            or any({stem, stem + "e"} & self.common for stem in stems)
        )

    def allowed_phrases(self, text: str) -> list[tuple[int, int]]:
        """Return where allowed terms of two to four words stand: "Calvin Klein"."""
        words = list(WORD.finditer(text))
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
        if _FAMILY_FORM.fullmatch(folded):
            return not self.is_common(folded)
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


def _phrase_starts(terms: Iterable[str]) -> frozenset[str]:
    return frozenset(term.split()[0] for term in terms if " " in term)


def _without(word: str, place: int, instead: str = "") -> str:
    return word[:place] + instead + word[place + 1 :]


def _lines(name: str) -> list[str]:
    data = resources.files("validators.pii").joinpath(name).read_text("utf-8")
    return [
        part.strip() for line in data.splitlines() if line[:1] != "#" for part in line.split(",")
    ]

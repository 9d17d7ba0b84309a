"""Typing errors in words that questions are compared by.

Only a word that no English word list knows is corrected, and only if one edit (Damerau 1964)
leads to exactly one word that begins alike: a name of a product that looks like a misspelt word
must stay a name, and "acount" may be an account or an amount.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from policies.errors import ConfigError, Problem

_SHORTEST = 6
"""Characters; one edit turns too many shorter words into others."""


class Speller:
    """Corrects single words. Immutable, so threads may share it."""

    def __init__(self, known: Iterable[str], english: Iterable[str]) -> None:
        """Take the words that questions are compared by, and those of the language."""
        self._right = frozenset(known) | frozenset(english)
        self._by_initial: dict[str, list[str]] = {}
        for word in sorted(self._right):
            if len(word) >= _SHORTEST - 1:
                self._by_initial.setdefault(word[0], []).append(word)

    def __call__(self, word: str) -> str:
        """Return the word, corrected if it is surely a typing error. About 0.1 ms."""
        if len(word) < _SHORTEST or not word.isalpha() or word in self._right:
            return word
        if any(word.removesuffix(end) in self._right for end in ("s", "es", "d", "ed", "ing")):
            return word
        words = self._by_initial.get(word[0], ())
        near = process.extract(word, words, scorer=OSA.distance, score_cutoff=1, limit=2)
        return near[0][0] if len(near) == 1 else word


def english_words(tokenizer: Path) -> frozenset[str]:
    """Return the whole words in the vocabulary of a tokenizer's file.

    Raises `ConfigError` if the file can't be read.
    """
    try:
        vocabulary = json.loads(tokenizer.read_bytes())["model"]["vocab"]
        return frozenset(word for word in vocabulary if word.isalpha())
    except (OSError, ValueError, LookupError, TypeError) as error:
        text = (
            f"the encoder's vocabulary can't be read ({type(error).__name__}); reinstall "
            "Handrail, the files come with it"
        )
        raise ConfigError(Problem(str(tokenizer), None, "", text)) from None

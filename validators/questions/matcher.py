"""Tells whether two questions ask the same: what the answer cache asks for by protocol."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from validators.questions.asked import Asked
from validators.questions.compare import difference
from validators.questions.lexicon import Lexicon, default_lexicon
from validators.questions.reader import read_words
from validators.questions.spelling import Speller
from validators.questions.tokens import tokens

_MEMO = 4096


@dataclass(frozen=True, slots=True)
class _Read:
    asked: Asked
    guesses: Mapping[str, str]
    """Corrected word -> as it was written."""


class QuestionMatcher:
    """Satisfies the cache's `Questions`. Safe to use from several threads.

    Keeps what it read of the last questions; they hold placeholders, no personal data.
    """

    def __init__(self, speller: Speller | None = None, lexicon: Lexicon | None = None) -> None:
        """Use the shipped tables unless others are given; without a speller correct nothing."""
        self._speller = speller
        self._lexicon = lexicon or default_lexicon()
        self._read = lru_cache(maxsize=_MEMO)(self._read_anew)

    def forms(self, question: str) -> Sequence[str]:
        """Return what questions that may ask the same have in common: hexadecimal hashes."""
        signature = self._read(question).asked.signature
        return (signature,) if signature else ()

    def difference(self, known: str, asked: str) -> str | None:
        """Return in what two questions differ, None if they ask the same. Symmetric."""
        a, b = self._read(known), self._read(asked)
        for word in a.guesses.keys() & b.guesses.keys():
            if a.guesses[word] != b.guesses[word]:
                return "subject"  # two unknown words may be two names
        return difference(a.asked, b.asked)

    def _read_anew(self, question: str) -> _Read:
        words = tokens(question)
        guesses: dict[str, str] = {}
        if self._speller is not None:
            for n, word in enumerate(words):
                right = self._speller(word)
                if right != word:
                    words[n], guesses[right] = right, word
        return _Read(read_words(words, self._lexicon), guesses)

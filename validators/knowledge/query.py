"""What of a user's text is searched for, and how much each part counts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

MOST_TERMS = 64

STOP_WORDS = (
    "a an and any are as at be been but by can could did do does for from get had has have how i "
    "if in is it its just me my of on or our please so than that the their them then there these "
    "they this to up was we were what when where which who will with would you your s t m re ve "
    "ll d am im hi hello thank thanks"
)
"""Words that ask rather than name: without them a long question is about its subject."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much a word, or a pair of adjacent words, counts by the field where it stands.

    The defaults were chosen on two hundred support questions over seven hundred pages, for
    the share of decisive pages among the first five passages.
    """

    title: float = 1.0
    headings: float = 0.5
    body: float = 1.0
    title_pair: float = 1.0
    body_pair: float = 0.5

    def words(self) -> tuple[tuple[str, float], ...]:
        """Fields of the index with the weight of a word."""
        return (("title", self.title), ("headings", self.headings), ("body", self.body))

    def pairs(self) -> tuple[tuple[str, float], ...]:
        """Fields of the index with the weight of a pair."""
        return (("title", self.title_pair), ("body", self.body_pair))


@dataclass(frozen=True, slots=True)
class Words:
    """What is searched for: at least one term, unless nothing can be found."""

    terms: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...] = ()


def choose_words(
    tokens: Iterable[str], *, is_common: Callable[[str], bool], is_known: Callable[[str], bool]
) -> Words:
    """Choose the first 64 different words that the index knows, and the pairs among them.

    Common words, which every question has, count only where there are no others.
    """
    kept: dict[str, None] = {}
    common: dict[str, None] = {}
    pairs: dict[tuple[str, str], None] = {}
    before = ""
    for token in tokens:
        if len(kept) == MOST_TERMS:
            break
        if is_common(token):
            if len(common) < MOST_TERMS and is_known(token):
                common[token] = None
        elif token in kept or is_known(token):
            kept[token] = None
            if before in kept and before != token and len(pairs) < MOST_TERMS:
                pairs[before, token] = None
        before = token
    return Words(tuple(kept), tuple(pairs)) if kept else Words(tuple(common))

"""The company's own names, which look like names of people but are not."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

_WORD: Final = re.compile(r"\w[\w'\u2019&+-]*")
_LONGEST = 4
_RECURS = 2
_FILLERS_TEXT = (
    "A An And Are As At By Can Do Does For From How If In Is Of On Or Our The To Understanding "
    "Using What When Where Which Who Why With Without You Your"
)
_FILLERS: Final = frozenset(_FILLERS_TEXT.split())


def recurring_names(titles: Iterable[str]) -> frozenset[str]:
    """Return capitalised phrases of two to four words that recur in titles, and acronyms.

    Single ordinary words stay out, capitalised as they may be: "Grace" of "Grace Period"
    is also somebody's name, and what is on this list is not redacted.
    """
    seen = Counter[str]()
    for title in set(titles):
        seen.update(set(_names(title)))
    return frozenset(name for name, count in seen.items() if count >= _RECURS)


def _names(title: str) -> Iterable[str]:
    for run in _runs(title):
        for size in range(2, _LONGEST + 1):
            for start in range(len(run) - size + 1):
                yield " ".join(run[start : start + size])
        yield from (word for word in run if sum(map(str.isupper, word)) > 1)


def _runs(title: str) -> Iterable[list[str]]:
    """Stretches of capitalised words with nothing but spaces between them."""
    run: list[str] = []
    end = 0
    for match in _WORD.finditer(title):
        word = match.group()
        if title[end : match.start()].strip():
            yield run
            run = []
        end = match.end()
        is_name = word[0].isupper() and word not in _FILLERS
        if is_name or (word[0].isdigit() and run):
            run.append(word)
        else:
            yield run
            run = []
    yield run

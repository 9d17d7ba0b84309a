"""What a page's id says about its subject: often the only place that names the product.

Ids are paths ("cards/gold-card/fees") or made of sections ("doc_gold_card_003"). A page
called "Fees and limits" is about whatever its folder is about.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

_BETWEEN: Final = re.compile(r"[\W_]+")
_MOST_WORDS = 12
_LONGEST = 30
_COMMON = 0.5
"""A word in at least this share of all ids ("docs", "articles") tells no pages apart."""


def places(page_ids: Iterable[str]) -> Mapping[str, str]:
    """Return for each page id its telling words, in order, separated by spaces.

    Words with digits (numbers, dates, hashes) are left out. At most 12 words per page.
    """
    words = {id_: _words(id_) for id_ in page_ids}
    pages_with = Counter(word for found in words.values() for word in found)
    most = _COMMON * len(words)
    return {
        id_: " ".join([word for word in found if pages_with[word] < most][:_MOST_WORDS])
        for id_, found in words.items()
    }


def _words(id_: str) -> list[str]:
    cut = _BETWEEN.split(id_.casefold())
    return list(dict.fromkeys(word for word in cut if word.isalpha() and len(word) <= _LONGEST))

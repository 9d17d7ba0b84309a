from collections.abc import Callable
from typing import Any

from validators.knowledge.lint.placing import same_place
from validators.knowledge.lint.statements import Statement

Read = Callable[..., list[Statement]]


def test_the_same_words_place_better_than_others(make_page: Any, read: Read, weigh: Any) -> None:
    found = read(
        make_page("Lamps", "The warranty on lamps is 2 years.", "a"),
        make_page("Lamps", "Lamps have a warranty of 3 years.", "b"),
        make_page("Lamps", "Delivery of lamps takes 3 years.", "c"),
    )
    weights = weigh(found)
    (a,), (b,), (c,) = ([near for _, near in s.values] for s in found)
    close = same_place(found[0], a, found[1], b, weights)
    assert close > 0.6
    assert close > same_place(found[0], a, found[2], c, weights)
    assert same_place(found[1], b, found[0], a, weights) == close


def test_nothing_in_common_is_no_place(make_page: Any, read: Read, weigh: Any) -> None:
    found = read(make_page("A", "Wool shrinks 5%.", "a"), make_page("B", "Tax rises 6%.", "b"))
    (a,), (b,) = ([near for _, near in s.values] for s in found)
    assert same_place(found[0], a, found[1], b, weigh(found)) == 0

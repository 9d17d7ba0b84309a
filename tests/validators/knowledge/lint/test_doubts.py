from collections.abc import Callable
from typing import Any

import pytest

from policies.knowledge import Audience
from validators.knowledge.lint.doubts import penalties
from validators.knowledge.lint.statements import Statement

Read = Callable[..., list[Statement]]


def test_nothing_doubtful(make_page: Any, read: Read, weigh: Any) -> None:
    found = read(
        make_page("Fees", "The fee is 5 EUR.", "a"), make_page("Fees", "The fee is 6 EUR.", "b")
    )
    assert penalties(*found, weigh(found)) == 1.0


@pytest.mark.parametrize(
    "text",
    [
        "The fee is usually 6 EUR.",
        "The fee is not 6 EUR.",
        "The fee is 6 EUR in a shop.",
        "The fee is 6 EUR if a parcel is wet.",
        "Some fees are 6 EUR.",
    ],
)
def test_each_doubt_lowers(make_page: Any, read: Read, weigh: Any, text: str) -> None:
    found = read(make_page("Fees", "The fee is 5 EUR.", "a"), make_page("Fees", text, "b"))
    assert penalties(*found, weigh(found)) < 1.0


def test_another_audience_lowers(make_page: Any, read: Read, weigh: Any) -> None:
    found = read(
        make_page("Fees", "The fee is 5 EUR.", "a"),
        make_page("Fees", "The fee is 6 EUR.", "b", audience=Audience.INTERNAL),
    )
    assert penalties(*found, weigh(found)) < 1.0


def test_a_denial_is_no_doubt_about_a_denial(make_page: Any, read: Read, weigh: Any) -> None:
    found = read(
        make_page("Dogs", "Dogs are allowed.", "a"), make_page("Dogs", "Dogs are not allowed.", "b")
    )
    weights = weigh(found)
    assert penalties(*found, weights, denial=True) > penalties(*found, weights)

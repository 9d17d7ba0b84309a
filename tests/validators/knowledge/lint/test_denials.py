from collections.abc import Callable
from typing import Any

import pytest

from validators.knowledge.lint.deadline import Deadline
from validators.knowledge.lint.denials import denials
from validators.knowledge.lint.statements import Statement

Read = Callable[..., list[Statement]]


@pytest.mark.parametrize(
    ("sentences", "denied"),
    [
        (("Vouchers can be swapped for cash.", "Vouchers cannot be swapped for cash."), True),
        (("Glass damage is covered.", "Glass damage is excluded."), True),
        (("Hotel parking is free.", "Hotel parking costs 12 EUR per night."), True),
        (("Hotel parking is free.", "Hotel parking costs 0 EUR."), False),
        (("Vouchers can be swapped for cash.", "Vouchers can be swapped for cash."), False),
        (("Vouchers can be swapped for cash.", "Books cannot be swapped for cash."), False),
        (("You can change a ticket.", "You cannot change a ticket unless it is new."), False),
        (("Open the account in the app.", "Close the account in the app."), False),
        (("The voucher lasts 3 years.", "The voucher does not last 5 years."), False),
    ],
)
def test_denials(
    make_page: Any, read: Read, weigh: Any, sentences: tuple[str, str], denied: bool
) -> None:
    held = read(*(make_page("Rules", text, str(n)) for n, text in enumerate(sentences)))
    result = denials(held, weigh(held), Deadline(None))
    assert bool(result) is denied
    assert all(c.values is None for c in result)


def test_lists_of_causes_state_nothing(make_page: Any, read: Read, weigh: Any) -> None:
    held = read(
        make_page("Contacts", "Your contact is verified.", "a"),
        make_page("Why can't I pay?", "Your contact is not verified.", "b"),
    )
    assert denials(held, weigh(held), Deadline(None)) == []

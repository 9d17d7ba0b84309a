import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validators.pii.placeholders import (
    TYPES,
    PlaceholderBook,
    canonical,
    look_alikes,
    mentions,
    type_of,
)

KEY = b"0123456789abcdef"


def book(
    tenant: str = "shop", conversation: str | None = "c1", key: bytes = KEY
) -> PlaceholderBook:
    return PlaceholderBook(key, tenant, conversation)


def test_a_placeholder_shows_the_type_and_four_characters_of_base32() -> None:
    assert re.fullmatch(r"\[PERSON_[a-z2-7]{4}\]", book().placeholder("PERSON", "Ada Byron"))


def test_the_same_value_has_the_same_placeholder_in_another_process_and_turn() -> None:
    first, later = book(), book()
    later.placeholder("PERSON", "Someone Else")
    assert first.placeholder("PERSON", "Ada") == later.placeholder("PERSON", "Ada")


@pytest.mark.parametrize(
    "other",
    [book(tenant="other"), book(conversation="c2"), book(conversation=None), book(key=KEY[::-1])],
)
def test_tenant_conversation_and_key_change_the_placeholder(other: PlaceholderBook) -> None:
    values = [f"value {i}" for i in range(5)]
    mine = book()
    assert [mine.placeholder("PERSON", v) for v in values] != [
        other.placeholder("PERSON", v) for v in values
    ]


def test_parts_of_the_identity_do_not_run_into_each_other() -> None:
    assert book("a", "b|c").placeholder("PERSON", "x") != book("a|b", "c").placeholder(
        "PERSON", "x"
    )


def test_spellings_of_one_value_share_a_placeholder_and_the_first_is_restored() -> None:
    one = book()
    token = one.placeholder("CREDIT_CARD", "4051 4114 4454 2830")
    assert one.placeholder("CREDIT_CARD", "4051411444542830") == token
    assert one.vault() == {token: "4051 4114 4454 2830"}


def test_two_values_never_share_one_and_no_name_begins_another() -> None:
    one = book()
    names = [one.placeholder("PERSON", f"n{i}")[1:-1] for i in range(3000)]
    assert len(set(names)) == 3000
    assert max(map(len, names)) > len("PERSON_k7q2"), "a collision was expected among so many"
    ordered = sorted(names)
    assert not any(b.startswith(a) for a, b in pairwise(ordered))


def test_collisions_are_settled_by_order_alone() -> None:
    def assign() -> list[str]:
        one = book()
        return [one.placeholder("PERSON", f"n{i}") for i in range(2000)]

    assert assign() == assign()


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        PlaceholderBook(b"short", "t", None)


def test_a_type_that_is_no_name_is_refused() -> None:
    with pytest.raises(ValueError, match="upper case"):
        book().placeholder("per son", "x")


@settings(max_examples=60)
@given(st.sampled_from(sorted(TYPES)), st.text())
def test_every_placeholder_is_recognised_as_one(kind: str, value: str) -> None:
    token = book().placeholder(kind, value)
    assert [(m.start, m.end) for m in mentions(token)] == [(0, len(token))]
    assert look_alikes(f"see {token.lower()}, ok") == [(4, 4 + len(token))]


@pytest.mark.parametrize(
    "text",
    ["person_name", "order_a2bc", "address_line", "IP_ADDRESS", "TP-482913", "PERSON_89", "x_y"],
)
def test_field_names_and_order_numbers_are_no_look_alikes(text: str) -> None:
    assert look_alikes(text) == []


@pytest.mark.parametrize(
    ("kind", "one", "other", "same"),
    [
        ("PERSON", "Ada  Byron", "ada byron", True),
        ("PERSON", "Ada", "Adam", False),
        ("EMAIL_ADDRESS", "a.b@x.org", "ab@x.org", False),
        ("IBAN_CODE", "DE89 3704", "de893704", True),
        ("PHONE_NUMBER", "\uff14\uff11 23", "41-23", True),
        ("TEXT", "[PERSON_k7q2]", "[person_k7q2]", False),
    ],
)
def test_which_spellings_are_one_value(kind: str, one: str, other: str, same: bool) -> None:
    assert (canonical(kind, one) == canonical(kind, other)) is same


def test_what_was_given_out_before_keeps_its_placeholder_and_nobody_else_gets_it() -> None:
    first = book()
    taken = first.placeholder("PERSON", "Ada Byron")
    later = PlaceholderBook(KEY, "shop", "c1", {taken: "Cy Dal"})
    other = later.placeholder("PERSON", "Ada Byron")
    assert other != taken
    assert later.placeholder("PERSON", "CY  dal") == taken
    assert dict(later.vault()) == {other: "Ada Byron", taken: "Cy Dal"}
    assert dict(PlaceholderBook(KEY, "shop", "c1", {taken: "Cy Dal"}).vault()) == {}


@settings(max_examples=60)
@given(
    st.lists(st.lists(st.text("abAB ", min_size=1, max_size=3), max_size=4), max_size=5),
    st.sampled_from(["PERSON", "IBAN_CODE", "TEXT"]),
)
def test_over_turns_equal_values_share_and_others_never_do(
    turns: list[list[str]], kind: str
) -> None:
    kept: dict[str, str] = {}
    seen: dict[str, str] = {}
    for values in turns:
        now = PlaceholderBook(KEY, "t", "c", kept)
        for value in values:
            name = now.placeholder(kind, value)
            assert seen.setdefault(canonical(kind, value), name) == name
        kept |= now.vault()
    assert len(set(seen.values())) == len(seen)
    assert all(type_of(name) == kind for name in kept)


@pytest.mark.parametrize("text", ["PERSON_k7q2", "[person_k7q2]", "[PERSON_k7q]", "", "[_k7q2]"])
def test_only_our_own_form_names_a_type(text: str) -> None:
    assert type_of(text) is None

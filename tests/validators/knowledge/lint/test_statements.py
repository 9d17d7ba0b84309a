from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from validators.knowledge.lint.names import Names
from validators.knowledge.lint.statements import Statement, read_units, statements
from validators.knowledge.page import Block, Page

Read = Callable[..., list[Statement]]


def test_the_label_of_a_row_frames_the_rest_of_its_line(make_page: Any, read: Read) -> None:
    text = "- Pickup point: 2 EUR, ready in 3 days. It is free above 40 EUR.\n- Express: 9 EUR"
    first, second, third = read(make_page("Delivery", text))
    assert "point" in first.label
    assert "point" in second.framed
    assert "point" not in third.framed


def test_headings_frame_and_pronouns_point_back(make_page: Any, read: Read) -> None:
    text = "## Lamps\n\nYou can return a lamp. It must be clean.\n\n## Beds\n\nA bed is large."
    lamp, clean, bed = read(make_page("Returns", text))
    assert "lamp" in lamp.framed
    assert "return" in clean.framed
    assert "lamp" not in bed.framed


def test_values_get_their_measure_and_names_keep_their_numbers(make_page: Any, read: Read) -> None:
    found = read(
        make_page("Tresco 3", "The tent Tresco 3 weighs 4 kg."),
        make_page("Tresco 2", "The tent Tresco 2 weighs 3 kg."),
    )
    assert [(v.low, v.unit) for v, _ in found[0].values] == [(4.0, "kg")]


def test_values_in_headings_frame(make_page: Any, read: Read) -> None:
    (one,) = read(make_page("Delivery", "## Orders over 50 EUR\n\nDelivery costs 0 EUR."))
    assert [v.low for v in one.framed_values] == [50]


@given(st.lists(st.text(max_size=60), max_size=6))
def test_any_text_can_be_read(texts: list[str]) -> None:
    page = Page(id="p", title="T", blocks=tuple(Block((), text) for text in texts))
    units = read_units(page)
    for s in statements({"p": (page, units)}, Names([units])):
        assert s.unit.text in "\n".join(texts)
        assert s.all >= s.own
        assert s.values is not None

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.errors import ConfigError, RedactionError
from proxy.evals.pii import Case, Span, canonical, parse, run, score
from proxy.evals.rows import Row
from validators.testing import FakeRedactor

TYPES = st.sampled_from(["PERSON", "ADDRESS", "SE_PERSONNUMMER", "ORGANIZATION"])
TEXT = "x" * 30


@st.composite
def spans(draw: st.DrawFn) -> Span:
    start = draw(st.integers(0, 28))
    return Span(start, draw(st.integers(start + 1, 30)), draw(TYPES))


SPANS = st.lists(spans(), max_size=4)


def test_a_line_is_read() -> None:
    row = Row("f", 1, {"text": "Ann", "spans": [{"start": 0, "end": 3, "type": "PERSON"}]})
    assert parse(row) == Case("Ann", (Span(0, 3, "PERSON"),))


@pytest.mark.parametrize(
    "span",
    [
        *("PERSON", {}, {"start": 0, "end": 4, "type": "PERSON"}),
        {"start": 2, "end": 2, "type": "PERSON"},
        {"start": -1, "end": 2, "type": "PERSON"},
        {"start": False, "end": True, "type": "PERSON"},
        {"start": 0, "end": 1.0, "type": "PERSON"},
        {"start": 0, "end": 1},
    ],
)
def test_a_bad_span_names_its_place(span: Any) -> None:
    with pytest.raises(ConfigError, match=r"f:9: spans\[0\]"):
        parse(Row("f", 9, {"text": "Ann", "spans": [span]}))


def test_a_line_without_labels_is_an_error() -> None:
    with pytest.raises(ConfigError, match="spans: is required"):
        parse(Row("f", 1, {"text": "Ann"}))


@pytest.mark.parametrize(
    ("written", "scored"),
    [
        ("SE_PERSONNUMMER", "NATIONAL_ID"),
        ("UK_NHS", "NATIONAL_ID"),
        ("NATIONAL_ID", "NATIONAL_ID"),
        ("US_SSN", "US_SSN"),
        ("US_DRIVER_LICENSE", "US_DRIVER_LICENSE"),
        ("UK_BANK_ACCOUNT", "BANK_ACCOUNT"),
        ("DE_PASSPORT", "PASSPORT"),
        ("IP_ADDRESS", "IP_ADDRESS"),
        ("ORGANIZATION", "ORGANIZATION"),
        ("URL", "URL"),
    ],
)
def test_types_are_scored_by_what_they_are(written: str, scored: str) -> None:
    assert canonical(written) == scored


def one(labels: list[Span], found: list[Span]) -> dict[str, Any]:
    return score([Case(TEXT, tuple(labels))], [found])


def test_one_shared_character_is_a_match() -> None:
    figures = one([Span(0, 5, "PERSON")], [Span(4, 9, "PERSON")])
    assert (figures["precision"], figures["recall"], figures["f2"]) == (1, 1, 1)
    assert figures["fully_covered"] == 0
    assert one([Span(0, 5, "PERSON")], [Span(5, 9, "PERSON")])["recall"] == 0


def test_the_wrong_type_counts_for_any_type_only() -> None:
    figures = one([Span(0, 5, "PERSON")], [Span(0, 5, "ADDRESS")])
    assert figures["recall"] == 0
    assert figures["any_type"]["f1"] == 1
    assert figures["fully_covered"] == 1


def test_national_ids_of_two_countries_are_one_type() -> None:
    assert one([Span(0, 5, "SE_PERSONNUMMER")], [Span(0, 5, "PL_PESEL")])["recall"] == 1
    assert one([Span(0, 5, "NATIONAL_ID")], [Span(0, 5, "PL_PESEL")])["precision"] == 1


def test_unlisted_types_and_what_touches_only_them_are_ignored() -> None:
    figures = one([Span(0, 5, "ORGANIZATION")], [Span(2, 7, "PERSON")])
    assert figures["spans"] == 0
    assert figures["precision"] is None
    assert figures["span_free_touched"] == 0
    both = one([Span(0, 5, "ORGANIZATION"), Span(6, 9, "ADDRESS")], [Span(2, 7, "PERSON")])
    assert both["precision"] == 0


def test_a_value_is_covered_by_several_findings_together() -> None:
    found = [Span(0, 4, "PERSON"), Span(4, 10, "ADDRESS")]
    assert one([Span(1, 9, "PERSON")], found)["fully_covered"] == 1
    assert one([Span(1, 9, "PERSON")], found[:1])["fully_covered"] == 0


def test_texts_without_labels_are_touched_or_not() -> None:
    cases = [Case(TEXT, ()), Case(TEXT, ()), Case(TEXT, (Span(0, 3, "PERSON"),))]
    figures = score(cases, [[Span(0, 3, "PERSON")], [], [Span(0, 3, "PERSON")]])
    assert figures["span_free"] == 2
    assert figures["span_free_touched"] == 0.5
    assert figures["precision"] == 0.5


def test_each_type_has_its_own_figures() -> None:
    labels = [Span(0, 3, "PERSON"), Span(5, 8, "PERSON"), Span(10, 13, "ADDRESS")]
    found = [Span(0, 3, "PERSON"), Span(10, 13, "PERSON")]
    per_type = one(labels, found)["per_type"]
    assert per_type["PERSON"]["recall"] == 0.5
    assert per_type["PERSON"]["precision"] == 0.5
    assert per_type["ADDRESS"]["recall"] == 0
    assert per_type["ADDRESS"]["recall_any_type"] == 1


@given(SPANS)
def test_finding_just_the_labels_is_perfect(labels: list[Span]) -> None:
    figures = one(labels, labels)
    if figures["spans"]:
        assert figures["f2"] == 1
        assert figures["fully_covered"] == 1
    assert figures["span_free_touched"] in (0, None)


@given(SPANS, SPANS)
def test_types_never_help(labels: list[Span], found: list[Span]) -> None:
    figures = one(labels, found)
    for name in ("precision", "recall", "f1", "f2"):
        typed, untyped = figures[name], figures["any_type"][name]
        assert (typed is None) == (untyped is None)
        assert typed is None or 0 <= typed <= untyped <= 1


@given(SPANS, SPANS, spans())
def test_finding_more_never_lowers_recall(labels: list[Span], found: list[Span], new: Span) -> None:
    before, after = one(labels, found), one(labels, [*found, new])
    if before["spans"]:
        assert after["recall"] >= before["recall"]
        assert after["fully_covered"] >= before["fully_covered"]


async def test_a_run_gives_figures_and_offsets() -> None:
    cases = [Case("I am Ann.", (Span(5, 8, "PERSON"),)), Case("Hello", ())]
    result = await run(cases, FakeRedactor({"Ann": "PERSON"}))
    assert result.figures["f2"] == 1
    assert result.figures["ms_per_item"] > 0
    assert result.predictions == (
        {"spans": [{"start": 5, "end": 8, "type": "PERSON"}]},
        {"spans": []},
    )


async def test_a_redactor_that_fails_ends_the_run() -> None:
    with pytest.raises(RedactionError):
        await run([Case("x", ())], FakeRedactor({}, fails=True))

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.knowledge import Origin, Passage
from validators.grounding.passages import PassageReader, sentences, split


def page(text: str, **more: object) -> Passage:
    return Passage("p1", "s1", "Title", text, **more)  # type: ignore[arg-type] # test helper


def test_headings_and_leads_frame_the_rows() -> None:
    units = split(page("# Fees\n\nWe charge:\n- $5 for cards\n- $6 for checks\n\nThanks."))
    assert [u.text for u in units] == ["We charge:", "$5 for cards", "$6 for checks", "Thanks."]
    assert "We charge:" in units[1].frame.text
    assert "Fees" in units[3].frame.text
    assert "We charge" not in units[3].frame.text


def test_table_rows_carry_their_header() -> None:
    *_, last = split(page("| Item | Fee |\n| --- | --- |\n| Stop payment | $30 |"))
    assert "Fee" in last.frame.text
    assert "$30" in last.text


def test_a_question_frames_its_answer_and_is_no_evidence() -> None:
    units = split(page("Is protection included?\nNo. Ask us for more."))
    assert [u.text for u in units] == ["No.", "Ask us for more."]
    assert 2 in units[0].reading.polarity.values()


def test_abbreviations_do_not_end_a_sentence() -> None:
    text = "Ask e.g. Ann for help. Then wait."
    assert [text[a:b] for a, b in sentences(text)] == ["Ask e.g. Ann for help.", "Then wait."]


@settings(max_examples=60)
@given(st.text(alphabet="ab. \n|#-*:?A1", max_size=300))
def test_units_quote_the_page(text: str) -> None:
    for unit in split(page(text)):
        assert 0 <= unit.start < unit.end <= len(text)
        assert unit.text.strip() or unit.end - unit.start


def test_a_page_is_split_once_and_forgotten_in_order() -> None:
    reader = PassageReader(capacity=1)
    first = reader.units([page("One.")])[0]
    assert reader.units([page("One.")])[0] is first
    reader.units([Passage("p2", "s1", "Title", "Two.")])
    assert reader.units([page("One.")])[0] is not first


def test_a_changed_text_under_the_same_id_is_read_again() -> None:
    reader = PassageReader()
    reader.units([page("Thirty days.")])
    assert reader.units([page("Sixty days.")])[0].text == "Sixty days."


def test_a_customers_facts_are_not_kept() -> None:
    reader = PassageReader()
    fact = page("Your plan is Gold.", origin=Origin.ACCOUNT)
    assert reader.units([fact])[0] is not reader.units([fact])[0]

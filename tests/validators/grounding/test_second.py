from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.errors import ConfigError
from policies.knowledge import Passage
from validators.encoder.onnx import FOLDER as ENCODER
from validators.grounding.align import Pool, Subject, align
from validators.grounding.passages import split
from validators.grounding.reading import Reading
from validators.grounding.second import CrossEncoder, pair

PAGE = Passage(
    "p1",
    "p1",
    "Returns at Larkwood",
    "## Time\nYou can send things back within 14 days of delivery.\nSale items are not refunded.\n"
    "## Cost\nA return by locker costs £1.95.\nHome pick-up costs £3.50 per parcel.\n",
)
OTHER = Passage("p2", "p2", "Gift cards", "A gift card is valid for 5 years.")


def read(claim: str, question: str = "", recent: str = "", sentence: str = "") -> tuple[str, str]:
    pool = Pool([*split(PAGE), *split(OTHER)])
    asked = Reading(question)
    subject = Subject(
        Reading(claim), Reading(sentence or claim), asked, Reading(recent), Reading(question)
    )
    return pair(subject, align(subject, pool), pool.units)


def test_shows_question_and_claim_beside_the_deciding_sentence_and_its_headings() -> None:
    ours, theirs = read("Returning by locker costs £1.95.", "What does a return cost?")
    assert ours == "What does a return cost? Returning by locker costs £1.95 α."
    assert theirs.startswith("Returns at Larkwood.")
    assert "Cost: A return by locker costs £1.95 α." in theirs


def test_evidence_keeps_the_order_of_the_page_and_names_each_page_once() -> None:
    _, theirs = read("A return by locker costs £1.95 if sent within 14 days of delivery.")
    assert theirs.index("14 days") < theirs.index("locker")
    assert theirs.count("Returns at Larkwood.") == 1


def test_marks_values_that_agree_in_other_words() -> None:
    ours, theirs = read("You can send things back within two weeks.")
    assert "two weeks α" in ours
    assert "14 days α" in theirs


def test_shows_which_value_is_the_larger() -> None:
    ours, theirs = read("You can send things back within 30 days of delivery.")
    assert "30 days α" in ours
    assert "14 days <α" in theirs
    _, theirs = read("You can send things back within a week of delivery.")
    assert "14 days >α" in theirs


def test_each_value_has_its_own_letter() -> None:
    ours, theirs = read("A return by locker costs £1.95, and home pick-up costs £3.50.")
    assert ("£1.95 α" in ours, "£3.50 β" in ours) == (True, True)
    assert ("£1.95 α" in theirs, "£3.50 β" in theirs) == (True, True)


def test_marks_values_that_nothing_shown_can_be_compared_with() -> None:
    ours, _ = read("You can send 20 kg back within 14 days.")
    assert "14 days α" in ours
    assert "35% !" in read("You can send things back for 35% of delivery.")[0]


def test_leaves_the_values_of_the_customer_alone() -> None:
    ours, _ = read("After 30 days you can't send it back.", "It's been 30 days, what now?")
    assert "!" not in ours


def test_says_what_a_pronoun_refers_to() -> None:
    ours, _ = read("It costs £3.50.", recent="We offer home pick-up.")
    assert ours == "We offer home pick-up. It costs £3.50 α."


def test_a_clause_refers_to_the_clause_before_it() -> None:
    sentence = "We offer home pick-up and it costs £3.50."
    ours, _ = read("it costs £3.50.", sentence=sentence, recent="Hello.")
    assert ours == "We offer home pick-up and it costs £3.50 α."


def test_a_claim_that_names_its_subject_stands_alone() -> None:
    ours, _ = read("Home pick-up costs £3.50.", recent="We offer many things.")
    assert "many things" not in ours


def test_shows_nothing_where_nothing_fits() -> None:
    assert read("Zebras graze quietly.")[1] == ""


@given(st.text(max_size=400), st.text(max_size=400), st.text(max_size=400))
@settings(max_examples=40, deadline=None)
def test_any_text_becomes_a_pair_of_bounded_length(claim: str, question: str, page: str) -> None:
    pool = Pool(split(Passage("p", "p", "Title", page)))
    asked = Reading(question)
    subject = Subject(Reading(claim), Reading(claim), asked, Reading(""), asked)
    ours, theirs = pair(subject, align(subject, pool), pool.units)
    assert len(ours.split()) <= 100
    assert len(theirs.split()) <= 200


def test_a_missing_model_names_the_folder_and_the_cure(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="grounding model can't be loaded") as caught:
        CrossEncoder(tmp_path)
    assert str(tmp_path) in str(caught.value)


@pytest.fixture(scope="module")
def judge() -> CrossEncoder:
    return CrossEncoder()


def test_prefers_what_the_page_says_to_what_it_does_not(judge: CrossEncoder) -> None:
    said, missing, invented = judge.support(
        [
            read("You can send things back within 14 days of delivery."),
            read("Larkwood is a non-profit organization that plants trees."),
            read("Returns come with free travel insurance and lounge access."),
        ]
    )
    assert said > missing + 0.2
    assert said > invented + 0.2


def test_answers_in_order_and_independently(judge: CrossEncoder) -> None:
    pairs = [
        read("Home pick-up costs £3.50 per parcel."),
        read("Gift cards never run out."),
        read("A gift card is valid for five years."),
    ]
    together = judge.support(pairs)
    assert all(0 < p < 1 for p in together)
    assert together == pytest.approx([judge.support([p])[0] for p in pairs], abs=0.1)


def test_nothing_asked_is_nothing_answered(judge: CrossEncoder) -> None:
    assert judge.support([]) == []


@pytest.mark.parametrize("found", [None, b"not a model", (ENCODER / "encoder.onnx").read_bytes()])
def test_a_missing_damaged_or_wrong_model_names_the_folder_and_the_cure(
    tmp_path: Path, found: bytes | None
) -> None:
    if found:
        (tmp_path / "judge.onnx").write_bytes(found)
    with pytest.raises(ConfigError, match="grounding model can't be loaded") as caught:
        CrossEncoder(tmp_path)
    assert str(tmp_path) in str(caught.value)
    assert "reinstall" in str(caught.value)

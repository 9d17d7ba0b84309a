from hypothesis import given
from hypothesis import strategies as st

from validators.knowledge.place import places


def test_folders_and_names_tell_what_a_page_is_about() -> None:
    found = places(
        ["kb/cards/Gold-Card/fees", "kb/cards/silver-card/fees", "kb/loans/rates", "kb/x1/3f9a"]
    )
    assert found["kb/cards/Gold-Card/fees"] == "gold"
    assert found["kb/loans/rates"] == "loans rates"
    assert found["kb/x1/3f9a"] == ""


def test_words_of_half_the_pages_tell_nothing() -> None:
    found = places(["doc_gold_1", "doc_gold_2", "doc_blue_3", "doc_green_4", "doc_green_5"])
    assert found["doc_gold_1"] == "gold"
    assert places(["doc_gold_1"]) == {"doc_gold_1": ""}


def test_a_word_counts_once_and_only_so_many_do() -> None:
    long = "/".join(f"w{letter}" for letter in "abcdefghijklmnopqrst")
    found = places([long, "gold-gold", "other", "else"])
    assert found[long] == " ".join(f"w{letter}" for letter in "abcdefghijkl")
    assert found["gold-gold"] == "gold"
    assert places(["a" * 31, "b", "c"])["a" * 31] == ""


@given(st.lists(st.text(max_size=30), max_size=8))
def test_any_id_has_a_place(ids: list[str]) -> None:
    found = places(ids)
    assert set(found) == set(ids)
    assert all(word.isalpha() for place in found.values() for word in place.split())

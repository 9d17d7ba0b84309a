from hypothesis import given
from hypothesis import strategies as st

from policies.knowledge import Passage
from validators.knowledge.passages import count_words, split_sentences
from validators.knowledge.windows import MOST_WORDS, windows


def passage(text: str, title: str = "", headings: tuple[str, ...] = ()) -> Passage:
    return Passage(id="p#0", source_id="p", title=title, text=text, headings=headings)


def sentence(number: int, words: int) -> str:
    return f"Fact{number} {' '.join(['word'] * (words - 1))}."


def test_every_window_says_what_it_is_about() -> None:
    text = "\n".join(sentence(n, 25) for n in range(4))
    found = windows(passage(text, "Fees", ("Cards", "Abroad")), "gold card")
    assert len(found) == 4
    assert all(w.startswith("Fees (gold card). Cards. Abroad. Fact") for w in found)
    assert windows(passage("One. Two.")) == ["One. Two."]
    assert windows(passage("One.", "Fees")) == ["Fees. One."]


def test_neighbours_share_a_sentence() -> None:
    text = " ".join(sentence(n, 15) for n in range(4))
    found = windows(passage(text))
    facts = [[f"Fact{n}" in w for n in range(4)] for w in found]
    assert facts == [
        [True, True, False, False],
        [False, True, True, False],
        [False, False, True, True],
    ]


def test_a_passage_without_text_is_its_title() -> None:
    assert windows(passage("", "Fees", ("Cards",))) == ["Fees. Cards"]
    assert len(windows(passage(""))) == 1


@given(st.lists(st.integers(1, 60), max_size=12))
def test_no_sentence_is_lost_and_none_is_cut(sizes: list[int]) -> None:
    text = " ".join(sentence(n, size) for n, size in enumerate(sizes))
    found = windows(passage(text))
    assert len(found) <= max(1, len(sizes))
    for sentence_ in split_sentences(text):
        assert any(sentence_ in window for window in found)
    for window in found:
        assert count_words(window) <= MOST_WORDS or len(split_sentences(window)) == 1

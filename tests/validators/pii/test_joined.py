import re
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from validators.base import PiiSpan
from validators.pii.joined import Joined, Piece, find_joined

WORD = re.compile("Anna ?Berg")


def find(text: str) -> Sequence[PiiSpan]:
    return [PiiSpan(m.start(), m.end(), "PERSON", 1.0) for m in WORD.finditer(text)]


def joined(*texts: str) -> list[Joined]:
    return list(find_joined(texts, range(len(texts)), find))


def test_a_value_over_two_texts_has_two_pieces() -> None:
    tight, spaced = joined("I am Anna", "Berg.")
    assert (tight.joiner, spaced.joiner) == ("", " ")
    assert spaced.pieces == tight.pieces == (Piece(0, 5, 9), Piece(1, 0, 4))


def test_a_value_within_one_text_has_one_piece() -> None:
    assert {j.pieces for j in joined("x", "Anna Berg")} == {(Piece(1, 0, 9),)}


def test_one_text_alone_is_not_read_again() -> None:
    assert list(find_joined(["Anna Berg"], [0], find)) == []


def test_only_the_texts_of_the_group_are_read() -> None:
    found = list(find_joined(["Anna", "between", "Berg"], [0, 2], find))
    assert {j.pieces for j in found} == {(Piece(0, 0, 4), Piece(2, 0, 4))}


@given(
    st.lists(st.sampled_from(["An", "na", " ", "Berg", "Anna Berg", "x"]), min_size=2, max_size=7)
)
def test_pieces_lie_in_their_texts_and_join_up_to_the_value(texts: list[str]) -> None:
    seen = set()
    for value in find_joined(texts, range(len(texts)), find):
        assert all(0 <= p.start < p.end <= len(texts[p.text]) for p in value.pieces)
        assert list(value.pieces) == sorted(value.pieces, key=lambda p: (p.text, p.start))
        parts = [texts[p.text][p.start : p.end] for p in value.pieces]
        assert "".join(parts).replace(" ", "") == "AnnaBerg"
        seen.add(value.joiner)
    assert seen == {joiner for joiner in ("", " ") if WORD.search(joiner.join(texts))}


def test_of_long_texts_only_what_is_near_a_seam_is_read_again() -> None:
    read: list[int] = []

    def counting(text: str) -> Sequence[PiiSpan]:
        read.append(len(text))
        return find(text)

    long = "x" * 5000
    texts = [f"Anna Berg {long} Anna", f"Berg {long}", f"{long} An", "na Berg"]
    found = list(find_joined(texts, range(4), counting))
    assert {tuple(p.text for p in j.pieces) for j in found} == {(0, 1), (2, 3)}
    assert sum(read) < 4000


def test_a_value_that_a_stretch_cuts_is_left_to_its_own_text() -> None:
    # The stretch begins right before this name, in the middle of a longer word.
    texts = ["x" * 700 + "Anna Berg" + "y" * 291, "z" * 400]
    assert list(find_joined(texts, range(2), find)) == []

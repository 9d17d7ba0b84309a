from hypothesis import given
from hypothesis import strategies as st

from proxy.switch.base import MAX_NAME, Change, Move, clean_name, tightened


def change(move: Move, intent: str, at: str = "t") -> Change:
    return Change(at, "me", move, intent)


def test_a_change_reads_as_a_line() -> None:
    assert str(change(Move.TIGHTEN, "*")) == "t tighten everything by me"
    assert str(change(Move.RELAX, "refund")) == "t relax intent refund by me"


def test_relaxing_undoes_its_own_tightening_only() -> None:
    log = [change(Move.TIGHTEN, "refund"), change(Move.TIGHTEN, "*"), change(Move.RELAX, "*")]
    assert set(tightened(log)) == {"refund"}


def test_the_first_who_tightened_is_named() -> None:
    log = [change(Move.TIGHTEN, "a", "1"), change(Move.TIGHTEN, "a", "2")]
    assert tightened(log)["a"].at == "1"


moves = st.lists(st.tuples(st.sampled_from(Move), st.sampled_from(["a", "b", "*"])))


@given(moves)
def test_the_last_move_of_each_intent_counts(log: list[tuple[Move, str]]) -> None:
    last = {intent: move for move, intent in log}
    expected = {intent for intent, move in last.items() if move is Move.TIGHTEN}
    assert set(tightened(change(move, intent) for move, intent in log)) == expected


@given(st.text())
def test_a_name_is_one_short_line(text: str) -> None:
    name = clean_name(text)
    assert 0 < len(name) <= MAX_NAME
    assert "\n" not in name
    assert clean_name(name) == name or name != text

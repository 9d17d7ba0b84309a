from hypothesis import given
from hypothesis import strategies as st

from validators.base import PiiSpan
from validators.pii.memory import SpanMemory

KEY = b"0123456789abcdef"


def spans(count: int) -> tuple[PiiSpan, ...]:
    return tuple(PiiSpan(n, n + 1, "PERSON", 0.5) for n in range(count))


def test_what_was_put_is_returned_and_another_text_is_not() -> None:
    memory = SpanMemory(KEY, 2)
    memory.put(memory.key("a"), spans(1))
    assert memory.get(memory.key("a")) == spans(1)
    assert memory.holds(memory.key("a"))
    assert memory.get(memory.key("b")) is None
    assert not memory.holds(memory.key("b"))


def test_the_least_recently_used_text_is_forgotten_first() -> None:
    memory = SpanMemory(KEY, 2)
    for text in "ab":
        memory.put(memory.key(text), spans(1))
    memory.get(memory.key("a"))
    memory.put(memory.key("c"), spans(1))
    assert [t for t in "abc" if memory.holds(memory.key(t))] == ["a", "c"]


def test_keys_depend_on_the_secret_and_take_half_characters() -> None:
    assert SpanMemory(KEY, 2).key("a\ud800") != SpanMemory(b"x" * 16, 2).key("a\ud800")


def test_too_many_spans_for_the_whole_memory_are_not_kept_and_push_nothing_out() -> None:
    memory = SpanMemory(KEY, 9, spans=5)
    memory.put(memory.key("a"), spans(1))
    memory.put(memory.key("b"), spans(6))
    assert memory.holds(memory.key("a"))
    assert not memory.holds(memory.key("b"))


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 6)), max_size=30))
def test_neither_texts_nor_spans_ever_exceed_their_bound(
    puts: list[tuple[str, int]],
) -> None:
    memory = SpanMemory(KEY, 4, spans=10)
    for text, count in puts:
        memory.put(memory.key(text), spans(count))
        kept = [memory.get(memory.key(t)) or () for t in "abcdef" if memory.holds(memory.key(t))]
        assert len(kept) <= 4
        assert sum(map(len, kept)) <= 10
        assert memory.get(memory.key(text)) == spans(count)

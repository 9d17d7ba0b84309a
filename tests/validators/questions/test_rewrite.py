import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.questions.rewrite import Rewriter, expanded

WORDS = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=12)


def test_choices_are_written_out() -> None:
    assert expanded("[do|can] i [|now] go") == [
        ("do", "i", "go"),
        ("do", "i", "now", "go"),
        ("can", "i", "go"),
        ("can", "i", "now", "go"),
    ]


@pytest.mark.parametrize(
    ("said", "expected"),
    [("a b c", "@long"), ("a b d", "@short d"), ("b a", "b a"), ("x a b", "x @short"), ("d c", "")],
)
def test_the_longest_expression_wins(said: str, expected: str) -> None:
    rewrite = Rewriter(["a b = @short", "a b c = @long", "d c ="])
    assert " ".join(rewrite(said.split())) == expected


def test_some_words_survive() -> None:
    rewrite = Rewriter(["when was = @when", "i was ="], frozenset({"was"}))
    assert rewrite(["when", "was", "it"]) == ["@when", "was", "it"]
    assert rewrite(["i", "was"]) == []


def test_the_first_of_equal_patterns_counts() -> None:
    assert Rewriter(["a = x", "a = y"])(["a"]) == ["x"]


def test_a_line_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="needs '='"):
        Rewriter(["how do i"])


@given(WORDS)
def test_without_patterns_nothing_changes(words: list[str]) -> None:
    assert Rewriter([])(words) == words


@given(WORDS)
def test_what_no_pattern_holds_stays(words: list[str]) -> None:
    out = Rewriter(["a b = x"])(words)
    assert [w for w in out if w in "cd"] == [w for w in words if w in "cd"]

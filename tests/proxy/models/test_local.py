from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.models.base import Finished, TextDelta
from proxy.models.local import choices_of, estimated_usage, question_of, text_of, written


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Hi", "Hi"),
        (None, ""),
        (7, ""),
        ([{"type": "text", "text": "a"}, {"type": "image_url"}, {"text": "b"}, "c"], "a\nb"),
    ],
)
def test_the_text_of_a_message(content: Any, text: str) -> None:
    assert text_of(content) == text


def test_the_question_is_the_last_user_message() -> None:
    messages = [
        {"role": "user", "content": "first"},
        {"role": "user", "content": "second"},
        {"role": "assistant", "content": "answer"},
    ]
    assert question_of({"messages": messages}) == "second"
    assert question_of({"messages": messages[2:]}) == ""
    assert question_of({}) == ""


@pytest.mark.parametrize(("n", "count"), [(None, 1), (3, 3), (0, 1), ("x", 1)])
def test_number_of_choices(n: Any, count: int) -> None:
    assert choices_of({"n": n}) == count


@given(st.text(max_size=50), st.integers(0, 60))
def test_written_text_is_whole(text: str, chunk: int) -> None:
    *deltas, end = written(text, 1, chunk)
    assert "".join(e.text for e in deltas if isinstance(e, TextDelta)) == text
    assert end == Finished(1, "stop")
    assert all(len(e.text) <= (chunk or 50) for e in deltas if isinstance(e, TextDelta))


def test_usage_is_estimated() -> None:
    assert estimated_usage("12345", "1234") == {
        "prompt_tokens": 2,
        "completion_tokens": 1,
        "total_tokens": 3,
    }

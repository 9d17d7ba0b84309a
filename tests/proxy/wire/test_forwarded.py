from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.errors import RequestError, UpstreamError
from proxy.wire.forwarded import (
    MOST_INPUTS,
    embeddings_answer,
    embeddings_request,
    forwarded,
    moderations_answer,
    moderations_request,
)

PARTS = [
    {"type": "text", "text": "a"},
    {"type": "image_url", "image_url": {"url": "https://x.example/a.png"}},
]


@pytest.mark.parametrize("given_", ["a", ["a"], ["a", "b"], [""]])
def test_every_text_becomes_a_message_and_comes_back_in_its_shape(given_: Any) -> None:
    body = {"model": "m", "input": given_, "dimensions": 3}
    for read in (embeddings_request, moderations_request):
        made = read(body)
        said = [given_] if isinstance(given_, str) else given_
        assert [m["content"] for m in made["messages"]] == said
        assert "input" not in made
        assert forwarded(made, given_) == body


def test_parts_of_a_moderation_are_read_as_one_message() -> None:
    made = moderations_request({"input": PARTS})
    assert made["messages"] == [{"role": "user", "content": PARTS}]
    assert made["model"] == "omni-moderation-latest"
    assert forwarded(made, PARTS)["input"] == PARTS


@pytest.mark.parametrize("tokens", [[1, 2, 3], [[1, 2], [3]]])
def test_tokens_can_t_be_redacted(tokens: Any) -> None:
    with pytest.raises(RequestError) as caught:
        embeddings_request({"model": "m", "input": tokens})
    assert (caught.value.status, caught.value.param) == (400, "input")
    assert "redacted" in caught.value.message


@pytest.mark.parametrize(
    "given_", [None, 7, [], {}, ["a", 1], [None], [{"type": "text"}], ["a"] * (MOST_INPUTS + 1)]
)
def test_anything_else_is_refused(given_: Any) -> None:
    for read in (embeddings_request, moderations_request):
        with pytest.raises(RequestError) as caught:
            read({"model": "m", "input": given_})
        assert (caught.value.param or "").startswith("input")


@pytest.mark.parametrize("model", [None, "", 7, ["m"]])
def test_an_embedding_needs_a_model(model: Any) -> None:
    with pytest.raises(RequestError) as caught:
        embeddings_request({"model": model, "input": "a"})
    assert caught.value.param == "model"
    if model == 7:
        with pytest.raises(RequestError):
            moderations_request({"model": model, "input": "a"})


def test_vectors_leave_in_order_and_nothing_else_does() -> None:
    answer = {
        "object": "list",
        "model": "upstream-name",
        "note": "secret",
        "data": [
            {"index": 1, "embedding": "AAAA", "text": "secret"},
            {"index": 0, "embedding": [0.5, 1]},
        ],
        "usage": {"prompt_tokens": 3, "total_tokens": 3, "note": "secret"},
    }
    assert embeddings_answer(answer, "vectors") == {
        "object": "list",
        "data": [
            {"object": "embedding", "index": 0, "embedding": [0.5, 1]},
            {"object": "embedding", "index": 1, "embedding": "AAAA"},
        ],
        "model": "vectors",
        "usage": {"prompt_tokens": 3, "total_tokens": 3},
    }


def test_a_provider_without_places_or_usage_is_understood() -> None:
    made = embeddings_answer({"data": [{"embedding": [1.0]}, {"embedding": [2.0]}]}, "v")
    assert [row["index"] for row in made["data"]] == [0, 1]
    assert made["usage"] == {"prompt_tokens": 0, "total_tokens": 0}


@pytest.mark.parametrize(
    "answer",
    [
        *(None, [], {}, {"data": []}, {"data": ["x"]}, {"data": [{"embedding": "not base64!"}]}),
        *({"data": [{"embedding": ["x"]}]}, {"data": [{"embedding": [True]}]}, {"error": "x"}),
    ],
)
def test_what_is_no_vector_does_not_leave(answer: Any) -> None:
    with pytest.raises(UpstreamError) as caught:
        embeddings_answer(answer, "v")
    assert caught.value.kind == "protocol"


RESULT = {
    "flagged": True,
    "categories": {"violence": True, "illicit": None},
    "category_scores": {"violence": 0.9},
    "category_applied_input_types": {"violence": ["text"]},
}


def test_judgements_leave_and_nothing_else_does() -> None:
    noisy = {
        **RESULT,
        "input": "secret",
        "categories": {**RESULT["categories"], "Some secret": True, "hate": "secret"},  # type: ignore[dict-item]
        "category_applied_input_types": {"violence": ["text", "secret"]},
    }
    answer = {"id": "modr-1", "model": "omni", "results": [noisy], "note": "secret"}
    assert moderations_answer(answer, "m") == {"id": "modr-1", "model": "m", "results": [RESULT]}
    assert moderations_answer({**answer, "id": "a secret"}, "m")["id"] == "modr"


@pytest.mark.parametrize(
    "answer", [None, {}, {"results": "x"}, {"results": ["x"]}, {"results": [{"flagged": "no"}]}]
)
def test_what_is_no_judgement_does_not_leave(answer: Any) -> None:
    with pytest.raises(UpstreamError):
        moderations_answer(answer, "m")


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.just("SECRET"),
    lambda x: (
        st.lists(x, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["data", "embedding", "index", "usage", "results", "flagged", "SECRET"]
            ),
            x,
            max_size=4,
        )
    ),
)


@given(answer=ANY)
def test_no_word_of_a_provider_gets_through(answer: Any) -> None:
    for show in (embeddings_answer, moderations_answer):
        try:
            made = show(answer, "m")
        except UpstreamError:
            continue
        # Upper-case letters are base64, so a vector may read like a word.
        data = [row["embedding"] for row in made.get("data", ())]
        assert "SECRET" not in str({**made, "data": [v for v in data if v != "SECRET"]})

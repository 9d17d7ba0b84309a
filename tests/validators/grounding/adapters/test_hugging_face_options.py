import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.grounding.adapters.hugging_face_options import ModelOptions, wanted_labels


def test_a_folder_is_enough() -> None:
    found = ModelOptions.read({"model": "models/nli"})
    assert (found.model, found.kind, found.max_tokens) == ("models/nli", "cross_encoder", 512)
    assert not found.download


def test_all_is_read() -> None:
    found = ModelOptions.read(
        {
            "model": "m",
            "kind": "token_classifier",
            "supported": "LABEL_0",
            "template": "Text:\n{evidence}\noutput:",
            "max_tokens": 4096,
            "batch": 2,
            "timeout_ms": 900,
            "weights": [0.2, 0.8, -0.1],
            "aggregate": "share",
            "revision": "abc",
            "download": True,
            "device": "cuda",
        }
    )
    assert found.supported == ("LABEL_0",)
    assert found.weights == (0.2, 0.8, -0.1)
    assert (found.aggregate, found.revision, found.download) == ("share", "abc", True)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"model": ""}, "model"),
        ({"model": 3}, "model"),
        ({"modell": "x"}, r"unknown option second_opinion\.modell"),
        ({"kind": "judge"}, "cross_encoder, token_classifier"),
        ({"supported": [1]}, "supported"),
        ({"template": "{claim}"}, "template"),
        ({"template": "{evidence}{claim}{claim}"}, "template"),
        ({"order": "both"}, "order"),
        ({"kind": "token_classifier", "order": "claim_evidence"}, "claim last"),
        ({"max_tokens": 8}, "max_tokens"),
        ({"batch": True}, "batch"),
        ({"timeout_ms": "1"}, "timeout_ms"),
        ({"weights": [1, 2]}, "weights"),
        ({"weights": [-1, 2, 0]}, "weights"),
        ({"weights": [0, 0, 1]}, "weights"),
        ({"aggregate": "mean"}, "aggregate"),
        ({"download": 1}, "download"),
    ],
)
def test_bad_options_say_what_to_write(change: dict[str, object], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        ModelOptions.read({"model": "m", **change})


@pytest.mark.parametrize(
    ("labels", "supported", "wanted"),
    [
        (("contradiction", "entailment", "neutral"), (), {1}),
        (("ENTAILMENT", "NOT_ENTAILMENT"), (), {0}),
        (("unsupported", "supported"), (), {1}),
        (("LABEL_0", "LABEL_1"), ("LABEL_1",), {1}),
        (("a", "b", "c"), ("a", "c"), {0, 2}),
        (("LABEL_0",), (), {0}),
        (("LABEL_0",), ("high",), {0}),
        (("LABEL_0",), ("low",), set()),
    ],
)
def test_labels_that_mean_support(
    labels: tuple[str, ...], supported: tuple[str, ...], wanted: set[int]
) -> None:
    assert wanted_labels(ModelOptions("m", supported=supported), labels) == wanted


@pytest.mark.parametrize(
    ("labels", "supported"),
    [
        (("LABEL_0", "LABEL_1"), ()),
        (("LABEL_0", "LABEL_1"), ("yes",)),
        (("a", "b"), ("a", "b")),
        (("LABEL_0",), ("LABEL_0",)),
    ],
)
def test_a_doubt_about_labels_is_an_error(
    labels: tuple[str, ...], supported: tuple[str, ...]
) -> None:
    with pytest.raises(ValueError, match=r"second_opinion\.supported"):
        wanted_labels(ModelOptions("m", supported=supported), labels)


@given(
    st.dictionaries(st.sampled_from(["model", "kind", "weights", "batch"]), st.from_type(object))
)
def test_anything_else_is_a_value_error(given_: dict[str, object]) -> None:
    try:
        ModelOptions.read(given_)
    except ValueError as error:
        assert "second_opinion" in str(error)  # noqa: PT017 - a good table raises nothing

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.grounding.adapters.hugging_face import HuggingFace, Texts, Token
from validators.grounding.adapters.hugging_face_options import ModelOptions
from validators.grounding.judge import SecondOpinion


class Words:
    """Stands in for a model: reads words, finds those of the claim in the evidence."""

    def __init__(self, *labels: str, bad: str = "wrong") -> None:
        self.labels: Sequence[str] = labels or ("contradiction", "entailment", "neutral")
        self.bad = bad
        self.batches: list[list[Texts]] = []

    def length(self, texts: Texts) -> int:
        return sum(len(text.split()) for text in texts) + len(texts) + 1

    def classify(self, batch: Sequence[Texts]) -> list[list[float]]:
        self.batches.append(list(batch))
        return [[4.0 * (self.bad in texts[-1]), 2.0, 0.0][: len(self.labels)] for texts in batch]

    def tag(self, batch: Sequence[Texts]) -> list[list[Token]]:
        self.batches.append(list(batch))
        return [self._tokens(texts[-1]) for texts in batch]

    def _tokens(self, text: str) -> list[Token]:
        found: list[Token] = []
        here = 0
        for word in text.split():
            start = text.index(word, here)
            here = start + len(word)
            found.append((start, here, [-3.0, 3.0] if word == self.bad else [3.0, -3.0]))
        return found


def reader(model: Words, **options: object) -> HuggingFace:
    return HuggingFace.build({"model": "m", **options}, lambda _: model)


def test_it_is_a_second_opinion() -> None:
    opinion: SecondOpinion = reader(Words())
    assert opinion.support([]) == []


def test_three_labels_by_name() -> None:
    (found,) = reader(Words()).support([("fine", "page")])
    assert found == pytest.approx(math.e**2 / (math.e**2 + 1 + 1))
    (worse,) = reader(Words()).support([("wrong", "page")])
    assert worse < found


def test_two_labels_need_a_name_where_theirs_say_nothing() -> None:
    with pytest.raises(ValueError, match="LABEL_0, LABEL_1"):
        reader(Words("LABEL_0", "LABEL_1"))
    (found,) = reader(Words("LABEL_0", "LABEL_1"), supported="LABEL_1").support([("fine", "page")])
    assert found == pytest.approx(1 / (1 + math.exp(-2)))


@pytest.mark.parametrize(("means", "sign"), [("high", -1), ("low", 1)])
def test_one_label_is_a_sigmoid(means: str, sign: int) -> None:
    (found,) = reader(Words("LABEL_0"), supported=means).support([("wrong", "page")])
    assert found == pytest.approx(1 / (1 + math.exp(sign * 4)))


@pytest.mark.parametrize(
    ("options", "texts"),
    [
        ({}, ("page words", "the claim")),
        ({"order": "claim_evidence"}, ("the claim", "page words")),
        ({"template": "{evidence}</s>{claim}"}, ("page words</s>the claim",)),
        ({"template": "Text: {evidence} output:"}, ("Text: page words output:", "the claim")),
        ({"template": "Is {claim} in {evidence}?"}, ("Is the claim in page words?",)),
    ],
)
def test_order_and_template(options: dict[str, object], texts: Texts) -> None:
    model = Words()
    reader(model, **options).support([("the claim", "page words")])
    assert model.batches == [[texts]]


def test_a_claim_that_spells_a_field_is_not_filled_in() -> None:
    model = Words()
    reader(model, template="{evidence} | {claim}").support([("{evidence} {claim}", "page")])
    assert model.batches == [[("page | {evidence} {claim}",)]]


@given(st.integers(0, 300), st.integers(1, 20), st.sampled_from(["", "{evidence} | {claim}"]))
def test_the_evidence_is_cut_and_the_claim_is_not(long: int, claim: int, template: str) -> None:
    model = Words()
    opinion = reader(model, max_tokens=32, **({"template": template} if template else {}))
    said = " ".join(f"c{n}" for n in range(claim))
    opinion.support([(said, " ".join(f"e{n}" for n in range(long)))])
    (((texts),),) = model.batches
    assert model.length(texts) <= 32
    assert texts[-1].endswith(said)
    kept = sum(word.startswith("e") for text in texts for word in text.split())
    frame = 3  # the stand-in counts one per text and one more; the template holds a word
    assert kept == min(long, 32 - claim - frame)


def test_batches_keep_the_order_of_the_claims() -> None:
    model = Words()
    pairs = [(f"{'long ' * (n % 3)}claim{' wrong' * (n % 2)}", "page") for n in range(7)]
    found = reader(model, batch=3).support(pairs)
    assert [len(batch) for batch in model.batches] == [3, 3, 1]
    assert [score < 0.5 for score in found] == [n % 2 == 1 for n in range(7)]


def test_the_worst_token_decides() -> None:
    opinion = reader(Words("ok", "bad"), kind="token_classifier", supported="ok")
    good, bad = opinion.support([("all is fine", "page"), ("one wrong word", "page")])
    assert good == pytest.approx(1 / (1 + math.exp(-6)))
    assert bad == pytest.approx(1 / (1 + math.exp(6)))


def test_or_the_share_of_good_tokens() -> None:
    options = {"kind": "token_classifier", "supported": "ok", "aggregate": "share"}
    (found,) = reader(Words("ok", "bad"), **options).support([("one wrong word more", "page")])
    assert found == 0.75


def test_only_the_claim_counts_not_what_was_said_before() -> None:
    options = {"kind": "token_classifier", "supported": "ok"}
    pair = ("this is wrong\nit is fine", "page")
    (found,) = reader(Words("ok", "bad"), **options).support([pair])
    assert found > 0.9
    template = "{evidence} answer: {claim}"
    (found,) = reader(Words("ok", "bad"), template=template, **options).support([pair])
    assert found > 0.9


def test_a_claim_without_tokens_is_not_supported() -> None:
    opinion = reader(Words("ok", "bad"), kind="token_classifier", supported="ok")
    assert opinion.support([("", "page")]) == [0.0]


def test_it_stops_between_batches_once_the_time_is_used_up() -> None:
    times = iter([0.0, 0.0, 0.5, 1.1, 9.9])
    model = Words()
    options = ModelOptions.read({"model": "m", "batch": 1, "timeout_ms": 1000})
    opinion = HuggingFace(model, options, clock=lambda: next(times))
    with pytest.raises(TimeoutError):
        opinion.support([("a", "b")] * 4)
    assert len(model.batches) == 2


@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=60)), max_size=12))
def test_every_pair_gets_a_probability(pairs: list[tuple[str, str]]) -> None:
    for options in ({}, {"kind": "token_classifier", "supported": "entailment"}):
        model = Words() if not options else Words("entailment", "other")
        found = reader(model, **options).support(pairs)
        assert len(found) == len(pairs)
        assert all(0 <= score <= 1 for score in found)

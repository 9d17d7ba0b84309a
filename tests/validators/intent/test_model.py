import pytest

from policies.policy import OUT_OF_SCOPE
from validators.intent.hashing import HashEncoder
from validators.intent.model import NOTHING_ASKED, IntentModel

EXAMPLES = {
    "refund": [
        "I want my money back",
        "please refund my money",
        "give me a refund",
        "when do I get my money back",
        "refund the money for my purchase",
        "how do I get a refund",
    ],
    "delivery": [
        "where is my parcel",
        "when will my parcel be delivered",
        "parcel delivery time",
        "is the parcel delivered today",
        "track the delivery of my parcel",
        "my parcel delivery is late",
    ],
    OUT_OF_SCOPE: [
        "tell me a joke",
        "what is the weather",
        "write a poem",
        "sing a song for me",
        "who won the football match",
        "tell me about the weather tomorrow",
    ],
}


@pytest.fixture(scope="module")
def model() -> IntentModel:
    return IntentModel(HashEncoder(), EXAMPLES)


def test_recognises_what_it_was_taught(model: IntentModel) -> None:
    refund, delivery = model.predict(["can I have my money back", "where's my parcel now"])
    assert (refund.intent, delivery.intent) == ("refund", "delivery")
    assert refund.in_scope
    assert refund.score > 0.5


def test_learnt_out_of_scope_is_not_in_scope(model: IntentModel) -> None:
    (prediction,) = model.predict(["what's the weather today"])
    assert prediction.intent == OUT_OF_SCOPE
    assert not prediction.in_scope


def test_strange_text_scores_lower_than_known_text(model: IntentModel) -> None:
    known, strange = model.predict(["give me a refund", "zxq vvk bpt"])
    assert strange.score < known.score
    assert not strange.in_scope


def test_alternatives_are_probabilities_best_first(model: IntentModel) -> None:
    (prediction,) = model.predict(["refund for my parcel"])
    names = [name for name, _ in prediction.alternatives]
    scores = [score for _, score in prediction.alternatives]
    assert names[0] == prediction.intent
    assert sorted(names) == sorted(EXAMPLES)
    assert scores == sorted(scores, reverse=True)
    assert 0 < sum(scores) <= 1 + 1e-6


def test_text_without_words_asks_nothing(model: IntentModel) -> None:
    assert model.predict(["", "?!"]) == [NOTHING_ASKED, NOTHING_ASKED]
    assert model.predict([]) == []


@pytest.mark.parametrize("examples", [{}, {"refund": []}])
def test_no_examples_recognise_nothing(examples: dict[str, list[str]]) -> None:
    model = IntentModel(HashEncoder(), examples)
    assert model.intents == ()
    assert model.predict(["refund"]) == [NOTHING_ASKED]


def test_one_intent_with_one_example_still_works() -> None:
    (prediction,) = IntentModel(HashEncoder(), {"refund": ["refund me"]}).predict(["refund"])
    assert prediction.intent == "refund"


def test_one_example_each_still_works() -> None:
    model = IntentModel(HashEncoder(), {"refund": ["refund me"], "delivery": ["my parcel"]})
    assert [p.intent for p in model.predict(["a refund", "a parcel"])] == ["refund", "delivery"]

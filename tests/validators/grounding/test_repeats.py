import pytest

from validators.grounding.repeats import repeats

SAID = "I ordered the two-person tent on 3 May. Can I return it within 60 days? It is free, right?"


@pytest.mark.parametrize(
    "claim", ["You ordered the two-person tent on 3 May.", "That is your tent order of 3 May."]
)
def test_the_customers_own_story_may_be_repeated(claim: str) -> None:
    assert repeats(claim, SAID)


@pytest.mark.parametrize(
    "claim",
    [
        "You can return your tent.",
        "You return it within 60 days.",
        "Your tent order was on 4 May.",
        "Your tent is free.",
        "You ordered a stove.",
        "The tent was ordered on 3 May.",
    ],
)
def test_policies_questions_and_new_facts_are_not_repeats(claim: str) -> None:
    assert not repeats(claim, SAID)


def test_silence_is_not_repeated() -> None:
    assert not repeats("You ordered a tent.", "")

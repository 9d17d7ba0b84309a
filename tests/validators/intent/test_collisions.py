from validators.intent.collisions import collisions
from validators.intent.hashing import HashEncoder

EXAMPLES = {
    "refund": ("give me my money back", "refund please"),
    "returns": ("give me my money back now", "how do I send it back"),
    "hello": ("good morning",),
}


def test_near_copies_across_intents_are_found() -> None:
    (found,) = collisions(HashEncoder(), EXAMPLES, closest=0.8)
    assert (found.intent, found.other_intent) == ("refund", "returns")
    assert found.text == "give me my money back"
    assert 0.8 <= found.cosine <= 1.0


def test_copies_within_an_intent_are_no_matter() -> None:
    assert collisions(HashEncoder(), {"a": ("same", "same")}, closest=0.5) == []


def test_the_nearest_come_first_and_are_few() -> None:
    found = collisions(HashEncoder(), EXAMPLES, closest=-1.0, most=3)
    assert len(found) == 3
    assert [pair.cosine for pair in found] == sorted((p.cosine for p in found), reverse=True)


def test_no_examples_collide_with_nothing() -> None:
    assert collisions(HashEncoder(), {}) == []
    assert collisions(HashEncoder(), {"a": ("one",)}) == []

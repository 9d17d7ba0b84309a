import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.questions.compare import difference
from validators.questions.reader import read

DATA = Path(__file__).parents[3] / "bench" / "questions"


def pairs(name: str) -> Iterator[tuple[str, str, bool]]:
    for line in (DATA / f"{name}.jsonl").read_text().splitlines():
        row = json.loads(line)
        yield row["cached"], row["query"], row["same"]


ALL = [*pairs("dev")]
TEXTS = st.sampled_from(sorted({text for a, b, _ in ALL for text in (a, b)}))


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("How do I change my PIN?", "what are the steps to change the pin", None),
        ("Can I change my PIN?", "How do I change my PIN?", "type"),
        ("Can I keep my phone?", "Do I keep my phone?", "type"),
        ("Do gift cards expire?", "Do points expire?", "subject"),
        ("Can I return a coat?", "Can I return a coat without a receipt?", "subject"),
        ("When is the sofa delivered?", "When was the sofa delivered?", "time"),
        ("Can I return 3 shirts?", "Can I return 4 shirts?", "subject"),
        ("2 coats and 3 shirts?", "3 coats and 2 shirts?", "quantity"),
        ("pay from savings to checking", "pay from checking to savings", "relation"),
        ("cancel before it ships", "cancel after it ships", "relation"),
        ("do only members get free calls", "do members get only free calls", "quantity"),
        ("should I call you", "should you call me", "subject"),
        ("does klarna refund paypal", "does paypal refund klarna", "actor"),
        ("is the phone in the plan", "is the plan in the phone", "order"),
        ("can my wife use my card", "can I use my wife's card", "actor"),
        ("is my deposit insured", "is your deposit insured", "owner"),
        ("what is the limit", "what is my limit", "owner"),
        ("does the plan include the phone", "is the phone included in the plan", None),
        ("does the plan include the phone", "is the plan included in the phone", "actor"),
        ("how do I pay with a gift card", "how do I pay for a gift card", "relation"),
        ("how do I pay my card", "how do I pay with my card", "relation"),
        ("can you deliver on friday", "can you deliver by friday", "relation"),
        ("can I return an item", "can I return any item", "subject"),
        ("do I have a contract", "can I have a contract", "type"),
        ("have I paid the fee", "have you paid the fee", "actor"),
        ("has my order shipped", "has your order shipped", "owner"),
        ("are dogs allowed", "are dogs available", "type"),
        ("can I give a gift card", "can I get a gift card", "subject"),
        ("is the warranty on the kettle long", "is the warranty for the kettle long", None),
        ("I can't verify my identity", "I'm not verifying my identity", "subject"),
        ("how do I cancel it", "how can I cancel that", "subject"),
    ],
)
def test_in_what_two_questions_differ(a: str, b: str, expected: str | None) -> None:
    assert difference(read(a), read(b)) == expected


def test_no_near_miss_of_the_shipped_pairs_is_taken_for_the_same() -> None:
    wrong = [(a, b) for a, b, same in ALL if not same and difference(read(a), read(b)) is None]
    assert wrong == []


@pytest.mark.parametrize(("name", "least"), [("dev", 0.5)])
def test_paraphrases_of_the_shipped_pairs_are_found(name: str, least: float) -> None:
    found = [difference(read(a), read(b)) is None for a, b, same in pairs(name) if same]
    assert sum(found) / len(found) >= least


@given(TEXTS, TEXTS)
def test_the_comparison_is_symmetric(a: str, b: str) -> None:
    assert difference(read(a), read(b)) == difference(read(b), read(a))


@given(TEXTS)
def test_a_question_asks_what_it_asks(text: str) -> None:
    asked = read(text)
    assert difference(asked, asked) == (None if asked.concepts else "subject")


@given(TEXTS, TEXTS)
def test_what_asks_the_same_has_one_signature(a: str, b: str) -> None:
    if difference(read(a), read(b)) is None:
        assert read(a).signature == read(b).signature != ""


@given(TEXTS, st.sampled_from(["zanzibar", "without insurance", "not", "7", "only", "for my son"]))
def test_a_further_condition_is_a_difference(text: str, further: str) -> None:
    assert difference(read(text), read(f"{text.rstrip('?.! ')} {further}")) is not None

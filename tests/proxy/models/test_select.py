from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from policies.knowledge import Passage
from proxy.models.select import MOST_SENTENCES, select

REFUNDS = """Our warehouse inspects a return within 5 business days of its arrival.
We issue the refund within 2 business days of the inspection. We never pay refunds in cash.
Interest on a plan is refunded only for the returned part."""
MATTRESS = """You may return most goods within 60 days. Food stays with you.
Excluded goods:
Opened pillows
Opened mattresses of other makers
Fees:
A return by post costs EUR 4.90. However, members pay nothing."""
RESET = """How it works:
1. Choose "Forgot password?" on the login page.
2. Open the e-mail.
Our agents can not see a password. They never ask for it."""


def page(text: str, title: str = "Help") -> Passage:
    return Passage(id=title, source_id=title, title=title, text=text)


PAGES = [
    page(REFUNDS, "Refund times"),
    page(MATTRESS, "Returns"),
    page(RESET, "Resetting a password"),
]


def test_the_sentence_that_answers() -> None:
    assert select("Can I get my refund in cash?", PAGES) == "We never pay refunds in cash."


def test_a_question_for_a_time_prefers_a_time() -> None:
    answer = select("How long does a refund take?", PAGES)
    assert "We issue the refund within 2 business days of the inspection." in answer
    assert "cash" not in answer


def test_an_item_comes_with_its_lead() -> None:
    answer = select("Can I return opened mattresses?", [PAGES[1]])
    assert "Excluded goods: Opened mattresses of other makers." in answer


def test_a_condition_stays_with_its_sentence() -> None:
    answer = select("What does a return by post cost?", [PAGES[1]])
    assert answer == "A return by post costs EUR 4.90. However, members pay nothing."


def test_steps_are_given_whole() -> None:
    answer = select("reset password", [PAGES[2]])
    assert answer.startswith(
        'How it works:\n1. Choose "Forgot password?" on the login page.\n2. Open the e-mail.'
    )


def test_nothing_fits() -> None:
    assert select("Who won the world cup in Japan?", PAGES) == ""
    assert select("hello", PAGES) == ""
    assert select("refund", []) == ""


WORDS = st.sampled_from(
    ["refund", "return", "cash", "However,", "only", "days", "5", ".", ":", "\n", "-", "1.", "the"]
)


def words(text: str) -> set[str]:
    return {word.strip(".,") for word in text.split()} | {""}


@given(st.lists(WORDS, max_size=40).map(" ".join), st.lists(WORDS, max_size=8).map(" ".join))
def test_it_says_only_what_the_page_says(text: str, question: str) -> None:
    answer = select(question, [page(text), page(text, "Other")])
    assert words(answer) <= words(text)
    assert answer == select(question, [page(text), page(text, "Other")])


@given(st.lists(st.booleans(), min_size=1, max_size=12))
def test_few_sentences_and_no_lost_conditions(restricted: list[bool]) -> None:
    said = [
        f"{'However, ' if r else ''}Refund number {i} is paid." for i, r in enumerate(restricted)
    ]
    answer = select("refund paid", [page(" ".join(said))])
    kept = [i for i, sentence in enumerate(said) if sentence in answer]
    assert kept
    for i in kept:
        if i + 1 < len(said) and restricted[i + 1] and i + 1 not in kept:
            assert len(kept) > MOST_SENTENCES


def test_what_a_customer_says_about_themselves_is_not_what_they_ask() -> None:
    heard: list[str] = []

    def closeness(question: str, texts: Sequence[str]) -> list[float]:
        heard.append(question)
        return [0.9] * len(texts)

    page = Passage("r", "r", "Returns", "Parcels may go back within 30 days of delivery.")
    said = "My name is [PERSON_k7q2], mail [EMAIL_ADDRESS_a2b3]. How long may I return a parcel?"
    assert select(said, [page], closeness) == page.text
    assert heard == ["How long may I return a parcel?"]
    select("A sofa from [PERSON_k7q2]. Can I return it?", [page], closeness)
    assert "sofa" in heard[-1]
    assert "k7q2" not in heard[-1]

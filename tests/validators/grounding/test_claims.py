import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validators.grounding.claims import empty, statements


@pytest.mark.parametrize(
    "sentence",
    [
        "Thank you for reaching out about your recent order!",
        "I'm sorry to hear that.",
        "Hello and good morning!",
        "Great question.",
        "Would you like me to look for it?",
        "Let me know if you have any other questions.",
        "I understand how frustrating this is.",
        "You're welcome!",
        "I'd be happy to help.",
    ],
)
def test_politeness_states_nothing(sentence: str) -> None:
    assert empty(sentence)
    assert not list(statements(sentence))


@pytest.mark.parametrize(
    "sentence",
    [
        "I'm sorry, but we never refund opened items.",
        "Thank you, your refund of $30 is guaranteed.",
        "Thanks for waiting, all returns are free.",
        "Great news, you will get 20 % off.",
        "I understand that you can keep it free.",
        "Open your account and choose Orders.",
        "Call 0800 123 4567 to cancel.",
        "Refunds are free!",
    ],
)
def test_a_statement_in_a_polite_wrapping_is_checked(sentence: str) -> None:
    assert list(statements(sentence))


def test_clauses_with_their_own_subject_are_claims_of_their_own() -> None:
    text = "You can return unused items within 30 days, and damaged items are replaced for free."
    assert [s.text for s in statements(text)] == [
        "You can return unused items within 30 days",
        "damaged items are replaced for free.",
    ]


def test_a_condition_stays_with_its_clause() -> None:
    text = "If you are a gold member and your order is large, shipping costs nothing."
    assert len(list(statements(text))) == 1


def test_bullets_are_claims() -> None:
    text = "It costs:\n- $5 for cards\n2. $6 for paper checks"
    assert [s.text for s in statements(text)][1:] == ["$5 for cards", "$6 for paper checks"]


def test_who_says_it_is_left_out() -> None:
    (found,) = statements("According to our returns policy, unused items can be returned.")
    assert found.text == "unused items can be returned."


@settings(max_examples=80)
@given(st.text(alphabet="ab c.,;\n-1I'you and we is?!", max_size=400))
def test_statements_quote_the_answer_in_order(text: str) -> None:
    end = 0
    for found in statements(text):
        assert text[found.start : found.end] == found.text
        assert end <= found.start < found.end <= len(text)
        end = found.end

import pytest

from validators.encoder.onnx import FOLDER
from validators.questions.lexicon import default_lexicon
from validators.questions.matcher import QuestionMatcher
from validators.questions.spelling import Speller, english_words


@pytest.fixture(scope="module")
def matcher() -> QuestionMatcher:
    known = default_lexicon().known
    return QuestionMatcher(Speller(known, english_words(FOLDER / "tokenizer.json")))


def test_questions_that_ask_the_same_share_a_form(matcher: QuestionMatcher) -> None:
    a, b = "How do I change my PIN?", "hi whats the way to chnage my pin"
    assert matcher.difference(a, b) is None
    assert list(matcher.forms(a)) == list(matcher.forms(b)) != []


def test_a_typing_error_is_understood(matcher: QuestionMatcher) -> None:
    a, b = "how do I cancel my subscription", "how do i cancel my subscribtion"
    assert matcher.difference(a, b) is None
    assert QuestionMatcher().difference(a, b) == "subject"


def test_two_unknown_words_may_be_two_names(matcher: QuestionMatcher) -> None:
    a, b = "what is the insurancex", "what is the insurancez"
    assert matcher.difference(a, b) == "subject"


def test_what_is_not_understood_has_no_form(matcher: QuestionMatcher) -> None:
    assert list(matcher.forms("hello!")) == []
    assert matcher.difference("hello!", "hello!") == "subject"

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from policies.sentences import LIMIT, SentenceSplitter, split

SLACK = 32  # a word that a decision waits for

PIECES = [
    *("Hello. ", "We ship on Jan. 5. ", "Mr. ", "e.g. ", "3.5 ", "1.234,56 EUR. ", "... "),
    *(
        "\n",
        "\r\n",
        "\n\n",
        "  \n",
        " ",
        "\t",
        "1. ",
        "12. Open it.\n",
        "- item\n",
        "* ",
        "# Head\n",
    ),
    *("```", "```\n", "~~~\n", "x = 1. Y\n", "| a | b |\n", "> quote\n", "Note:\n", "**Bold.** "),
    *(
        "[PERSON_k7q2]",
        "[",
        "]",
        ")",
        '"',
        "Really?",
        "! ",
        "。",
        "はい",
        "」",
        "😊",
        "word",
        "Word ",
    ),
    *("https://shop.example/a.b?c=1. ", "a.m. ", "U.S. ", "x" * 30, " " * 30),
]
texts = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


def in_pieces(text: str, cuts: list[int]) -> list[str]:
    splitter = SentenceSplitter()
    sentences: list[str] = []
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        sentences += splitter.feed(text[start:end])
    return sentences + splitter.flush()


@given(texts, st.lists(st.floats(0, 1), max_size=8))
@settings(max_examples=150, deadline=None)
@example(" " * 2500 + "# Head\nText here", [0.5])
@example("```\n" + "x\n" * 997 + "12345\n```\nAfter. That.", [0.9])
def test_the_same_sentences_however_the_text_is_cut(text: str, places: list[float]) -> None:
    whole = split(text)
    assert "".join(whole) == text
    assert all(whole)
    cuts = sorted(int(place * len(text)) for place in places)
    assert in_pieces(text, cuts) == whole
    assert in_pieces(text, list(range(len(text)))) == whole


@given(st.text(max_size=200), st.integers(0, 200))
@settings(max_examples=150)
def test_any_text_survives_any_cut(text: str, at: int) -> None:
    whole = split(text)
    assert "".join(whole) == text
    assert in_pieces(text, [min(at, len(text))]) == whole


@given(st.lists(st.sampled_from([p * 40 for p in PIECES]), max_size=12).map("".join))
@settings(max_examples=40, deadline=None)
def test_long_sentences_are_cut_and_little_is_held_back(text: str) -> None:
    splitter = SentenceSplitter()
    given_back = 0
    for start in range(0, len(text), 100):
        given_back += sum(map(len, splitter.feed(text[start : start + 100])))
        assert min(len(text), start + 100) - given_back <= LIMIT + SLACK
    whole = split(text)
    assert all(len(s) <= LIMIT for s in whole)
    assert in_pieces(text, list(range(0, len(text), 7))) == whole


ONE = [
    "Ask Mr. Smith, e.g. by mail, i.e. within approx. 3.5 days.",
    "It costs 1.234,56 EUR or $1,234.56 today.",
    "Write to help@shop.example or visit https://www.shop.example/a.html?b=1 now.",
    "J. R. Smith lives at St. Mary in Washington D.C. today.",
    "See No. 5 of the U.S. Customs Code.",
    "Pay by Jan. 5 or at 9 a.m. on Monday.",
    "We take cards, transfers, etc. without a fee.",
    'He asked "Really?" and left.',
    "Wait ... there is more.",
    "Lieferung am 3. März, z. B. durch Hermes, ca. 4 Tage bzw. 5 Tage.",
    "Call Dr. [PERSON_k7q2] at [PHONE_NUMBER_ab12].",
    "1. Open the app",
    "  - 2. Open the app",
    "Use version 2.0.1 of node.js please.",
    "(See the list, p. 4, for more.)",
    "The text\nis wrapped here.",
    "- an item that\n  goes on",
    "```python\na = 1. B\n\nc = 2\n```",
    "Order by Fri. 5 May.",
    "Really?!?",
    "Mon.-Fri. 9 to 5",
]


@pytest.mark.parametrize("text", ONE)
def test_one_sentence(text: str) -> None:
    assert split(text) == [text]


MANY = [
    ["One. ", "Two! ", "Three? ", "Four"],
    ["You can pay etc. ", "The rest follows."],
    ["We open at 9 a.m. ", "Please wait."],
    ["Choose plan B. ", "You can change."],
    ["We sell to the U.S. ", "We ship fast."],
    ["No. We do not. ", "They do."],
    ['She said "Stop." ', "Then (it ended.) ", "[PERSON_k7q2] left. ", "**Bold.** ", "End."],
    ["We refund [PERSON_k7q2]. ", "30 days remain."],
    ["It costs 30. ", "We ship."],
    ["Heading\n\n", "Text."],
    ["# Heading\n", "Text\n", "- one\n", "- two\n\n", "After."],
    ["Steps:\n", "1. Open. ", "Wait.\n", "2. Close.\n", "Done."],
    ["Do this: 1. Open it. ", "2. Close it."],
    ["Line one.\r\n", "Line two.\r", "Line three."],
    ["| a | b. c |\n", "| 1 | 2 |\n", "after"],
    ["Use this:\n", "```js\nx. Y\n\nz\n```\n", "After."],
    ["```x. Y```\n", "After. ", "That."],
    ["Great! ", "😊 We help.😊 ", "Yes."],
    ["日本語です。", "はい！", "「いいえ。」", "次"],  # noqa: RUF001 - Japanese
    ["Hard break  \n", "next"],
    ["And so on... ", "The end."],
    ["The text.[2] ", "Next one."],
    ["Please answer. ", "we will help."],
    ["\n\nHello. ", "There."],
    ["✅ Free\n", "✅ Fast\n", "✅ Fun"],
    ["**Refunds**: 30 days\n", "**Delivery**: 2 days"],
]


@pytest.mark.parametrize("sentences", MANY, ids=lambda s: s[0][:20])
def test_several_sentences(sentences: list[str]) -> None:
    assert split("".join(sentences)) == sentences


def test_a_sentence_leaves_as_soon_as_the_next_word_is_known() -> None:
    splitter = SentenceSplitter()
    assert splitter.feed("It is free. ") == []
    assert splitter.feed("We ") == ["It is free. "]
    assert splitter.feed("ship.") == []
    assert splitter.flush() == ["We ship."]


def test_a_flushed_splitter_is_as_new() -> None:
    splitter = SentenceSplitter()
    splitter.feed("```\ncode")
    assert splitter.flush() == ["```\ncode"]
    assert splitter.flush() == []
    assert splitter.feed("One. Two. ") + splitter.flush() == ["One. ", "Two. "]


def test_a_long_sentence_is_cut_at_white_space_and_never_in_a_placeholder() -> None:
    words = "word " * 600
    assert all(s.endswith(" ") for s in split(words))
    solid = "x" * (LIMIT - 5) + "[PERSON_k7q2]" + "x" * 50
    first, second = split(solid)
    assert first == "x" * (LIMIT - 5)
    assert second.startswith("[PERSON_k7q2]")


def test_a_long_code_block_is_cut_at_new_lines_and_ends_where_it_ends() -> None:
    block = "```\n" + "some code. Here it is\n" * 200 + "```\n"
    pieces = split(block + "After. That.")
    assert "".join(pieces[:-2]) == block
    assert all(p.endswith("\n") for p in pieces[:-2])
    assert pieces[-2:] == ["After. ", "That."]


@pytest.mark.parametrize(
    "unit", ["a", " ", ".", "\n", "[", ". ", "1. ", "* ", "`", "```\n", '."', "。", "😊", "A. b "]
)
def test_work_grows_with_the_text_not_with_its_square(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    sentences = split(text)  # quadratic work would meet the test's time limit
    assert sum(map(len, sentences)) == len(text)
    assert all(len(s) <= LIMIT for s in sentences)

import pytest

from validators.grounding.marks import Mark, marks


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("every purchase counts", Mark.UNIVERSAL),
        ("at participating stores", Mark.PARTIAL),
        ("this usually takes a day", Mark.HEDGE),
        ("you will definitely get it", Mark.CERTAIN),
        ("you have to sign", Mark.MUST),
        ("unless it is used", Mark.EXCEPTION),
        ("if you are a member", Mark.CONDITION),
        ("it is applied automatically", Mark.AUTOMATIC),
        ("you can't return it", Mark.NEGATION),
    ],
)
def test_small_words_are_recognised(text: str, mark: Mark) -> None:
    assert mark in marks(text)


def test_parts_of_words_are_not() -> None:
    assert not marks("The notebook's manyfold carousel.") & {Mark.NEGATION, Mark.PARTIAL}

import pytest

from validators.grounding.promises import Promise, promise


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("I have refunded your order.", Promise.DONE),
        ("I’ve corrected the rate.", Promise.DONE),  # noqa: RUF001 - typed so
        ("Your refund has been processed.", Promise.DONE),
        ("I'm cancelling it right now.", Promise.DONE),
        ("I'll waive the fee.", Promise.PERSONAL),
        ("We will waive the fee for you.", Promise.COMPANY),
        ("The company has now changed the tax code.", Promise.DONE),
        ("We can work with you to get you back on track.", Promise.ASSURANCE),
        ("Our team will be able to assist you.", Promise.ASSURANCE),
        ("You will be approved.", Promise.OUTCOME),
        ("Your invitation is on its way.", Promise.OUTCOME),
        ("Refunds take five days.", Promise.NONE),
        ("Let me pass you to a human colleague.", Promise.NONE),
        ("I am sorry about this.", Promise.NONE),
    ],
)
def test_commitments_are_classified(sentence: str, kind: Promise) -> None:
    assert promise(sentence) is kind

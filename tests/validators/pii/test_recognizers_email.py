import pytest

from validators.pii.recognizers_email import find_emails


def found(text: str) -> list[str]:
    return [text[s.start : s.end] for s in find_emails(text)]


@pytest.mark.parametrize(
    "address",
    [
        "jo@example.org",
        "a@b.museum",
        "JOHN.SMITH@EXAMPLE.COM",
        "x+y@mail.example.zz",
        "Jo.Doe+shop@mail.example.museum",
        "jörg@müller.de",
        "john dot smith at example dot com",
        "john (at) example.com",
        "julia[at]firma[dot]de",
        "john.smith at gmail.com",
        "maria arroba correo punto es",
        "jo_at_example_dot_org",
    ],
)
def test_addresses_plain_and_read_out(address: str) -> None:
    assert found(f"please use {address} from now on") == [address]


def test_an_announced_address_needs_no_dots_in_words() -> None:
    assert found("my mail is jo at firm.co.uk") == ["jo at firm.co.uk"]


@pytest.mark.parametrize(
    "text",
    [
        "meet me at example.com",
        "I bought it at shop dot com",
        "look at the dot on it",
        "at a point of sale",
        "2 @ 5 EUR each",
        "@support please help",
        "a @ b",
        "a@b",
        "3@4.5",
    ],
)
def test_other_words_are_left_alone(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "address",
    [
        "jo@gmail,com",
        "jo@@gmail.com",
        "jo@gmail .com",
        "jo.doe@gmail. com",
        "jo@hotmailcom",
        "jo#gmail.com",
        "jo@company",
    ],
)
def test_mistyped_addresses_are_found_whole(address: str) -> None:
    text = f"write to {address} please"
    assert [text[s.start : s.end] for s in find_emails(text)] == [address]


@pytest.mark.parametrize("text", ["2 pcs @ 5.99 each", "item #gmail", "a # b.com", "3@5"])
def test_other_uses_of_the_signs_are_no_addresses(text: str) -> None:
    assert list(find_emails(text)) == []

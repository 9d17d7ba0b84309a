import sys
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validators.pii.detect import PresidioDetector
from validators.pii.placeholders import TYPES


@pytest.fixture(scope="module")
def detector() -> PresidioDetector:
    return PresidioDetector(allowed=["Trail Pack", "Nordlys"])


@pytest.fixture
def offline() -> Iterator[None]:
    calls: list[str] = []
    watching = [True]

    def watch(event: str, _: object) -> None:
        if watching and event in ("socket.connect", "socket.getaddrinfo"):
            calls.append(event)

    sys.addaudithook(watch)
    yield
    watching.clear()
    assert calls == []


def found(detector: PresidioDetector, text: str) -> list[tuple[str, str]]:
    return [(s.type, text[s.start : s.end]) for s in detector.detect(text)]


@pytest.mark.usefixtures("offline")
def test_a_message_with_everything_without_any_network(detector: PresidioDetector) -> None:
    text = (
        "Hi, I'm Sarah Connor, born 12/03/1985. Mail sarah@example.museum or call +46 70 174 06 05."
        " Send it to 17 High St, Leeds LS1 4AB. Card 4111 1111 1111 1111, IBAN"
        " DE89370400440532013000 thanks, SSN 536-90-4399 from 203.0.113.7"
    )
    assert dict(found(detector, text)) == {
        "PERSON": "Sarah Connor",
        "DATE_OF_BIRTH": "12/03/1985",
        "EMAIL_ADDRESS": "sarah@example.museum",
        "PHONE_NUMBER": "+46 70 174 06 05",
        "ADDRESS": "17 High St, Leeds LS1 4AB",
        "CREDIT_CARD": "4111 1111 1111 1111",
        "IBAN_CODE": "DE89370400440532013000",
        "US_SSN": "536-90-4399",
        "IP_ADDRESS": "203.0.113.7",
    }


@pytest.mark.parametrize(
    "text",
    [
        "Returns are accepted within 30 days of delivery.",
        "Refunds above EUR 50 take 5 to 7 business days.",
        "Where is my order TP-482913?",
        "Can I pay with Visa or Mastercard in Sweden?",
        "Does the Trail Pack from Nordlys ship to Denver?",
        "My card payment of 1299.00 SEK on 3 November was declined.",
        "Why was I charged twice?",
        "",
        "   \n",
    ],
)
def test_policy_text_and_questions_are_left_alone(detector: PresidioDetector, text: str) -> None:
    assert found(detector, text) == []


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("mail j\u200bohn@example.com", ("EMAIL_ADDRESS", "j\u200bohn@example.com")),
        (
            "card \uff14\uff11\uff11\uff11 1111 1111 1111",
            ("CREDIT_CARD", "\uff14\uff11\uff11\uff11 1111 1111 1111"),
        ),
        ("my name is rubija fanucci", ("PERSON", "rubija fanucci")),
        ("MY NAME IS RUBIJA FANUCCI", ("PERSON", "RUBIJA FANUCCI")),
        ("tell Oluwaseun Adeyemi-Fanucci to come", ("PERSON", "Oluwaseun Adeyemi-Fanucci")),
    ],
)
def test_disguised_and_lower_case_values(
    detector: PresidioDetector, text: str, span: tuple[str, str]
) -> None:
    assert found(detector, text) == [span]


def test_types_markets_and_thresholds_are_the_operators_choice() -> None:
    narrow = PresidioDetector(
        regions=["US"], entities=["US_SSN", "PHONE_NUMBER"], thresholds={"US_SSN": 0.9}
    )
    assert found(narrow, "Sarah, 536 90 4399, 512 345 678, a@b.org") == []
    assert found(narrow, "my ssn is 536904399") == [("US_SSN", "536904399")]


def test_all_types_have_placeholders(detector: PresidioDetector) -> None:
    assert set(detector.entities) <= TYPES


def test_long_text_is_cut_at_white_space_and_found_everywhere(detector: PresidioDetector) -> None:
    text = ("Please write to sarah@example.org about it. " * 2000).strip()
    spans = detector.detect(text)
    assert len(spans) == 2000
    assert {text[s.start : s.end] for s in spans} == {"sarah@example.org"}


def test_detection_stops_when_told(detector: PresidioDetector) -> None:
    with pytest.raises(InterruptedError):
        detector.detect("text", lambda: True)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.text(alphabet=st.characters(), max_size=12)
        | st.sampled_from(
            ["\x00", "\ud83d", "👩‍👩‍👧", "\u202eabc", "Anna Smith", "a@b.org", "@", "4111", "["]
        ),
        max_size=8,
    ).map(" ".join)
)
def test_any_string_gives_ordered_disjoint_spans(detector: PresidioDetector, text: str) -> None:
    spans = detector.detect(text)
    assert all(0 <= s.start < s.end <= len(text) for s in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert spans == detector.detect(text)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("my card is four one one one " + "one " * 12 + "thanks", "CREDIT_CARD"),
        ("mail am9obi5zbWl0aEBleGFtcGxlLmNvbQ== ok", "EMAIL_ADDRESS"),
        ("mail john%2Esmith%40example%2Ecom ok", "EMAIL_ADDRESS"),
        ("mail j.o.h.n...s.m.i.t.h.@.e.x.a.m.p.l.e...c.o.m ok", "EMAIL_ADDRESS"),
        ("ssn five three six nine zero four three nine nine", "US_SSN"),
        ("my name is Rubija\nFanucci and", "PERSON"),
        ("mein name ist rubija fanucci", "PERSON"),
        ("\u202bmy name is rubija\u202c", "PERSON"),
        ("I live in Rauma", "LOCATION"),
    ],
)
def test_values_behind_disguises(detector: PresidioDetector, text: str, span: str) -> None:
    assert [kind for kind, _ in found(detector, text)] == [span]


@pytest.mark.parametrize(
    "text",
    [
        "I ordered a Dyson and a Calvin Klein shirt",
        "the Jack Daniels bottle was broken",
        "please cancel, the delivry is too late, yuo know",
        "it ships between November 15, 2025 and January 15, 2026",
        "Do you deliver to Sweden or London?",
        "use coupon SUMMER-2024 for SKU 8712345678901",
    ],
)
def test_brands_slips_and_dates_are_left_alone(detector: PresidioDetector, text: str) -> None:
    assert found(detector, text) == []


def test_names_are_found_anywhere_in_a_long_text(detector: PresidioDetector) -> None:
    text = (
        "The parcel came late. " * 400
        + "Please tell Oluwaseun Adeyemi to come. "
        + "It was wet. " * 400
    )
    assert ("PERSON", "Oluwaseun Adeyemi") in found(detector, text)


def test_far_into_a_very_long_text_unknown_capitals_are_taken_for_names() -> None:
    detector = PresidioDetector(entities=["PERSON"])
    text = "the parcel came late. " * 10_000 + "Please tell Zorvath Quellimar to come."
    assert found(detector, text) == [("PERSON", "Zorvath Quellimar")]

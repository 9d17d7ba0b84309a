import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.policy import Policy, Risk
from validators.intent.hashing import HashEncoder
from validators.risk.detect import PHRASE_STRENGTH, Reading, RiskDetector
from validators.risk.model import FIRED


@pytest.fixture(scope="module")
def detector(policy: Policy) -> RiskDetector:
    return RiskDetector(HashEncoder(256), policy)


def test_nothing_said_shows_nothing(detector: RiskDetector) -> None:
    assert detector.read([]) == Reading()


def test_a_phrase_is_enough(detector: RiskDetector) -> None:
    assert detector.read(["I will sue you"]).risks[Risk.LEGAL_THREAT] >= PHRASE_STRENGTH


def test_meaning_is_enough(detector: RiskDetector) -> None:
    assert Risk.HARDSHIP in detector.read(["the zorblax ate all of our budget"]).risks


def test_threats_stay_and_anger_cools(detector: RiskDetector) -> None:
    calm = ["where is my parcel"] * 4
    reading = detector.read(["this is ridiculous, I will sue you", *calm])
    assert Risk.LEGAL_THREAT in reading.risks
    assert Risk.ANGRY not in reading.risks
    assert Risk.ANGRY in detector.read(["this is ridiculous", "where is my parcel"]).risks


def test_shouting_a_complaint_is_anger(detector: RiskDetector) -> None:
    assert Risk.ANGRY in detector.read(["WHERE IS MY PARCEL"]).risks
    assert Risk.ANGRY not in detector.read(["THANK YOU SO MUCH"]).risks


def test_sentiment_is_of_the_last_message(detector: RiskDetector) -> None:
    assert detector.read(["this is terrible", "thanks, great help"]).sentiment > 0


def test_fraud_in_progress_is_told_apart_from_past_fraud(detector: RiskDetector) -> None:
    assert detector.read(["someone is using my card right now"]).fraud_in_progress
    past = detector.read(["my card was stolen last year"])
    assert Risk.FRAUD_CLAIM in past.risks
    assert not past.fraud_in_progress


@given(st.lists(st.text(max_size=60), max_size=4))
@settings(max_examples=30, deadline=None)
def test_a_threat_in_any_place_is_found(detector: RiskDetector, others: list[str]) -> None:
    for place in range(len(others) + 1):
        messages = [*others[:place], "I want to kill myself", *others[place:]]
        reading = detector.read(messages)
        assert Risk.SELF_HARM in reading.risks
        assert all(FIRED <= value <= 1 for value in reading.risks.values())

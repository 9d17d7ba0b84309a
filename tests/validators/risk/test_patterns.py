import re
import tomllib
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.policy import Risk
from validators.risk.patterns import FRAUD_IN_PROGRESS, RiskPatterns

PATTERNS = RiskPatterns()

SHOWN = {
    "self_harm": ["I'm going to kill myself", "i dont want to be here anymore", "better off dead"],
    "legal_threat": [
        "I'll sue you",
        "you will hear from my lawyer",
        "we're taking legal action",
        "See you in court!",
        "If you don't fix this I will sue.",
    ],
    "regulator_complaint": ["I will report you to the ombudsman", "the FCA will hear about this"],
    "fraud_claim": ["I didn't authorise this payment", "my account has been hacked"],
    "hardship": ["I lost my job and can't pay the bill", "we can't afford the rent anymore"],
    "asks_for_human": ["let me speak to a real person", "human please", "agent", "call me back"],
    "account_closure": ["please close my account", "delete all my personal data"],
    "vulnerable_customer": ["my mother has dementia", "my husband died", "I'm 15 and bought this"],
    "angry": ["this is ridiculous", "you people are useless", "wtf"],
    FRAUD_IN_PROGRESS: [
        "someone is using my card right now",
        "my account is being drained",
        "a man just called me and is asking for the code",
    ],
}
HARMLESS = [
    "this is killing me, where's my order",
    "I could murder a coffee",
    "my lawyer friend recommended you",
    "I'm not going to sue you",
    "I never said I would sue you",
    "no need to call me back",
    "are you regulated by the FCA?",
    "do you sell tennis court shoes",
    "I am an attorney, do you give discounts to firms?",
    "does the grill come with a gas regulator",
    "these shoes are to die for",
    "my phone died",
    "why did you close my account?",
    "please remove my card from my account",
    "I want to transfer money to someone",
    "the driver should call me",
    "I can't pay with my card",
    "do I need to talk to someone to change my PIN?",
    "how do you protect customers against fraud?",
    "where is my parcel",
]


@pytest.mark.parametrize(
    ("label", "text"), [(label, text) for label, texts in SHOWN.items() for text in texts]
)
def test_finds_what_is_meant(label: str, text: str) -> None:
    assert label in PATTERNS.find(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_stays_quiet_on_idioms_negations_and_ordinary_questions(text: str) -> None:
    assert PATTERNS.find(text) == frozenset()


def test_negation_never_hides_self_harm() -> None:
    assert "self_harm" in PATTERNS.find("I'm not saying I want to kill myself, but")


@pytest.mark.parametrize(
    "text", ["\uff4bill \uff4dyself", "kill my\u200bself", "KILL MYSELF", "suuuuicide"]
)
def test_disguise_does_not_help(text: str) -> None:
    assert "self_harm" in PATTERNS.find(text)


def test_a_placeholder_can_be_the_culprit() -> None:
    assert "fraud_claim" in PATTERNS.find("[PERSON_k7q2] has stolen my credit card details")


def test_fraud_in_progress_is_a_fraud_claim() -> None:
    found = PATTERNS.find("someone is in my account right now")
    assert {FRAUD_IN_PROGRESS, "fraud_claim"} <= found


def test_head_and_tail_of_a_long_message_are_searched() -> None:
    filler = "where is my parcel. " * 2000
    assert "legal_threat" in PATTERNS.find(f"{filler}I will sue you")
    assert "legal_threat" in PATTERNS.find(f"I will sue you {filler}")


def test_every_label_has_phrases() -> None:
    text = files("validators.risk").joinpath("phrases.toml").read_text(encoding="utf-8")
    labels = set(tomllib.loads(text)) - {"macros"}
    assert labels == {risk.value for risk in Risk} | {FRAUD_IN_PROGRESS}


def test_every_phrase_is_a_pattern_of_its_own() -> None:
    text = files("validators.risk").joinpath("phrases.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    macros = tables.pop("macros")
    used = set()
    for table in tables.values():
        for pattern in [*table["match"], *table.get("ignore", [])]:
            names = re.findall(r"(?<!\?P)<(\w+)>", pattern)
            used |= set(names)
            assert re.compile(re.sub(r"<\w+>", "x", pattern)).search("") is None, pattern
    assert used <= set(macros)


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_text_gives_known_labels(text: str) -> None:
    assert PATTERNS.find(text) <= {risk.value for risk in Risk} | {FRAUD_IN_PROGRESS}

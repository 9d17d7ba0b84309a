import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.questions.reader import read


@pytest.mark.parametrize(
    ("question", "kind", "concepts"),
    [
        ("How do I change my PIN?", "how", {"change", "pin"}),
        ("hi there, can you pls tell me how to change the pin", "how", {"change", "pin"}),
        ("I want to change my pin", "how", {"change", "pin"}),
        ("I want a refund", "how", {"get", "refund"}),
        ("how long does delivery take", "dur", {"deliver"}),
        ("is there a fee for delivery", "polar", {"deliver", "fee"}),
        ("how much is delivery", "cost", {"deliver"}),
        ("turn roaming off", "how", {"deactivate", "roam"}),
        ("how do I turn off roaming", "how", {"deactivate", "roam"}),
        ("my card isn't working", "state", {"card", "not", "function"}),
    ],
)
def test_kind_and_concepts(question: str, kind: str, concepts: set[str]) -> None:
    asked = read(question)
    assert asked.kind == kind
    assert {"function" if c == "work" else c for c in asked.concepts} == concepts


def test_ties_between_concepts() -> None:
    asked = read("can my wife move 200 euros from my savings to checking before friday")
    assert {"before"} in asked.roles.values()
    assert any("from" in roles for roles in asked.roles.values())
    assert ("#200", "eur") in asked.bound
    assert asked.agents["move"] == "wif"
    assert "my" in asked.owned.values()


def test_passive_and_past() -> None:
    assert read("is the phone included in the plan").patients == {"include": "phone"}
    assert read("why was my card declined").past
    assert not read("why is my card declined").past


@pytest.mark.parametrize("text", ["", "hi", "thanks!", "how do I cancel it?", "?!", "can you"])
def test_what_does_not_stand_for_itself_has_no_signature(text: str) -> None:
    assert read(text).signature == ""


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    asked = read(text)
    assert read(text) == asked
    assert bool(asked.signature) == bool(asked.concepts)

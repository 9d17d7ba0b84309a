import pytest
from jsonschema import Draft202012Validator

from policies.turn import Turn
from proxy.handoff.packet import build_packet
from proxy.schemas.handoff import handoff_schema

SCHEMA = Draft202012Validator(handoff_schema())


def packet(turn: Turn) -> dict[str, object]:
    key = b"a key for tests, known to everybody"
    return build_packet(turn, handoff_id="01", now=1_700_000_000.0, environment="test", key=key)


def test_what_a_person_gets_satisfies_the_schema(turn: Turn) -> None:
    assert [e.message for e in SCHEMA.iter_errors(packet(turn))] == []
    undrafted = turn.but(answers=(), findings=())
    assert [e.message for e in SCHEMA.iter_errors(packet(undrafted))] == []


@pytest.mark.parametrize("key", ["draft", "claims", "privacy", "trigger", "trace", "routing"])
def test_what_is_required(turn: Turn, key: str) -> None:
    made = packet(turn)
    del made[key]
    assert not SCHEMA.is_valid(made)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("schema_version", "2.0"),
        ("privacy", {"mode": "open"}),
        ("trigger", {"reason_code": "because"}),
        ("draft", {"text": "x"}),
        ("routing", {"owner": "a", "priority": "asap"}),
        ("flags", ["a", "a"]),
    ],
)
def test_what_does_not(turn: Turn, key: str, value: object) -> None:
    assert not SCHEMA.is_valid({**packet(turn), key: value})

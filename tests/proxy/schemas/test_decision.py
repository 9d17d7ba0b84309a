import pytest
from jsonschema import Draft202012Validator

from policies.turn import Turn
from proxy.records.build import decision_record
from proxy.schemas.decision import decision_schema

SCHEMA = Draft202012Validator(decision_schema())


def test_what_is_recorded_satisfies_the_schema(turn: Turn) -> None:
    assert [e.message for e in SCHEMA.iter_errors(decision_record(turn))] == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("version", "2"), ("action", "drop"), ("verdict", "fine"), ("confidence", 1.5)),
        *(("reason", "because"), ("risk", ["rain"]), ("automation", "never"), ("trace_id", "x")),
        *(("claims", [{}]), ("handoff", {"status": "lost"}), ("intent", {}), ("policy", {})),
        ("validators", [{"name": "a", "outcome": "maybe"}]),
    ],
)
def test_what_does_not(turn: Turn, key: str, value: object) -> None:
    assert not SCHEMA.is_valid({**decision_record(turn), key: value})


@pytest.mark.parametrize("key", ["version", "id", "action", "verdict"])
def test_what_is_required(turn: Turn, key: str) -> None:
    record = decision_record(turn)
    del record[key]
    assert not SCHEMA.is_valid(record)

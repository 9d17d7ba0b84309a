import pytest
from jsonschema import Draft202012Validator

from policies.turn import Turn
from proxy.records.build import result_object
from proxy.schemas.result import result_schema

SCHEMA = Draft202012Validator(result_schema())


@pytest.mark.parametrize("detail", ["summary", "full"])
def test_what_a_bot_reads_satisfies_the_schema(turn: Turn, detail: str) -> None:
    assert [e.message for e in SCHEMA.iter_errors(result_object(turn, detail))] == []


@pytest.mark.parametrize(
    ("key", "value"), [("version", 1), ("claims", []), ("claims", {"total": -1}), ("id", None)]
)
def test_what_does_not(turn: Turn, key: str, value: object) -> None:
    assert not SCHEMA.is_valid({**result_object(turn), key: value})

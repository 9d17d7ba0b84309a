from enum import StrEnum

import pytest
from jsonschema import Draft202012Validator

from proxy.schemas.parts import claim, document, one_of, table, values


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


def valid(schema: dict[str, object], value: object) -> bool:
    return Draft202012Validator(schema).is_valid(value)


def test_values_of_an_enumeration_in_order() -> None:
    assert values(Colour) == ["red", "blue"]
    assert valid(one_of("red", None), None)
    assert not valid(one_of("red", None), "green")


def test_a_table_requires_what_it_says_and_allows_more() -> None:
    schema = table(["a"], a={"type": "string"})
    assert valid(schema, {"a": "x", "later": 1})
    assert not valid(schema, {})
    assert not valid(schema, {"a": 1})


def test_a_document_has_a_head() -> None:
    made = document("thing:1", "A thing", "What it is.", table())
    assert made["$id"] == "urn:handrail:thing:1"
    Draft202012Validator.check_schema(made)


@pytest.mark.parametrize(
    ("change", "ok"),
    [
        ({}, True),
        ({"score": None, "span": [0, 3]}, True),
        ({"verdict": "true"}, False),
        ({"span": [0]}, False),
        ({"evidence": [{"quote": "no source"}]}, False),
        ({"evidence": [{"source_id": "a", "quote": "x" * 1001}]}, False),
    ],
)
def test_a_claim(change: dict[str, object], ok: bool) -> None:
    assert valid(claim(), {"id": "c1", "text": "t", "verdict": "supported", **change}) is ok

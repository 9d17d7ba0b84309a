import json
import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cache.base import CacheEntry
from cache.codec import decode, decode_digests, decode_expiring, encode, encode_digests

ENTRY = CacheEntry("e1", "acme", "q", "a", 0.9, 100.0, ({"id": "c1"},), "hr_1")

anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(
    st.builds(
        CacheEntry,
        id=st.text(),
        tenant=st.text(),
        question=st.text(),
        answer=st.text(),
        confidence=st.floats(0, 1),
        stored_at=st.floats(0, 1e10),
        claims=st.lists(st.dictionaries(st.text(), st.text())).map(tuple),
        result_id=st.text(),
        intent=st.text(),
        knowledge=st.text(),
        proofs=st.lists(st.text()).map(tuple),
        checks=st.lists(st.text()).map(tuple),
        seal=st.text(),
        approved=st.booleans(),
    )
)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_written_reads_back(entry: CacheEntry) -> None:
    assert decode(encode(entry, 200.0), 199.0) == entry


def test_an_entry_ends_on_time() -> None:
    text = encode(ENTRY, 200.0)
    assert decode(text, 199.9) is not None
    assert decode(text, 200.0) is None


@given(anything)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_other_json_is_no_entry(value: Any) -> None:
    assert decode(json.dumps(value), 0.0) is None
    assert decode(value, 0.0) is None


@given(st.sampled_from(CacheEntry.__slots__), anything)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_an_entry_with_a_wrong_field_is_no_entry(name: str, value: Any) -> None:
    stored = json.loads(encode(ENTRY, 200.0))
    good = type(stored["entry"][name])
    stored["entry"][name] = value
    read = decode(json.dumps(stored), 0.0)
    assert read is None or isinstance(value, (good, int, float))


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"format":2}', "null"])
def test_damaged_text_is_no_entry(text: str) -> None:
    assert decode(text, 0.0) is None


def test_nan_makes_no_entry_that_never_ends() -> None:
    text = encode(ENTRY, 200.0).replace('"expires_at":200.0', '"expires_at":NaN')
    assert "NaN" in text
    assert decode(text, 300.0) is None


def test_a_missing_or_additional_field_is_no_entry() -> None:
    stored = json.loads(encode(ENTRY, 200.0))
    more = {**stored, "entry": {**stored["entry"], "x": 1}}
    less = {**stored, "entry": {k: v for k, v in stored["entry"].items() if k != "answer"}}
    assert decode(json.dumps(more), 0.0) is None
    assert decode(json.dumps(less), 0.0) is None


def test_what_is_not_json_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        encode(CacheEntry("e", "t", "q", "a", math.nan, 0.0), 1.0)


def test_an_entry_says_when_it_ends() -> None:
    assert decode_expiring(encode(ENTRY, 200.0), 0.0) == (ENTRY, 200.0)
    assert decode_expiring("{}", 0.0) == (None, 0.0)


@given(st.lists(st.text()))
def test_digests_read_back(digests: list[str]) -> None:
    assert decode_digests(encode_digests(digests)) == digests


@given(anything)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_other_texts_name_no_digests(value: Any) -> None:
    found = decode_digests(json.dumps(value))
    assert all(isinstance(digest, str) for digest in found)
    assert decode_digests(value) in ([], found)

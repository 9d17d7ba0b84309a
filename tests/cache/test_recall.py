from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.base import CacheEntry
from cache.recall import judges, recalled, sealed
from policies.findings import Claim, ClaimVerdict, Finding, Reason, Severity
from policies.knowledge import Evidence
from policies.text import Redacted

KEY = b"a key for the tests alone"
CLAIM: dict[str, Any] = {
    "id": "c1",
    "text": "30 days.",
    "span": [0, 8],
    "choice": 0,
    "verdict": "supported",
    "reason": "as the page says",
    "score": 0.95,
    "shared": True,
    "evidence": [
        {
            "source_id": "r",
            "title": "Returns",
            "quote": "30 days",
            "score": 1.0,
            "origin": "knowledge",
        }
    ],
}
ENTRY = sealed(
    CacheEntry("e1", "acme", "q", "30 days.", 0.95, 1.0, (CLAIM,), checks=("grounding",)), KEY
)


def test_a_sealed_verdict_comes_back() -> None:
    [found] = recalled(ENTRY, KEY)
    evidence = Evidence("r", "Returns", "30 days", score=1.0)
    assert found.claim == Claim(
        Redacted("30 days."), (0, 8), ClaimVerdict.SUPPORTED, 0.95, (evidence,)
    )
    assert (found.check, found.severity, found.kind) == ("grounding", Severity.INFO, None)


def test_approval_keeps_the_seal() -> None:
    assert recalled(replace(ENTRY, approved=False), KEY) == recalled(ENTRY, KEY) != ()


@pytest.mark.parametrize(
    "changes",
    [
        {"answer": "90 days."},
        {"question": "other"},
        {"tenant": "other"},
        {"knowledge": "kb2"},
        {"checks": ("other",)},
        {"claims": ()},
        {"claims": ({**CLAIM, "score": 0.99},)},
        {"seal": ""},
        {"seal": "0" * 64},
    ],
)
def test_whoever_writes_the_store_gains_nothing(changes: dict[str, Any]) -> None:
    assert recalled(replace(ENTRY, **changes), KEY) == ()


def test_another_installation_judges_anew() -> None:
    assert recalled(ENTRY, b"another key") == ()
    assert recalled(sealed(ENTRY, b""), b"") == ()


@given(st.dictionaries(st.sampled_from(sorted(CLAIM)), st.none() | st.text() | st.integers()))
def test_a_claim_that_is_none_is_judged_anew(changes: dict[str, Any]) -> None:
    entry = sealed(replace(ENTRY, claims=({**CLAIM, **changes},)), KEY)
    assert all(f.claim and f.claim.verdict is ClaimVerdict.SUPPORTED for f in recalled(entry, KEY))


@pytest.mark.parametrize("missing", ["span", "text", "verdict", "score", "evidence"])
def test_a_part_of_a_claim_is_no_claim(missing: str) -> None:
    part = {name: value for name, value in CLAIM.items() if name != missing}
    assert recalled(sealed(replace(ENTRY, claims=(part,)), KEY), KEY) == ()


def test_an_unsupported_claim_is_not_recalled() -> None:
    wrong = {**CLAIM, "verdict": "not_found"}
    assert recalled(sealed(replace(ENTRY, claims=(CLAIM, wrong)), KEY), KEY) == ()


def test_one_check_is_the_judge_or_none() -> None:
    claim = Claim(Redacted("x"), (0, 1), ClaimVerdict.SUPPORTED, 0.9)
    one = Finding("grounding", None, Severity.INFO, claim=claim)
    assert judges([one, one]) == ("grounding",)
    assert judges([one, Finding("tone", None, Severity.WARN)]) == ("grounding",)
    assert judges([one, replace(one, check="second")]) == ()
    assert judges([one, Finding("grounding", Reason.NOT_IN_KB, Severity.WARN)]) == ()
    assert judges([]) == ()

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.decision import Deliver, HandOff, Refuse, Rewrite
from policies.errors import RequestError
from policies.findings import Reason
from policies.turn import CacheUse, Classification, HandoffRef
from proxy.wire.headers import error_headers, result_headers

SUMMARY = {"X-Handrail-Action", "X-Handrail-Verdict", "X-Handrail-Confidence"}


def test_what_is_undecided_is_not_told(make: Any) -> None:
    headers = result_headers(make.turn(findings=(make.supported,), confidence=0.9))
    assert headers == {
        "x-request-id": "req_1",
        "X-Handrail-Id": "hr_1",
        "X-Handrail-Policy": "shop@v1",
        "X-Handrail-Cache": "bypass",
    }


def test_what_is_known_is_told(make: Any) -> None:
    turn = make.turn(
        findings=(make.supported,),
        confidence=0.904,
        decision=Deliver(),
        classification=Classification("returns", 0.8),
        tier="standard",
        trace_id="0af7651916cd43dd8448eb211c80319c",
        handoff=HandoffRef("ho_1", "created", "billing"),
        cache=CacheUse("hit"),
    )
    assert result_headers(turn) == {
        "x-request-id": "req_1",
        "X-Handrail-Id": "hr_1",
        "X-Handrail-Policy": "shop@v1",
        "X-Handrail-Cache": "hit",
        "X-Trace-Id": "0af7651916cd43dd8448eb211c80319c",
        "X-Handrail-Intent": "returns",
        "X-Handrail-Tier": "standard",
        "X-Handrail-Action": "pass",
        "X-Handrail-Verdict": "grounded",
        "X-Handrail-Confidence": "0.90",
        "X-Handrail-Handoff-Id": "ho_1",
    }


@pytest.mark.parametrize(
    ("decision", "action"),
    [
        (Deliver(), "pass"),
        (Rewrite(Reason.NOT_IN_KB), "rewrite"),
        (HandOff(Reason.NOT_IN_KB), "escalate"),
        (Refuse(Reason.PROMPT_ATTACK), "block"),
    ],
)
def test_the_action_is_that_of_the_decision(make: Any, decision: Any, action: str) -> None:
    headers = result_headers(make.turn(decision=decision))
    assert headers["X-Handrail-Action"] == action
    assert headers["X-Handrail-Verdict"] == "not_checked"
    assert "X-Handrail-Confidence" not in headers


@pytest.mark.parametrize(
    ("status", "expected"),
    [("hit", "hit"), ("miss", "miss"), ("store", "miss"), ("bypass", "bypass"), ("", "bypass")],
)
def test_the_cache_was_hit_missed_or_passed_by(make: Any, status: str, expected: str) -> None:
    assert result_headers(make.turn(cache=CacheUse(status)))["X-Handrail-Cache"] == expected


@given(st.text(), st.text(), st.text(), st.floats(0, 1))
def test_headers_are_short_printable_ascii(
    make: Any, intent: str, tier: str, policy: str, confidence: float
) -> None:
    turn = make.turn(
        classification=Classification(intent, 0.5),
        tier=tier,
        policy=make.policy(id=policy),
        decision=Deliver(),
        confidence=confidence,
    )
    headers = result_headers(turn)
    assert all(" " <= char <= "~" for value in headers.values() for char in value)
    assert sum(len(name) + len(value) for name, value in headers.items()) < 1024
    assert 0 <= float(headers["X-Handrail-Confidence"]) <= 1


def test_an_error_says_whether_and_when_to_try_again() -> None:
    assert error_headers(RequestError("x")) == {}
    assert error_headers(RequestError("x", retry=True)) == {"x-should-retry": "true"}
    assert error_headers(RequestError("x", retry=False)) == {"x-should-retry": "false"}
    assert error_headers(RequestError("x", status=401)) == {"www-authenticate": "Bearer"}


@pytest.mark.parametrize(
    ("after", "seconds", "ms"),
    [(0.0, "1", "0"), (0.25, "1", "250"), (2.6, "3", "2600"), (-5, "1", "0"), (900, "60", "60000")],
)
def test_clients_are_asked_to_wait_a_minute_at_most(after: float, seconds: str, ms: str) -> None:
    headers = error_headers(RequestError("x", status=429, retry_after=after))
    assert headers == {"retry-after": seconds, "retry-after-ms": ms}

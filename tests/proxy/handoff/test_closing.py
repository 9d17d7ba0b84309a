from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.text import Redacted
from proxy.handoff.case import Case, Kept
from proxy.handoff.closing import (
    MAX_SUMMARY,
    Outcome,
    kind_of,
    minutes_since,
    outcome_of,
)

CASE = Case(
    id="h1",
    tenant="acme",
    conversation_id="c1",
    reason="not_in_kb",
    intent="returns",
    owner="shop",
    queue="returns",
    agent="kim",
    opened_at=1000.0,
    claimed_at=1060.0,
    replied_at=1120.0,
)
DRAFT = "Parcels may go back within 30 days of delivery."


def said(seq: int, role: str, text: str, kind: str | None = None) -> Kept:
    author = "kim" if role == "agent" else None
    return Kept(seq, "h1", role, Redacted(text), 1000.0 + seq, author, kind)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (DRAFT, "approved"),
        (f"  {DRAFT}\n", "approved"),
        ("Parcels may go back within 60 days of delivery.", "edited"),
        ("I have asked the warehouse and will call you.", "own"),
    ],
)
def test_a_reply_is_compared_with_the_drafts(text: str, kind: str) -> None:
    assert kind_of(text, ["", DRAFT]) == kind


@given(st.text(), st.lists(st.text(), max_size=3))
def test_any_reply_can_be_compared(text: str, drafts: list[str]) -> None:
    assert kind_of(text, drafts) in ("approved", "edited", "own")


@pytest.mark.parametrize(
    ("start", "now", "minutes"),
    [(1000.0, 1090.0, 1.5), (None, 1.0, None), (2000.0, 1000.0, None), (0.0, 1e12, None)],
)
def test_a_clock_that_jumps_measures_nothing(
    start: float | None, now: float, minutes: float | None
) -> None:
    assert minutes_since(start, now) == minutes


def test_the_outcome_is_found_out_where_the_agent_does_not_say() -> None:
    talk = [
        said(1, "customer", "How long?"),
        said(2, "agent", "60 days.", "edited"),
        said(3, "customer", "Thanks"),
    ]
    made = outcome_of(CASE, talk, Outcome(), "kim", 1360.0)
    assert (made["draft"], made["accepted_draft"], made["minutes"]) == ("edited", False, 5.0)
    assert (made["corrected_text"], made["replies"]) == ("60 days.", 1)
    assert made["summary"].splitlines() == [
        "Handed over for returns, not_in_kb; queue returns.",
        "Customer asked: How long?",
        "Customer's last of 2: Thanks",
        "kim answered (1 in all, first after 2 min): 60 days.",
        "Resolved by kim in 5 min; draft: edited.",
    ]


def test_what_the_agent_says_counts() -> None:
    given = Outcome(resolved=False, draft="wrong", minutes=7.0, note=Redacted("Sent a letter"))
    made: dict[str, Any] = outcome_of(CASE, [said(1, "agent", "No.", "approved")], given, "kim", 0)
    assert (made["resolved"], made["draft"], made["minutes"]) == (False, "wrong", 7.0)
    assert "Closed unresolved by kim in 7 min; draft: wrong." in made["summary"]
    assert made["summary"].endswith("Note: Sent a letter")


def test_without_a_reply_no_draft_was_used() -> None:
    assert outcome_of(CASE, [], Outcome(), "kim", 1100.0)["draft"] == "none"


@given(st.lists(st.tuples(st.sampled_from(["agent", "customer"]), st.text(max_size=4000))))
def test_a_summary_has_its_limit(talk: list[tuple[str, str]]) -> None:
    messages = [said(n, role, text) for n, (role, text) in enumerate(talk)]
    made = outcome_of(CASE, messages, Outcome(note=Redacted("x" * 9000)), "kim", 2000.0)
    assert len(made["summary"]) <= MAX_SUMMARY

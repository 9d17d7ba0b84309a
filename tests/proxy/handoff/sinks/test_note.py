from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from proxy.handoff.sinks.note import LIMIT, note, reference, subject


def test_the_subject_quotes_nobody(delivery: Any) -> None:
    assert subject(delivery().data) == "[parcels] delivery: not in kb"
    assert subject({}) == "[support] handoff"


def test_a_note_tells_why_what_was_withheld_and_what_was_said(delivery: Any) -> None:
    lines = note(delivery().data).splitlines()
    assert lines[0] == reference("01HX")
    assert "Reason: not_in_kb (no page speaks of postage)" in lines
    assert "First response due: 2026-01-01T04:00:00.000Z" in lines
    assert "Customer: cust-1" in lines
    assert "- not_found: Postage is free." in lines
    assert "  Postage: Postage costs 5 EUR." in lines
    assert "customer: Where is my parcel? Grüße, [PERSON_k7q2]" in lines


def test_what_has_left_already_is_told_and_what_is_missing_is_left_out(delivery: Any) -> None:
    packet = {**delivery().data, "draft": {"text": "A. B.", "released_text": "A."}}
    assert "The customer has already seen: A." in note(packet)
    bare = note({"handoff_id": "h", "draft": None})
    assert "Withheld draft" not in bare
    assert "Customer:" not in bare


@given(st.text(max_size=60), st.integers(0, 400), st.integers(1, 3000))
def test_a_note_never_exceeds_what_a_desk_takes(text: str, messages: int, times: int) -> None:
    spoken = [{"role": "customer", "text": text * times}] * messages
    packet = {"handoff_id": "h", "conversation": {"messages": spoken, "summary": text * times}}
    assert len(note(packet)) <= LIMIT
    assert note(packet).startswith(reference("h"))

"""What every outbox does alike is in tests/proxy/handoff/test_outbox.py."""

from proxy.records.memory_outbox import MemoryOutbox
from proxy.records.rows import handoff_row

PACKET = {
    "handoff_id": "h1",
    "idempotency_key": "k1",
    "created_at": "2026-01-01T00:00:00.000Z",
    "tenant": "acme",
    "conversation": {"id": "c1"},
    "trigger": {"reason_code": "not_in_kb"},
    "routing": {"owner": "shop"},
}


def test_deliveries_are_forgotten_with_their_handoff() -> None:
    outbox = MemoryOutbox()
    for name in ("h1", "h2"):
        outbox.add(handoff_row({**PACKET, "handoff_id": name}), ["desk", "hook"])
    outbox.forget({"h1"})
    assert [entry["handoff_id"] for entry in outbox.entries()] == ["h2", "h2"]

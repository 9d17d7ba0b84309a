from policies.text import Redacted
from proxy.handoff import moves
from proxy.handoff.case import Act, Said
from proxy.records.memory import MemoryRecordStore

PACKET = {
    "handoff_id": "h1",
    "idempotency_key": "k1",
    "created_at": "2026-01-01T00:00:01.000Z",
    "tenant": "acme",
    "conversation": {"id": "c1", "messages": []},
    "trigger": {"reason_code": "not_in_kb"},
    "routing": {"owner": "shop"},
}


def test_what_sinks_would_be_told_can_be_looked_at() -> None:
    store = MemoryRecordStore()
    store.open_handoff(PACKET)
    case = store.cases.case("h1")
    assert case is not None
    said = Said("agent", Redacted("Done."), "r1", "kim", "own")
    act = Act(5.0, None, (said,), "handoff.replied", {"n": 1})
    assert store.cases.change(case, moves.reply(case, "kim", 5.0), act)
    assert store.cases.events == [("handoff.replied", "h1", {"n": 1})]
    assert list(store.audit.entries()) == []

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from policies.decision import Deliver, HandOff, Refuse, Rewrite
from policies.errors import StoreError
from policies.findings import Reason
from policies.policy import Risk
from policies.turn import Classification
from proxy.records.base import Opening
from proxy.records.memory import MemoryRecordStore
from proxy.stages.hand_over import HandOver
from validators.offload import Offload

NOW = 1_700_000_000.0


class Broken(MemoryRecordStore):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def open_handoff(self, packet: Mapping[str, Any]) -> Opening:  # noqa: ARG002 - the protocol's
        raise self.error


@pytest.fixture
def offload() -> Iterator[Offload]:
    made = Offload(1)
    yield made
    made.close()


def stage(offload: Offload, store: MemoryRecordStore | None = None) -> HandOver:
    return HandOver(store or MemoryRecordStore(), offload, b"key", now=lambda: NOW)


def handed(make_turn: Any, intent: str = "dispute", **changes: Any) -> Any:
    return make_turn(intent=intent, decision=HandOff(Reason.HUMAN_ONLY_INTENT), **changes)


async def test_the_packet_is_stored_and_the_customer_gets_its_reference(
    make_turn: Any, offload: Offload
) -> None:
    store = MemoryRecordStore()
    turn = await stage(offload, store)(handed(make_turn))
    [row] = store.handoffs()
    assert turn.handoff.id == row["id"]
    assert (turn.handoff.queue, turn.handoff.status) == ("disputes", "created")
    assert turn.notice == f"A colleague takes over. Your reference is {row['id']}."
    packet = store.handoff(row["id"])["packet"]  # type: ignore[index]
    assert packet["customer_saw"] == turn.notice


async def test_a_known_conversation_gets_its_first_reference_again(
    make_turn: Any, offload: Offload
) -> None:
    hand_over = stage(offload)
    first = await hand_over(handed(make_turn, conversation_id="c1"))
    again = await hand_over(handed(make_turn, conversation_id="c1"))
    assert again.handoff.id == first.handoff.id
    assert again.notice == first.notice


@pytest.mark.parametrize("error", [StoreError("disk full"), KeyError("Anna"), OSError("Anna")])
async def test_what_can_not_be_stored_is_not_promised(
    make_turn: Any, offload: Offload, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    turn = await stage(offload, Broken(error))(handed(make_turn))
    assert turn.notice == "Nobody can be reached right now."
    assert turn.handoff is None
    assert "ALARM" in caplog.text
    assert "Anna" not in caplog.text


async def test_a_pool_that_has_stopped_promises_nobody(make_turn: Any) -> None:
    stopped = Offload(1)
    stopped.close()
    turn = await stage(stopped)(handed(make_turn))
    assert turn.handoff is None
    assert turn.notice == "Nobody can be reached right now."


async def test_a_refusal_has_no_packet(make_turn: Any, offload: Offload) -> None:
    store = MemoryRecordStore()
    turn = await stage(offload, store)(make_turn(decision=Refuse(Reason.PROMPT_ATTACK)))
    assert turn.notice == "That is not something to help with."
    assert store.handoffs() == []


@pytest.mark.parametrize(
    "changes",
    [
        {"decision": Deliver()},
        {"decision": Rewrite(Reason.NOT_IN_KB)},
        {"decision": HandOff(Reason.NOT_IN_KB), "shadow": True},
        {"decision": HandOff(Reason.NOT_IN_KB), "profile": "utility"},
    ],
)
async def test_nothing_else_is_handed_over(
    make_turn: Any, offload: Offload, changes: dict[str, Any]
) -> None:
    turn = make_turn(**changes)
    assert await stage(offload)(turn) == turn


async def test_the_gravest_risk_chooses_the_words(make_turn: Any, offload: Offload) -> None:
    risks = {Risk.ASKS_FOR_HUMAN: 0.9, Risk.SELF_HARM: 0.4}
    seen = Classification("returns", 0.9, risks=risks)
    turn = await stage(offload)(handed(make_turn, classification=seen))
    assert turn.notice.startswith("You are not alone.")
    assert turn.handoff.queue == "care"

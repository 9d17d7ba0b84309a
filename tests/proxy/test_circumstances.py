"""What is known besides the words, alone and in a running shop."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from policies.errors import StoreError
from policies.findings import Reason, Severity
from policies.knowledge import Origin, Passage
from policies.policy import Money, Repeat
from proxy.circumstances import Circumstances
from proxy.records.memory import MemoryRecordStore
from validators.offload import Offload

REPEAT = "[repeat]\ncontacts = 3\ndays = 14\n"


class Deaf(MemoryRecordStore):
    def contacts(self, *_: Any, **__: Any) -> int:
        msg = "records: database is locked"
        raise StoreError(msg)


@pytest.fixture
def offload() -> Iterator[Offload]:
    made = Offload(1)
    yield made
    made.close()


async def nothing() -> frozenset[str]:
    return frozenset()


async def refunds() -> frozenset[str]:
    return frozenset({"refund"})


def record(number: int, created: str = "2023-11-14T00:00:00.000Z") -> dict[str, Any]:
    return {
        "id": f"hr_{number}",
        "action": "pass",
        "created_at": created,
        "tenant": "default",
        "customer_ref": "c-1",
        "conversation": f"chat-{number}",
        "intent": {"name": "returns"},
    }


async def test_the_switch_and_the_account_are_added(make_turn: Any, offload: Offload) -> None:
    facts = Passage("a#0", "a", "", "order total: 120 EUR", origin=Origin.ACCOUNT)
    around = Circumstances(MemoryRecordStore(), offload, refunds)
    turn = await around(make_turn(evidence=(facts,)))
    assert turn.tightened == {"refund"}
    assert turn.classification.amounts == (Money(120, "EUR"),)
    assert turn.contacts == 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, 3),
        ({"conversation_id": "chat-1"}, 2),
        ({"customer_ref": None}, 1),
        ({"conversation_id": None}, 1),
        ({"customer_ref": "c-2"}, 1),
        ({"created": 1_800_000_000.0}, 1),
    ],
)
async def test_contacts_are_counted_for_a_named_customer(
    make_turn: Any, offload: Offload, changes: dict[str, Any], expected: int
) -> None:
    store = MemoryRecordStore()
    for number in (1, 2):
        store.save_decision(record(number))
    policy = replace(make_turn().policy, repeat=Repeat(3, 14))
    known = {"customer_ref": "c-1", "conversation_id": "chat-9", "policy": policy}
    turn = await Circumstances(store, offload, nothing)(make_turn(**{**known, **changes}))
    assert turn.contacts == expected


async def test_a_policy_that_does_not_ask_is_not_told(make_turn: Any, offload: Offload) -> None:
    turn = make_turn(customer_ref="c-1", conversation_id="chat-9")
    assert (await Circumstances(Deaf(), offload, nothing)(turn)).findings == ()


async def test_contacts_that_nobody_can_count_are_a_failed_check(
    make_turn: Any, offload: Offload, caplog: pytest.LogCaptureFixture
) -> None:
    policy = replace(make_turn().policy, repeat=Repeat())
    turn = make_turn(customer_ref="c-1", conversation_id="chat-9", policy=policy)
    (found,) = (await Circumstances(Deaf(), offload, nothing)(turn)).findings
    assert (found.kind, found.severity) == (Reason.CHECK_FAILED, Severity.FAIL)
    assert "c-1" not in caplog.text


@pytest.mark.parametrize("files", [False, True])
async def test_the_third_contact_on_one_matter_goes_to_a_person(
    labs: Any, kit: Any, files: bool
) -> None:
    lab = await labs(policy=kit.POLICY + REPEAT, files=files)
    said = []
    for chat in ("a", "a", "b", "c"):
        reply = await lab.ask(
            "returns: how long?", metadata={"conversation_id": chat, "customer_ref": "c-1"}
        )
        await lab.settle()
        said.append((reply.handrail["action"], reply.handrail["reason"]))
    assert said == [("pass", None)] * 3 + [("escalate", "repeat_contact")]
    other = await lab.ask("order: where?", metadata={"conversation_id": "d", "customer_ref": "c-1"})
    assert other.handrail["action"] == "pass"
    stranger = await lab.ask("returns: how long?", metadata={"conversation_id": "e"})
    assert stranger.handrail["action"] == "pass"

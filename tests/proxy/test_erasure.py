import logging
from typing import Any

import pytest

from policies.errors import StoreError
from proxy.erasure import MAX_NAME, Erased, Erasure
from proxy.records.memory import MemoryRecordStore
from proxy.responses.base import Kept as Response
from proxy.responses.memory import MemoryResponses
from proxy.vault.memory import MemoryVault
from proxy.vault.pseudonyms import Pseudonyms

NAMES = Pseudonyms(b"a key for the tests alone")
NOTHING = Erased(0, 0, 0)


class Kept:
    """A vault and records in which each conversation has one value and one decision."""

    def __init__(self) -> None:
        self.vault, self.records = MemoryVault(), MemoryRecordStore()
        self.responses = MemoryResponses()
        self.erasure = Erasure(self.vault, self.records, NAMES, self.responses)
        self._number = 0

    def turn(self, chat: str, ref: str | None, tenant: str = "t", shown: str = "") -> None:
        """Keep a turn; `shown` is the id in the record, where the id itself is personal."""
        self._number += 1
        place = NAMES.conversation(tenant, chat)
        customer = ref and NAMES.customer(tenant, ref)
        self.vault.remember(tenant, place, {f"[PERSON_{chat}]": chat}, customer_ref=customer)
        record = {"id": f"hr_{self._number}", "action": "pass", "tenant": tenant}
        self.records.save_decision({**record, "conversation": shown or chat, "customer_ref": ref})

    def held(self, chat: str, tenant: str = "t") -> int:
        return len(self.vault.recall(tenant, NAMES.conversation(tenant, chat)))


def test_a_customer_is_erased_wherever_the_reference_was_named() -> None:
    kept = Kept()
    kept.turn("c1", None)
    kept.turn("c1", "ann")
    kept.turn("c2", "ann")
    kept.turn("c2", "bo")
    kept.turn("c3", "bo")
    kept.turn("c4", "ann", tenant="u")
    kept.turn("unknown", "ann")
    assert kept.erasure.customer("t", "ann") == Erased(3, 5, 0)
    assert [kept.held(chat) for chat in ("c1", "c2", "c3")] == [0, 0, 1]
    assert kept.held("c4", "u") == 1
    assert {r["conversation"] for r in kept.records.decisions()} == {"c3", "c4"}
    assert kept.erasure.customer("t", "ann") == NOTHING


def test_customers_without_a_conversation_id_keep_each_other_s_records() -> None:
    kept = Kept()
    kept.records.save_decision(
        {
            "id": "1",
            "action": "pass",
            "tenant": "t",
            "conversation": "unknown",
            "customer_ref": "ann",
        }
    )
    kept.records.save_decision(
        {
            "id": "2",
            "action": "pass",
            "tenant": "t",
            "conversation": "unknown",
            "customer_ref": "bo",
        }
    )
    assert kept.erasure.customer("t", "ann") == Erased(0, 1, 0)
    assert [r["id"] for r in kept.records.decisions()] == ["2"]


@pytest.mark.parametrize("known_as", ["raw", "record"])
def test_a_conversation_is_erased_by_its_id_or_by_what_records_show(known_as: str) -> None:
    kept = Kept()
    shown = NAMES.conversation("t", "for ann@x.example")
    kept.turn("for ann@x.example", "cust", shown=shown)
    kept.turn("c2", "cust")
    name = shown if known_as == "record" else "for ann@x.example"
    assert kept.erasure.conversation("u", name) == NOTHING
    assert kept.erasure.conversation("t", name) == Erased(1, 1, 0)
    assert kept.held("c2") == 1
    assert kept.erasure.conversation("t", name) == NOTHING


def test_the_audit_line_tells_how_much_and_not_who(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "handrail.audit")
    kept = Kept()
    kept.turn("c1", "ann@x.example")
    kept.erasure.customer("t", "ann@x.example")
    [line] = caplog.messages
    name = NAMES.customer("t", "ann@x.example")
    assert (
        line
        == f"erased customer {name} of tenant t: 1 values, 1 decisions, 0 handoffs, 0 responses"
    )


@pytest.mark.parametrize("name", ["", " ", "a\nb", "\x00", "x" * (MAX_NAME + 1)])
def test_what_can_be_no_name_is_refused_without_being_quoted(name: str) -> None:
    erasure = Kept().erasure
    for call in (
        lambda: erasure.customer("t", name),
        lambda: erasure.conversation("t", name),
        lambda: erasure.customer(name, "ann"),
    ):
        with pytest.raises(ValueError, match="printable") as caught:
            call()
        assert "xx" not in str(caught.value)


class NoVault(MemoryVault):
    def forget_customer(self, *_: Any) -> int:
        raise StoreError("the vault is down")


def test_a_vault_that_is_down_leaves_the_way_to_call_again() -> None:
    kept = Kept()
    kept.turn("c1", "ann")
    with pytest.raises(StoreError):
        Erasure(NoVault(), kept.records, NAMES, kept.responses).customer("t", "ann")
    assert kept.erasure.customer("t", "ann") == Erased(1, 1, 0)


def test_a_thread_of_responses_is_erased_with_its_conversation_and_its_customer() -> None:
    for way, name in (("conversation", "c1"), ("customer", "ann"), ("conversation", "resp_1")):
        kept = Kept()
        for n, (chat, ref) in enumerate([("c1", "ann"), (None, None), ("c2", "bo")]):
            thread = "resp_3" if n == 2 else "resp_1"
            row = Response(f"resp_{n + 1}", "t", thread, None, chat, ref, (), {})
            kept.responses.keep(row, 2e10)
        for thread in ("resp_1", "resp_3"):
            place = NAMES.conversation("t", thread)
            kept.vault.remember("t", place, {"[PERSON_k7q2]": "Anna"})
        assert getattr(kept.erasure, way)("t", name) == Erased(1, 0, 0, 2)
        assert (kept.held("resp_1"), kept.held("resp_3")) == (0, 1)
        assert kept.responses.one("t", "resp_2", 0.0) is None
        assert kept.responses.one("t", "resp_3", 0.0) is not None
        assert getattr(kept.erasure, way)("t", name) == NOTHING


def test_a_customer_s_thread_goes_where_only_the_conversation_tells_whose_it_is() -> None:
    kept = Kept()
    kept.turn("c1", "ann")
    kept.responses.keep(Response("resp_1", "t", "resp_1", None, "c1", None, (), {}), 2e10)
    assert kept.erasure.customer("t", "ann").responses == 1

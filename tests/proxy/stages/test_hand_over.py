from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from policies.decision import Deliver, HandOff, Refuse, Rewrite
from policies.errors import StoreError
from policies.findings import Reason
from policies.held import Held
from policies.knowledge import Passage
from policies.policy import Automation, Condition, Risk, Routing, Texts
from policies.text import Redacted
from policies.turn import Classification
from proxy.handoff.desk import Desk
from proxy.records.base import Opening
from proxy.records.memory import MemoryRecordStore
from proxy.stages.hand_over import HandOver
from validators.offload import Offload

NOW = 1_700_000_000.0


class Broken(MemoryRecordStore):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def open_handoff(self, packet: Mapping[str, Any], **_: Any) -> Opening:  # noqa: ARG002 - the protocol's
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


async def test_it_is_delivered_where_the_tenant_says_and_stored_with_its_decision(
    make_turn: Any, offload: Offload
) -> None:
    store = MemoryRecordStore()
    sinks = {"default": ("desk", "hook")}
    told = replace(stage(offload, store), sinks=lambda tenant: sinks[tenant])
    turn = await told(handed(make_turn))
    entries = store.outbox.entries()
    assert [(e["handoff_id"], e["sink"]) for e in entries] == [
        (turn.handoff.id, "desk"),
        (turn.handoff.id, "hook"),
    ]
    decision = store.decision(turn.id)
    assert decision is not None
    assert (decision["action"], decision["handoff"]["id"]) == ("escalate", turn.handoff.id)


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


@pytest.mark.parametrize(
    ("locale", "language", "first"),
    [
        ("en", "de", "Jemand"),
        ("de-AT", None, "Jemand"),
        ("de", "en", "A colleague"),
        (None, "sv", "A colleague"),
    ],
)
async def test_the_customer_is_told_in_the_language_they_write(
    make_turn: Any, offload: Offload, locale: str | None, language: str | None, first: str
) -> None:
    seen = Classification("dispute", 0.9, language=language)
    turn = await stage(offload)(handed(make_turn, locale=locale, classification=seen))
    assert turn.notice.startswith(first)


async def test_a_row_of_the_table_may_have_words_and_a_queue_of_its_own(
    make_turn: Any, offload: Offload
) -> None:
    row = Condition(
        "late",
        Automation.HUMAN,
        contacts_from=2,
        routing=Routing("night", "night-1"),
        escalation_text=Texts({"en": "Tomorrow. {reference}"}),
    )
    policy = replace(make_turn().policy, conditions=(row,))
    turn = await stage(offload)(handed(make_turn, "returns", policy=policy, contacts=2))
    assert turn.notice.startswith("Tomorrow.")
    assert turn.handoff.queue == "night-1"
    calm = await stage(offload)(handed(make_turn, "returns", policy=policy))
    assert calm.handoff.queue == "support"


def seated(offload: Offload, store: MemoryRecordStore) -> HandOver:
    desk = Desk(store.cases, now=lambda: NOW)
    return HandOver(store, offload, b"key", now=lambda: NOW, desk=desk)


def held(**state: Any) -> Held:
    return Held("h1", "disputes", Reason.NOT_IN_KB, **state)


async def opened(make_turn: Any, offload: Offload) -> tuple[MemoryRecordStore, str]:
    store = MemoryRecordStore()
    turn = await seated(offload, store)(handed(make_turn, conversation_id="c1"))
    return store, turn.handoff.id


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"waiting": True}, "A colleague takes over. Your reference is "),
        ({"cooling": True}, "A colleague takes over. Your reference is "),
        ({"owned": True}, "A colleague has taken over this conversation"),
    ],
)
async def test_a_repeat_joins_and_is_told_where_it_stands(
    make_turn: Any, offload: Offload, state: dict[str, bool], words: str
) -> None:
    store, handoff = await opened(make_turn, offload)
    again = handed(make_turn, said="dispute: again", conversation_id="c1")
    turn = await seated(offload, store)(again.but(held=replace(held(**state), handoff_id=handoff)))
    assert (turn.handoff.id, turn.handoff.status) == (handoff, "queued")
    assert turn.notice.startswith(words)
    assert [m.text for m in store.cases.messages(handoff)][1:] == ["dispute: again"]


async def test_what_can_t_wait_has_its_own_words_while_a_person_has_it(
    make_turn: Any, offload: Offload
) -> None:
    store, handoff = await opened(make_turn, offload)
    seen = Classification("returns", 0.9, risks={Risk.SELF_HARM: 0.9})
    again = handed(make_turn, said="x", conversation_id="c1", classification=seen)
    owned = replace(held(owned=True), handoff_id=handoff)
    turn = await seated(offload, store)(again.but(held=owned))
    assert turn.notice == f"You are not alone. Reference {handoff}."


async def test_a_repeat_that_is_late_joins_what_another_request_opened(
    make_turn: Any, offload: Offload
) -> None:
    store, handoff = await opened(make_turn, offload)
    late = handed(make_turn, said="dispute: at once", conversation_id="c1")
    turn = await seated(offload, store)(late)
    assert (turn.handoff.id, turn.handoff.status) == (handoff, "queued")
    assert len(store.cases.messages(handoff)) == 2


async def test_a_repeat_that_can_t_join_is_promised_nobody(
    make_turn: Any, offload: Offload, caplog: pytest.LogCaptureFixture
) -> None:
    again = handed(make_turn, conversation_id="c1", held=held(owned=True))
    turn = await seated(offload, MemoryRecordStore())(again)
    assert turn.notice == "Nobody can be reached right now."
    assert "ALARM" in caplog.text


async def test_an_answer_is_not_lost_with_a_message_that_can_t_be_added(
    make_turn: Any, offload: Offload, caplog: pytest.LogCaptureFixture
) -> None:
    turn = make_turn(decision=Deliver(), conversation_id="c1", held=held(waiting=True))
    assert await seated(offload, MemoryRecordStore())(turn) == turn
    assert "lacks a message" in caplog.text


@pytest.mark.parametrize(("gone", "left"), [(False, 0), (True, 1)])
async def test_a_reply_counts_as_delivered_unless_the_client_has_gone(
    make_turn: Any, offload: Offload, gone: bool, left: int
) -> None:
    store, handoff = await opened(make_turn, offload)
    desk = Desk(store.cases, now=lambda: NOW)
    desk.reply(handoff, "kim", Redacted("Done."), "own")
    found = desk.standing("default", "c1")
    turn = make_turn(decision=Deliver(), conversation_id="c1", held=found, disconnected=gone)
    done = await seated(offload, store)(turn)
    assert done.handoff.status == "delivered"
    again = desk.standing("default", "c1")
    assert again is not None
    assert len(again.replies) == left


class Pages:
    """One page, and how often it was looked for."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.asked: list[str] = []

    def __call__(self, query: str, *, scope: Mapping[str, str]) -> Sequence[Passage]:
        assert scope == {}
        self.asked.append(query)
        if self.error is not None:
            raise self.error
        return [Passage("p1", "disputes", "Disputes", "We look at every disputed charge in a day.")]


async def suggested(make_turn: Any, offload: Offload, pages: Pages, **changes: Any) -> Any:
    store = MemoryRecordStore()
    hand_over = replace(stage(offload, store), search=pages)
    turn = await hand_over(handed(make_turn, said="dispute: a disputed charge", **changes))
    kept = store.handoff(turn.handoff.id)
    assert kept is not None
    return kept["packet"]["suggested_reply"]


async def test_where_no_model_was_asked_pages_are_found_for_the_agent(
    make_turn: Any, offload: Offload
) -> None:
    pages = Pages()
    text = await suggested(make_turn, offload, pages)
    assert text == "We look at every disputed charge in a day."
    found = (Passage("p2", "x", "X", "Nothing of the kind."),)
    assert await suggested(make_turn, offload, pages, sources=found) is None
    assert await suggested(make_turn, offload, pages, intent="fraud") is None
    assert len(pages.asked) == 1


async def test_pages_that_can_t_be_searched_cost_no_handoff(
    make_turn: Any, offload: Offload
) -> None:
    assert await suggested(make_turn, offload, Pages(RuntimeError("Anna"))) is None

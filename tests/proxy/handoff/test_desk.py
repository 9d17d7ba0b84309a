"""The queue over a store: who wins, what is recorded, what a returning customer finds."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from policies.errors import StoreError
from policies.policy import Priority
from policies.text import Redacted
from proxy.handoff import moves
from proxy.handoff.case import Act, Case, CaseError, Said
from proxy.handoff.closing import Outcome
from proxy.handoff.desk import LEASE_S, Desk
from proxy.handoff.moves import Urgency
from proxy.records.memory import MemoryRecordStore
from proxy.records.memory_cases import MemoryCases

T0 = 1_767_225_601.0
SOON = Urgency(Priority.NORMAL, T0 + 14_400, Priority.NORMAL, "shop", "returns")


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.at = T0

    def __call__(self) -> float:
        return self.at


def packet(number: int = 1, conversation: str = "c1") -> dict[str, Any]:
    return {
        "handoff_id": f"h{number}",
        "idempotency_key": f"k{number}",
        "created_at": "2026-01-01T00:00:01.000Z",
        "tenant": "acme",
        "conversation": {"id": conversation, "messages": [{"role": "customer", "text": "Help"}]},
        "trigger": {"reason_code": "not_in_kb"},
        "routing": {"owner": "shop", "queue_id": "returns", "priority": "normal"},
    }


class Shop:
    """A desk with one handoff."""

    def __init__(self, cases: type[MemoryCases] = MemoryCases) -> None:
        self.records = MemoryRecordStore()
        self.records.cases = cases(self.records.audit)
        self.clock = Clock()
        self.desk = Desk(self.records.cases, cooldown_s=300, now=self.clock)
        self.records.open_handoff(packet())

    def log(self) -> list[tuple[str, str]]:
        return [(e["actor"], e["action"]) for e in reversed(self.records.audit.entries())]

    def told(self) -> list[str]:
        return [kind for kind, _, _ in self.records.cases.events]

    def standing(self, conversation: str = "c1") -> Any:
        return self.desk.standing("acme", conversation)


@pytest.fixture
def shop() -> Shop:
    return Shop()


def asks(key: str, text: str = "Hello?") -> Said:
    return Said("customer", Redacted(text), key)


def test_of_two_who_claim_at_once_one_wins(shop: Shop) -> None:
    start = threading.Barrier(8)

    def claim(who: int) -> str:
        start.wait(10)
        try:
            return shop.desk.claim("h1", f"agent-{who}").agent or ""
        except CaseError as refused:
            return refused.code

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(claim, range(8)))
    assert results.count("already_claimed") == 7
    assert shop.desk.case("h1").agent in results
    assert len(shop.log()) == 1


def test_everything_that_agents_do_is_recorded_and_told(shop: Shop) -> None:
    shop.desk.claim("h1", "kim")
    shop.desk.claim("h1", "kim")
    shop.desk.reply("h1", "kim", Redacted("We look into it."), "own")
    shop.desk.reassign("h1", "kim", moves.Place(agent="bo"), Redacted("holiday"))
    shop.desk.release("h1", "bo")
    shop.desk.claim("h1", "cy")
    shop.desk.resolve("h1", "cy", Outcome())
    assert shop.log() == [
        ("kim", "handoff.claim"),
        ("kim", "handoff.reply"),
        ("kim", "handoff.reassign"),
        ("bo", "handoff.release"),
        ("cy", "handoff.claim"),
        ("cy", "handoff.resolve"),
    ]
    assert shop.told() == [
        "handoff.replied",
        "handoff.updated",
        "handoff.released",
        "handoff.resolved",
    ]
    [replied, *_] = shop.records.cases.events
    [message] = replied[2]["conversation"]["messages"]
    assert (message["role"], message["text"]) == ("agent", "We look into it.")
    text = str(shop.records.audit.entries())
    assert "We look into it." not in text


@pytest.mark.parametrize("act", ["claim", "release"])
def test_an_unknown_id_is_not_found(shop: Shop, act: str) -> None:
    with pytest.raises(CaseError) as refused:
        getattr(shop.desk, act)("nobody", "kim")
    assert refused.value.code == "not_found"
    assert shop.log() == []


def test_a_reply_to_what_is_resolved_is_refused_and_leaves_nothing(shop: Shop) -> None:
    shop.desk.resolve("h1", "kim", Outcome())
    with pytest.raises(CaseError) as refused:
        shop.desk.reply("h1", "kim", Redacted("Too late"), "own")
    assert refused.value.code == "closed"
    assert len(shop.desk.messages("h1")) == 1


def test_nobody_s_conversation_stands_nowhere(shop: Shop) -> None:
    assert shop.standing("other") is None
    shop.records.open_handoff(packet(2, "unknown"))
    assert shop.standing("unknown") is None


def test_a_returning_customer_finds_where_it_stands(shop: Shop) -> None:
    assert (shop.standing().waiting, shop.standing().owned) == (True, False)
    shop.desk.claim("h1", "kim")
    assert (shop.standing().waiting, shop.standing().owned) == (False, True)
    shop.desk.release("h1", "kim")
    assert (shop.standing().owned, shop.standing().cooling) == (False, True)


@pytest.mark.parametrize(
    ("later", "cooling"), [(0, True), (299, True), (300, False), (-1, False), (-86_400, False)]
)
def test_the_cool_down_ends_and_a_clock_that_jumps_back_ends_it(
    shop: Shop, later: float, cooling: bool
) -> None:
    shop.desk.resolve("h1", "kim", Outcome())
    shop.clock.at += later
    assert shop.standing().cooling is cooling


def test_a_reply_is_found_once_even_after_the_handoff_was_closed(shop: Shop) -> None:
    shop.desk.reply("h1", "kim", Redacted("Done."), "own")
    shop.desk.resolve("h1", "kim", Outcome())
    [(seq, text)] = shop.standing().replies
    assert text == "Done."
    assert shop.standing().replies == ()
    shop.desk.told([seq], reached=True)
    shop.clock.at += 2 * LEASE_S
    assert shop.standing().replies == ()


def test_a_reply_that_reached_nobody_is_found_again(shop: Shop) -> None:
    shop.desk.reply("h1", "kim", Redacted("Done."), "own")
    [(seq, _)] = shop.standing().replies
    shop.desk.told([seq], reached=False)
    assert len(shop.standing().replies) == 1
    shop.clock.at += 2 * LEASE_S
    assert len(shop.standing().replies) == 1


def test_a_repeat_joins_once_per_message(shop: Shop) -> None:
    for _ in range(2):
        shop.desk.join("h1", [asks("m1")], replace(SOON, priority=Priority.URGENT, due_at=T0 + 60))
    case = shop.desk.case("h1")
    assert (case.priority, case.due_at, case.version) == (Priority.URGENT, T0 + 60, 1)
    assert [m.text for m in shop.desk.messages("h1")] == ["Help", "Hello?"]
    assert shop.told() == ["handoff.updated"]


def test_a_repeat_within_the_cool_down_opens_it_again(shop: Shop) -> None:
    shop.desk.resolve("h1", "kim", Outcome())
    case = shop.desk.join("h1", [asks("m1")], SOON)
    assert (case.state, case.reopened, case.outcome) == ("open", 1, None)
    assert ("handrail", "handoff.reopen") in shop.log()


def test_a_repeat_joins_the_handoff_that_is_open_beside_the_closed_one(shop: Shop) -> None:
    shop.desk.resolve("h1", "kim", Outcome())
    shop.records.open_handoff(packet(2))
    assert shop.desk.join("h1", [asks("m1")], SOON).id == "h2"
    assert shop.desk.case("h1").state == "resolved"


def test_what_was_released_can_t_be_claimed_beside_an_open_one(shop: Shop) -> None:
    shop.desk.claim("h1", "kim")
    shop.desk.release("h1", "kim")
    shop.records.open_handoff(packet(2))
    with pytest.raises(CaseError, match="another open handoff, h2"):
        shop.desk.claim("h1", "kim")


def test_what_is_said_meanwhile_is_added_without_urgency(shop: Shop) -> None:
    talk = [asks("m1"), Said("bot", Redacted("Hi"), "m1:bot")]
    shop.desk.heard("h1", talk)
    shop.desk.heard("h1", talk)
    assert [m.role for m in shop.desk.messages("h1")] == ["customer", "customer", "bot"]
    assert shop.desk.case("h1").priority is Priority.NORMAL


def test_a_bot_that_polls_gets_replies_and_says_which_it_has_shown(shop: Shop) -> None:
    shop.desk.reply("h1", "kim", Redacted("One"), "own")
    shop.desk.reply("h1", "kim", Redacted("Two"), "own")
    one, two = shop.desk.for_customer("h1", "bot")
    assert [kept.seq for kept in shop.desk.for_customer("h1", "bot", after=one.seq)] == [two.seq]
    assert [seq for seq, _ in shop.standing().replies] == [two.seq]
    assert shop.desk.for_customer("h1", "bot", after=two.seq) == []
    assert shop.log()[-1] == ("bot", "handoff.poll")


class Busy(MemoryCases):
    """Somebody else is always quicker."""

    def change(
        self, before: Case, after: Case, act: Act, sinks: Sequence[str] = ()
    ) -> bool:  # the store's
        del before, after, act, sinks
        return False


def test_who_never_gets_a_turn_is_told_to_try_again() -> None:
    shop = Shop(Busy)
    for act in (
        lambda: shop.desk.claim("h1", "kim"),
        lambda: shop.desk.join("h1", [asks("m1")], SOON),
        lambda: shop.desk.heard("h1", [asks("m1")]),
    ):
        with pytest.raises(StoreError, match="try again"):
            act()


def test_the_queue_is_listed(shop: Shop) -> None:
    shop.records.open_handoff(packet(2, "c2"))
    assert [case.id for case in shop.desk.cases(order="urgent")] == ["h1", "h2"]
    assert [case.id for case in shop.desk.cases(state="claimed")] == []


def test_a_reason_of_another_version_is_a_person_s_matter(shop: Shop) -> None:
    later = {**packet(2, "c2"), "trigger": {"reason_code": "of_tomorrow"}}
    shop.records.open_handoff(later)
    assert shop.standing("c2").reason == "human_only_intent"
    assert shop.standing("c1").reason == "not_in_kb"

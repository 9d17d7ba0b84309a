"""The admin port's queue: what agents send, what they get, and what is refused."""

import asyncio
import json
from typing import Any

import pytest

from policies.errors import StoreError
from proxy.records.memory_cases import MemoryAudit, MemoryCases
from validators.testing import FakeRedactor

QUEUE = "/handrail/v1/handoffs"
PEOPLE = {"Anna Berg": "PERSON", "Kim Holm": "PERSON", "DE89 3704": "IBAN_CODE"}
CHAT = {"conversation_id": "chat-1"}
OWNERS = """
[owners.support]
backup = "risk"
[owners.risk]
"""


async def opened(lab: Any, said: str = "dispute: I am Anna Berg", **metadata: str) -> str:
    reply = await lab.ask(said, metadata=metadata or CHAT)
    handoff: str = reply.headers["x-handrail-handoff-id"]
    return handoff


async def post(lab: Any, path: str, body: Any = None, agent: str | None = "kim") -> Any:
    headers = {} if agent is None else {"x-handrail-agent": agent}
    return await lab.admin.call("POST", f"{QUEUE}/{path}", body, headers)


async def get(lab: Any, path: str) -> Any:
    return await lab.admin.call("GET", f"{QUEUE}{path}")


def refused(reply: Any) -> tuple[int, str | None, str | None]:
    error = reply.json()["error"]
    return reply.status, error["code"], error["param"]


async def test_the_queue_is_listed_by_urgency_with_its_clock(labs: Any) -> None:
    lab = await labs(values=PEOPLE)
    await opened(lab, conversation_id="a")
    urgent = await opened(lab, "returns: HARM", conversation_id="b")
    lines = (await get(lab, "?order=urgent")).json()["data"]
    assert {line["sla"]["state"] for line in lines} == {"running"}
    assert all(0 < line["sla"]["remaining_s"] <= 240 * 60 for line in lines)
    [mine] = (await get(lab, "?queue=care&status=open&owner=support")).json()["data"]
    assert mine["id"] == urgent
    assert (await get(lab, "?agent=kim")).json() == {"data": []}


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("status=opne", "status"),
        ("order=oldest", "order"),
        ("limit=0", "limit"),
        ("limit=x", "limit"),
        ("order=urgent&after=h1", "after"),
    ],
)
async def test_a_senseless_query_is_refused(lab: Any, query: str, param: str) -> None:
    assert refused(await get(lab, f"?{query}"))[::2] == (400, param)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("claim", {}),
        ("reply", {"text": "x"}),
        ("resolve", {}),
        ("release", {}),
        ("reassign", {"to": "bo"}),
        ("reveal", {"reason": "calling back"}),
    ],
)
async def test_an_unknown_id_is_a_404_that_says_where_to_look(
    lab: Any, path: str, body: Any
) -> None:
    reply = await post(lab, f"nobody/{path}", body)
    assert refused(reply)[:2] == (404, "not_found")
    assert "/handrail/v1/handoffs" in reply.json()["error"]["message"]
    assert (await get(lab, "/nobody/messages")).status == 404


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        ("claim", {"agent": ""}, "agent"),
        ("claim", {"agent": "x" * 81}, "agent"),
        ("claim", {"who": "kim"}, "who"),
        ("reply", {"text": " "}, "text"),
        ("reply", {"text": 3}, "text"),
        ("reply", {"text": "x" * 20_001}, "text"),
        ("reply", {}, None),
        ("reply", {"text": "x", "approve": "draft"}, None),
        ("reply", {"approve": "all"}, "approve"),
        ("resolve", {"draft": "good"}, "draft"),
        ("resolve", {"minutes": -1}, "minutes"),
        ("resolve", {"minutes": "4"}, "minutes"),
        ("resolve", {"resolved": "yes"}, "resolved"),
        ("resolve", {"outcome": {"stars": 5}}, "outcome"),
        ("resolve", {"outcome": [1]}, "outcome"),
        ("reassign", {}, "to"),
        ("reassign", {"owner": "nobody"}, "owner"),
        ("reassign", {"queue": "nowhere"}, "queue"),
        ("reassign", {"backup": True}, "backup"),
        ("reassign", {"to": "a\nb"}, "to"),
        ("reveal", {}, "reason"),
        ("reveal", {"reason": ""}, "reason"),
        ("reveal", {"reason": "x" * 301}, "reason"),
    ],
)
async def test_a_wrong_body_is_refused_and_changes_nothing(
    labs: Any, path: str, body: Any, param: str | None
) -> None:
    lab = await labs(values=PEOPLE)
    handoff = await opened(lab)
    before = (await get(lab, f"/{handoff}")).json()
    reply = await post(lab, f"{handoff}/{path}", body, None)
    assert refused(reply)[::2] == (400, param)
    after = (await get(lab, f"/{handoff}")).json()
    assert (before["status"], before["messages"]) == (after["status"], after["messages"])
    assert list(lab.stores.records.audit.entries()) == []


async def test_what_is_not_possible_is_a_409_that_is_not_tried_again(labs: Any) -> None:
    lab = await labs(values=PEOPLE)
    handoff = await opened(lab)
    await post(lab, f"{handoff}/claim")
    taken = await post(lab, f"{handoff}/claim", {}, "bo")
    assert refused(taken)[:2] == (409, "already_claimed")
    assert taken.headers["x-should-retry"] == "false"
    assert refused(await post(lab, f"{handoff}/reply", {"text": "x"}, "bo"))[0] == 409
    await post(lab, f"{handoff}/resolve", {})
    late = await post(lab, f"{handoff}/reply", {"text": "Anna Berg, too late"})
    assert refused(late)[:2] == (409, "closed")
    assert "Anna" not in late.json()["error"]["message"]


async def test_the_body_may_say_who_and_the_operator_may_act_for_anyone(labs: Any) -> None:
    lab = await labs(values=PEOPLE)
    handoff = await opened(lab)
    claimed = await post(lab, f"{handoff}/claim", {"agent": "kim"}, None)
    assert claimed.json()["agent"] == "kim"
    released = await post(lab, f"{handoff}/release", None, None)
    assert released.json()["status"] == "released"
    log = lab.stores.records.audit.entries()
    assert [entry["actor"] for entry in log] == ["admin", "kim"]


async def test_a_draft_is_approved_corrected_or_replaced(labs: Any, kit: Any) -> None:
    lab = await labs(kit.says("We will look at the charge within two days."), values=PEOPLE)
    for name, body, draft in (
        ("a", {"approve": "draft"}, "approved"),
        ("b", {"text": "We will look at the charge within five days."}, "edited"),
        ("c", {"text": "Please call us."}, "own"),
    ):
        handoff = await opened(lab, "dispute: a charge", conversation_id=name)
        replied = await post(lab, f"{handoff}/reply", body)
        assert (replied.json()["draft"], replied.json()["status"]) == (draft, "claimed")
        done = (await post(lab, f"{handoff}/resolve", {})).json()["outcome"]
        assert done["draft"] == {"approved": "used", "edited": "edited", "own": "none"}[draft]


async def test_without_a_draft_there_is_none_to_approve(labs: Any) -> None:
    lab = await labs(values=PEOPLE)
    handoff = await opened(lab, "fraud: my card")
    reply = await post(lab, f"{handoff}/reply", {"approve": "draft"})
    assert refused(reply)[::2] == (400, "approve")


async def test_a_handoff_goes_to_another_agent_owner_or_the_backup(labs: Any, kit: Any) -> None:
    lab = await labs(values=PEOPLE, policy=kit.POLICY + OWNERS)
    handoff = await opened(lab)
    await post(lab, f"{handoff}/claim")
    other = await post(lab, f"{handoff}/reassign", {"to": "bo", "reason": "Anna Berg asked"})
    assert (other.json()["agent"], other.json()["status"]) == ("bo", "claimed")
    queue = await post(lab, f"{handoff}/reassign", {"queue": "fraud"})
    assert (queue.json()["queue"], queue.json()["status"]) == ("fraud", "open")
    backup = await post(lab, f"{handoff}/reassign", {"backup": True})
    assert (backup.json()["owner"], backup.json()["queue"]) == ("risk", "risk")
    why = lab.stores.records.audit.entries()[-2]["detail"]["why"]
    assert why.startswith("[PERSON_")


async def test_values_are_shown_to_whoever_has_the_handoff_and_recorded(labs: Any) -> None:
    lab = await labs(values=PEOPLE, files=True)
    handoff = await opened(lab)
    early = await post(lab, f"{handoff}/reveal", {"reason": "calling back"})
    assert refused(early)[:2] == (403, "forbidden")
    await post(lab, f"{handoff}/claim")
    foreign = await post(lab, f"{handoff}/reveal", {"reason": "curious"}, "bo")
    assert refused(foreign)[:2] == (403, "forbidden")
    await lab.ask("returns: DE89 3704", metadata=CHAT)
    shown = await post(lab, f"{handoff}/reveal", {"reason": "calling Anna Berg back"})
    assert sorted(shown.json()["values"].values()) == ["Anna Berg", "DE89 3704"]
    assert shown.json()["missing"] == []
    assert shown.headers["cache-control"] == "no-store"
    entries = await asyncio.to_thread(lab.stores.records.audit.entries)
    [entry] = [e for e in entries if e["action"] == "handoff.reveal"]
    assert (entry["actor"], entry["target"]) == ("kim", handoff)
    assert entry["detail"]["values"] == 2
    assert entry["detail"]["expires_at"] == shown.json()["expires_at"]
    assert "Anna" not in json.dumps(entry)
    await post(lab, f"{handoff}/resolve", {})
    late = await post(lab, f"{handoff}/reveal", {"reason": "calling back"})
    assert refused(late)[0] == 403


async def test_values_that_are_gone_are_named(labs: Any) -> None:
    lab = await labs(values=PEOPLE)
    handoff = await opened(lab)
    await post(lab, f"{handoff}/claim")
    place = lab.snapshot.erasure._pseudonyms.conversation("default", "chat-1")
    await asyncio.to_thread(lab.stores.vault.forget_conversation, "default", place)
    shown = (await post(lab, f"{handoff}/reveal", {"reason": "calling back"})).json()
    assert shown["values"] == {}
    assert len(shown["missing"]) == 1


async def test_what_can_t_be_recorded_is_not_shown(labs: Any) -> None:
    class Full(MemoryAudit):
        def record(self, *_: Any) -> None:
            raise StoreError("the disk is full")

    lab = await labs(values=PEOPLE)
    handoff = await opened(lab)
    await post(lab, f"{handoff}/claim")
    lab.stores.records.audit = Full()
    reply = await post(lab, f"{handoff}/reveal", {"reason": "calling back"})
    assert refused(reply)[:2] == (503, "store_failed")
    assert "Anna" not in reply.body.decode()


async def test_a_reply_with_a_placeholder_of_nobody_is_refused(labs: Any) -> None:
    lab = await labs(values=PEOPLE)
    handoff = await opened(lab)
    reply = await post(lab, f"{handoff}/reply", {"text": "Dear [PERSON_zz22]"})
    assert refused(reply)[:2] == (400, "unknown_placeholder")


async def test_what_can_t_be_redacted_is_not_stored(labs: Any) -> None:
    class Fails(FakeRedactor):
        async def redact(self, texts: Any, **more: Any) -> Any:
            self._fails = "Dear" in texts[0]
            return await super().redact(texts, **more)

    lab = await labs(redactor=Fails(PEOPLE))
    handoff = await opened(lab)
    reply = await post(lab, f"{handoff}/reply", {"text": "Dear Anna Berg"})
    assert refused(reply)[:2] == (503, "redaction_failed")
    assert (await get(lab, f"/{handoff}")).json()["status"] == "open"


async def test_a_store_that_fails_is_a_503_that_says_what_to_do(labs: Any) -> None:
    lab = await labs(values=PEOPLE)
    handoff = await opened(lab)

    def fail(*_: Any, **__: Any) -> Any:
        raise StoreError("records.db: SQLITE_FULL")

    lab.snapshot.desk._store = type("Full", (), {"case": MemoryCases.case, "change": fail})
    lab.snapshot.desk._store.case = lab.stores.records.cases.case
    reply = await post(lab, f"{handoff}/claim")
    assert refused(reply)[:2] == (503, "store_failed")
    assert "SQLITE_FULL" in reply.json()["error"]["message"]


async def test_the_admin_key_guards_every_route(labs: Any) -> None:
    lab = await labs(config="[auth]\nadmin_key = 'secret'")
    for path in ("", "/h1", "/h1/messages"):
        assert (await get(lab, path)).status == 401
    for path in ("claim", "reply", "resolve", "release", "reassign", "reveal"):
        assert (await post(lab, f"h1/{path}", {})).status == 401
    assert (await lab.admin.call("GET", "/handrail/v1/audit")).status == 401


async def test_messages_are_polled_from_where_one_was(labs: Any) -> None:
    lab = await labs(values=PEOPLE)
    handoff = await opened(lab)
    await post(lab, f"{handoff}/reply", {"text": "Dear Anna Berg"})
    first, second = (await get(lab, f"/{handoff}/messages")).json()["data"]
    rest = (await get(lab, f"/{handoff}/messages?after={first['seq']}")).json()
    assert rest == {"data": [second], "status": "claimed"}
    assert "Anna" not in json.dumps([first, second])
    assert refused(await get(lab, f"/{handoff}/messages?for=me"))[::2] == (400, "for")
    assert refused(await get(lab, f"/{handoff}/messages?after=x"))[::2] == (400, "after")

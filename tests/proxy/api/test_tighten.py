"""The admin port's switch."""

from typing import Any

import pytest

from policies.errors import StoreError
from proxy.switch.base import Change, Move
from proxy.switch.board import Switchboard

PATH = "/handrail/v1/policy/tighten"


async def switch(lab: Any, method: str, body: Any = None, query: str = "") -> Any:
    reply = await lab.admin.call(method, PATH + query, body)
    assert reply.status == 200, reply.body
    return reply.json()


async def action(lab: Any, said: str) -> str:
    reply = await lab.ask(said)
    found: str = reply.handrail["action"]
    return found


@pytest.mark.parametrize("files", [False, True])
async def test_an_intent_goes_to_people_at_once_and_back(labs: Any, files: bool) -> None:
    lab = await labs(files=files)
    assert await action(lab, "returns: how long?") == "pass"
    now = await switch(lab, "POST", {"intent": "returns", "by": "Ann"})
    assert now == {"all": False, "intents": ["returns"]}
    reply = await lab.ask("returns: how long?")
    assert (reply.handrail["action"], reply.handrail["reason"]) == ("escalate", "human_only_intent")
    assert await action(lab, "order: where?") == "pass"
    assert await switch(lab, "DELETE", {"intent": "returns"}) == {"all": False, "intents": []}
    assert await action(lab, "returns: how long?") == "pass"
    shown = await switch(lab, "GET")
    assert [(c["who"], c["what"], c["intent"]) for c in shown["changes"]] == [
        ("Ann", "tighten", "returns"),
        ("admin port", "relax", "returns"),
    ]


@pytest.mark.parametrize(("body", "query"), [({"all": True}, ""), (None, "?all=true"), (None, "")])
async def test_everything_goes_to_people_and_back(lab: Any, body: Any, query: str) -> None:
    await switch(lab, "POST", {"intent": "refund"})
    assert (await switch(lab, "POST", {"all": True}))["all"] is True
    assert await action(lab, "returns: how long?") == "escalate"
    assert await action(lab, "something else") == "escalate"
    assert await switch(lab, "DELETE", body, query) == {"all": False, "intents": ["refund"]}
    assert await action(lab, "returns: how long?") == "pass"


async def test_an_intent_can_be_named_in_the_query(lab: Any) -> None:
    await switch(lab, "POST", {"intent": "refund"})
    assert (await switch(lab, "DELETE", None, "?intent=refund"))["intents"] == []


async def test_another_replica_on_the_same_store_follows(lab: Any) -> None:
    other = Switchboard(lab.stores.switches, lab.stores.io)
    await switch(lab, "POST", {"all": True})
    assert await other.current() == {"*"}


async def test_what_goes_to_people_is_not_answered_from_the_cache(lab: Any) -> None:
    for _ in range(2):
        await lab.ask("returns: how long?")
        await lab.settle()
    await switch(lab, "POST", {"intent": "returns"})
    reply = await lab.ask("returns: how long?")
    assert reply.handrail["action"] == "escalate"
    assert reply.headers["x-handrail-cache"] == "bypass"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "one of them"),
        ({"intent": "gone"}, "no such intent; known: dispute, fraud"),
        ({"intent": 5}, "one of them"),
        ({"intent": "refund", "all": True}, "one of them"),
        ({"all": "yes"}, "one of them"),
        ({"intents": ["refund"]}, "intents is unknown; known: intent, all, by"),
        ([], "must be a JSON object"),
    ],
)
async def test_a_wish_that_is_none_is_a_400(lab: Any, body: Any, words: str) -> None:
    reply = await lab.admin.call("POST", PATH, body)
    assert reply.status == 400
    assert words in reply.json()["error"]["message"]
    assert (await switch(lab, "GET"))["changes"] == []


async def test_a_switch_that_can_not_be_kept_says_so(lab: Any) -> None:
    def full(change: Change) -> None:
        msg = f"disk full at {change.move is Move.TIGHTEN}"
        raise StoreError(msg)

    lab.stores.switches.append = full
    reply = await lab.admin.call("POST", PATH, {"all": True})
    assert reply.status == 503
    assert reply.json()["error"]["message"].startswith("Nothing was switched: disk full")

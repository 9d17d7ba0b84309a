"""The admin port's erasing routes."""

from typing import Any
from urllib.parse import quote

import pytest

from policies.errors import StoreError

PREFIX = "/handrail/v1"
PEOPLE = {"Anna Berg": "PERSON", "anna@shop.example": "EMAIL_ADDRESS"}


async def fill(lab: Any, **metadata: str) -> None:
    for said in ("returns: I am Anna Berg", "fraud: Anna Berg"):
        await lab.ask(said, metadata=metadata)


async def erase(lab: Any, path: str) -> Any:
    reply = await lab.admin.call("DELETE", f"{PREFIX}{path}")
    assert reply.status == 200, reply.body
    return reply.json()["erased"]


@pytest.mark.parametrize("files", [False, True])
@pytest.mark.parametrize("ref", ["anna@shop.example", "c-17", "a/b?c#d"])
async def test_a_customer_is_erased_everywhere(labs: Any, files: bool, ref: str) -> None:
    lab = await labs(values=PEOPLE, files=files)
    await fill(lab, conversation_id="chat/1", customer_ref=ref)
    await fill(lab, conversation_id="chat/2", customer_ref="other")
    path = f"/customers/{quote(ref, safe='')}"
    done = await erase(lab, path)
    assert done["values"] >= 1
    assert (done["decisions"], done["handoffs"]) == (2, 1)
    assert len(await lab.records()) == 2
    [packet] = await lab.packets()
    assert packet["conversation"]["id"] == "chat/2"
    assert await erase(lab, path) == {"values": 0, "decisions": 0, "handoffs": 0, "responses": 0}


@pytest.mark.parametrize("files", [False, True])
async def test_a_conversation_is_erased_everywhere(labs: Any, files: bool) -> None:
    lab = await labs(values=PEOPLE, files=files)
    await fill(lab, conversation_id="for Anna Berg")
    await fill(lab, conversation_id="chat 2")
    done = await erase(lab, "/conversations/for%20Anna%20Berg")
    assert done == {"values": 1, "decisions": 2, "handoffs": 1, "responses": 0}
    assert {r["conversation"] for r in await lab.records()} == {"chat 2"}


async def test_tenants_are_apart(lab: Any) -> None:
    await fill(lab, conversation_id="c", customer_ref="r")
    assert (await erase(lab, "/customers/r?tenant=other"))["decisions"] == 0
    assert (await erase(lab, "/customers/r?tenant=default"))["decisions"] == 2


async def test_what_was_just_decided_is_erased_too(lab: Any) -> None:
    reply = lab.open("returns: hm", metadata={"conversation_id": "c"})
    await reply.reply()
    assert (await erase(lab, "/conversations/c"))["decisions"] == 1
    assert await lab.records() == []


@pytest.mark.parametrize(
    ("path", "param"),
    [
        ("/customers/%00", None),
        (f"/conversations/{'x' * 600}", None),
        ("/customers/r?who=me", "who"),
    ],
)
async def test_senseless_names_are_refused(lab: Any, path: str, param: str | None) -> None:
    reply = await lab.admin.call("DELETE", f"{PREFIX}{path.replace('%00', chr(0))}")
    assert (reply.status, reply.json()["error"]["param"]) == (400, param)
    assert "xxx" not in reply.body.decode()


async def test_erasing_needs_the_admin_key(labs: Any) -> None:
    lab = await labs(config="[auth]\nadmin_key = 'sk-admin'")
    await fill(lab, conversation_id="c")
    reply = await lab.admin.call("DELETE", f"{PREFIX}/conversations/c")
    assert reply.status == 401
    assert len(await lab.records()) == 2


async def test_a_store_that_is_down_is_a_503_that_says_to_try_again(lab: Any) -> None:
    def down(*_: Any) -> int:
        raise StoreError("the vault is down")

    lab.stores.vault.forget_conversation = down
    reply = await lab.admin.call("DELETE", f"{PREFIX}/conversations/c")
    error = reply.json()["error"]
    assert (reply.status, error["code"]) == (503, "erasure_failed")
    assert "again" in error["message"]


async def test_reading_is_not_erasing(lab: Any) -> None:
    for method in ("GET", "POST"):
        assert (await lab.admin.call(method, f"{PREFIX}/customers/r")).status == 405

"""Values of earlier turns: kept, restored, shown to whom it may concern, and erased."""

import asyncio
import json
import logging
from collections.abc import Mapping
from typing import Any

import pytest

from policies.errors import StoreError
from proxy.models.base import Finished, Opened, ToolDelta
from proxy.telemetry.names import VAULT_FAILURES
from proxy.vault.memory import MemoryVault

PEOPLE = {
    "Anna Berg": "PERSON",
    "Bo Ek": "PERSON",
    "anna@shop.example": "EMAIL_ADDRESS",
    "DE89 3704": "IBAN_CODE",
}
CHAT = {"x-conversation-id": "chat-1"}
LOCAL = "[pii.providers.fake.entities]\nPERSON = 'allow'"


def asked(lab: Any, call: int = -1) -> str:
    """Return the last message that went to the model."""
    said: str = lab.model.calls[call][1]["messages"][-1]["content"]
    return said


def remembers(kit: Any) -> Any:
    """Return a model that says in each turn what it was told in the first."""
    first: list[str] = []

    def play(request: Mapping[str, Any]) -> list[Any]:
        first.append(request["messages"][-1]["content"].partition(": ")[2])
        return list(kit.says(first[0], chunk=3))

    return play


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("model", ["bot", "titles"])
@pytest.mark.parametrize("files", [False, True])
async def test_a_value_of_the_first_turn_is_restored_in_the_third(
    labs: Any, kit: Any, stream: bool, model: str, files: bool
) -> None:
    lab = await labs(remembers(kit), values=PEOPLE, files=files)
    given = {"headers": CHAT, "stream": stream, "model": model}
    await lab.ask("returns: I am Anna Berg", **given)
    await lab.ask("returns: hm", **given)
    third = await lab.ask("returns: who am I?", **given)
    assert third.text == "I am Anna Berg"
    assert "Anna" not in lab.model.sent


@pytest.mark.parametrize("headers", [{}, {"x-conversation-id": "chat-2"}])
async def test_nothing_is_recalled_elsewhere(labs: Any, kit: Any, headers: dict[str, str]) -> None:
    lab = await labs(remembers(kit), values=PEOPLE)
    first = await lab.ask("returns: I am Anna Berg", headers=headers and CHAT)
    assert first.text == "I am Anna Berg"
    second = await lab.ask("returns: who am I?", headers=headers)
    assert "Anna" not in second.text


async def test_tenants_share_no_conversation(labs: Any, kit: Any) -> None:
    lab = await labs(remembers(kit), values=PEOPLE)
    keys = {
        name: await asyncio.to_thread(lab.stores.keys.add, "bot", name) for name in ("one", "two")
    }
    for tenant, expected in (("one", True), ("two", False), ("one", True)):
        headers = {**CHAT, "authorization": f"Bearer {keys[tenant]}"}
        reply = await lab.ask(
            "returns: I am Anna Berg" if expected else "returns: ?", headers=headers
        )
        assert ("Anna Berg" in reply.text) is expected


async def test_two_values_never_share_a_placeholder_over_turns(labs: Any, kit: Any) -> None:
    """The first turn's placeholder is taken even where that turn is not sent again."""
    lab = await labs(kit.echo, values=PEOPLE)
    await lab.ask("returns: I am Anna Berg", headers=CHAT)
    [(_, request)] = lab.model.calls
    taken = request["messages"][-1]["content"].removeprefix("returns: I am ")
    place = lab.snapshot.erasure._pseudonyms.conversation("default", "chat-1")
    await asyncio.to_thread(lab.stores.vault.forget_conversation, "default", place)
    await asyncio.to_thread(lab.stores.vault.remember, "default", place, {taken: "Cy Dal"})
    reply = await lab.ask("returns: I am Anna Berg", headers=CHAT)
    assert taken not in asked(lab)
    assert reply.text == "returns: I am Anna Berg"


class Quicker(MemoryVault):
    """Another replica remembers Bo under Anna's placeholder just before we do, once."""

    taken = ""

    def remember(self, tenant: str, conversation_id: str, values: Any, **more: Any) -> Any:
        if not self.taken:
            [self.taken] = values
            super().remember(tenant, conversation_id, {self.taken: "Bo Ek"})
        return super().remember(tenant, conversation_id, values, **more)


async def test_who_comes_second_takes_another_placeholder(labs: Any, kit: Any) -> None:
    lab = await labs(kit.echo, values=PEOPLE)
    quicker = Quicker()
    lab.stores.vault.remember, lab.stores.vault.recall = quicker.remember, quicker.recall
    reply = await lab.ask("returns: I am Anna Berg", headers=CHAT)
    assert reply.text == "returns: I am Anna Berg"
    ours = asked(lab).removeprefix("returns: I am ")
    assert ours != quicker.taken
    place = lab.snapshot.erasure._pseudonyms.conversation("default", "chat-1")
    assert dict(quicker.recall("default", place)) == {quicker.taken: "Bo Ek", ours: "Anna Berg"}


class Down(MemoryVault):
    """Can't be used."""

    def recall(self, *_: Any) -> Any:
        raise StoreError("the vault is down")

    def remember(self, *_: Any, **__: Any) -> Any:
        raise OSError("Anna Berg could not be written")


async def test_a_vault_that_is_down_costs_only_what_it_would_have_given(
    labs: Any, kit: Any, caplog: pytest.LogCaptureFixture
) -> None:
    lab = await labs(kit.echo, values=PEOPLE)
    down = Down()
    lab.stores.vault.recall, lab.stores.vault.remember = down.recall, down.remember
    for _ in range(2):
        reply = await lab.ask("returns: I am Anna Berg", headers=CHAT)
        assert (reply.status, reply.text) == (200, "returns: I am Anna Berg")
    assert "Anna" not in lab.model.sent + caplog.text
    failed = [
        lab.telemetry.total(VAULT_FAILURES, operation=name) for name in ("recall", "remember")
    ]
    assert failed == [2, 2]
    assert [r.levelname for r in caplog.records if "ALARM" in r.message] == ["ERROR", "ERROR"]


async def test_personal_ids_are_the_same_pseudonym_in_every_record(labs: Any, kit: Any) -> None:
    lab = await labs(kit.says("Fine."), values=PEOPLE)
    for chat in ("for Anna Berg", "again"):
        metadata = {"conversation_id": chat, "customer_ref": "anna@shop.example"}
        await lab.ask("returns: hello", metadata=metadata)
    second, first = await lab.records()
    assert first["customer_ref"] == second["customer_ref"]
    assert first["customer_ref"].startswith("cust-")
    assert first["conversation"].startswith("conv-")
    assert second["conversation"] == "again"


async def test_a_scope_that_is_personal_is_redacted_and_a_code_is_not(labs: Any, kit: Any) -> None:
    lab = await labs(kit.says("Fine."), values=PEOPLE)
    await lab.ask("returns: hi", handrail={"scope": {"market": "DE", "merchant": "Anna Berg"}})
    [(_, request)] = lab.model.calls
    scope = request["handrail_scope"]
    assert scope["market"] == "DE"
    assert scope["merchant"].startswith("[PERSON_")


@pytest.mark.parametrize(
    "parts", [("I am Anna", "Berg"), ("I am An", "na Berg"), ("An", "na", " Be", "rg.")]
)
async def test_a_value_over_several_parts_of_a_message_is_one(
    labs: Any, kit: Any, parts: tuple[str, ...]
) -> None:
    def play(request: Mapping[str, Any]) -> list[Any]:
        content = request["messages"][-1]["content"]
        return list(kit.says("".join(part["text"] for part in content), chunk=5))

    lab = await labs(play, values=PEOPLE)
    content = [{"type": "text", "text": part} for part in parts]
    reply = await lab.ask([{"role": "user", "content": content}], headers=CHAT)
    assert "Anna Berg" in reply.text
    sent = [part["text"] for part in lab.model.calls[0][1]["messages"][-1]["content"]]
    assert not {"Anna", "Berg", "An", "na"} & set("|".join(sent).replace(".", "").split("|"))
    assert "".join(sent).count("[PERSON_") == 1


@pytest.mark.parametrize("stream", [False, True])
async def test_a_local_model_may_see_names_and_nobody_else_does(
    labs: Any, kit: Any, stream: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    lab = await labs(kit.echo, values=PEOPLE, files=True, config=LOCAL)
    said = "dispute: I am ANNA BERG, Anna Berg, anna@shop.example"
    text = "whole: I am Anna Berg, Anna Berg, anna@shop.example"
    reply = await lab.ask(text, stream=stream, headers=CHAT)
    await lab.ask(said.replace("ANNA BERG", "Anna Berg"), headers=CHAT)
    assert reply.text == text
    assert "Anna Berg" in asked(lab, 0)
    assert "anna@" not in lab.model.sent
    await lab.settle()
    kept = await asyncio.to_thread(_kept, lab)
    assert "Anna" not in kept + caplog.text + repr(lab.telemetry.spans)
    assert "PERSON_" in kept


def _kept(lab: Any) -> str:
    files = [path for path in (lab.folder / "data").rglob("*") if path.is_file()]
    assert "vault.db" in {path.name for path in files}
    return "\n".join(path.read_bytes().decode("latin-1") for path in files)


async def test_a_local_model_s_tool_calls_are_kept_with_placeholders(labs: Any) -> None:
    arguments = json.dumps({"who": "Anna Berg", "say": "Dear Anna,"})
    events = [Opened(id="up-1"), ToolDelta(0, 0, id="c1", name="find")]
    events += [ToolDelta(0, 0, arguments=arguments[i : i + 4]) for i in range(0, 80, 4)]
    lab = await labs([*events, Finished(0, "tool_calls")], values=PEOPLE, config=LOCAL)
    tools = [{"type": "function", "function": {"name": "find", "parameters": {}}}]
    reply = await lab.ask("returns: I am Anna Berg", tools=tools)
    [call] = reply.calls
    given = json.loads(call["function"]["arguments"])
    assert given == {"who": "Anna Berg", "say": "Dear Anna Berg,"}
    await lab.settle()
    assert "Anna" not in json.dumps(await lab.records())


async def test_values_of_other_people_stay_hidden_where_the_operator_says_so(
    labs: Any, kit: Any
) -> None:
    lab = await labs(
        lambda request: kit.says(
            f"{request['messages'][0]['content']} {request['messages'][1]['content']}"
        ),
        values=PEOPLE,
        config="[pii]\nrestore = 'own'",
    )
    talk = [
        {"role": "system", "content": "whole: agent Bo Ek."},
        {"role": "user", "content": "Anna Berg"},
    ]
    reply = await lab.ask(talk, headers=CHAT)
    assert "Bo Ek" not in reply.text
    assert reply.text.endswith("Anna Berg")


async def test_a_tool_call_with_a_placeholder_of_nobody_goes_to_a_person(labs: Any) -> None:
    call = ToolDelta(0, 0, id="c1", name="find", arguments='{"who": "[PERSON_zz22]"}')
    lab = await labs([Opened(id="up-1"), call, Finished(0, "tool_calls")])
    tools = [{"type": "function", "function": {"name": "find", "parameters": {}}}]
    reply = await lab.ask("returns: who?", tools=tools)
    assert (reply.handrail["action"], reply.handrail["reason"]) == ("escalate", "sensitive_output")
    assert reply.calls == []

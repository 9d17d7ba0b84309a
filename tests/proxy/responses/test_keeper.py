import asyncio
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest

from policies.errors import RequestError, StoreError
from policies.text import Raw, Redacted
from policies.turn import Caller, Turn, Vault
from proxy.responses.base import Kept
from proxy.responses.keeper import Past, ResponseKeeper
from proxy.responses.memory import MemoryResponses
from proxy.wire.request import Received
from validators.offload import Offload
from validators.pii.restore import restore, restore_json

FIRST, SECOND = f"resp_{'a' * 48}", f"resp_{'b' * 48}"
NOW = 1_700_000_000.0
ANN, BO = "[PERSON_k7q2]", "[PERSON_m3x5]"
VALUES = Vault({ANN: 'Anna "Annie" Berg', BO: "Bo Ek", "[PERSON_zz22]": "Nobody"}, own=[ANN])


class FakeVault:
    """Keeps values per tenant and thread; `other` are values that somebody kept before."""

    def __init__(self, other: dict[str, str] | None = None) -> None:
        self.kept: dict[tuple[str, str], Vault] = {}
        self.refs: list[str | None] = []
        self._other = other or {}

    async def recall(self, tenant: str, conversation_id: str) -> Vault:
        return self.kept.get((tenant, conversation_id), Vault())

    async def remember(
        self,
        tenant: str,
        conversation_id: str,
        values: Vault,
        *,
        customer_ref: str | None,
        before: int,  # noqa: ARG002 - the protocol's
    ) -> Vault:
        self.refs.append(customer_ref)
        place = (tenant, conversation_id)
        self.kept[place] = self.kept.get(place, Vault()).merged(values).merged(self._other)
        return self.kept[place]


class Broken(MemoryResponses):
    """A store that is down."""

    def keep(self, response: Kept, expires: float) -> None:
        raise StoreError(f"down at {expires:.0f}: {len(response.messages)}")

    def thread(self, tenant: str, response_id: str, now: float) -> Any:
        raise StoreError(f"down: {tenant} {response_id[:4]} {now:.0f}")


@pytest.fixture
def io() -> Iterator[Offload]:
    made = Offload(1, "test-io")
    yield made
    made.close()


def keeper(io: Offload, vault: FakeVault, store: Any = None, **options: Any) -> ResponseKeeper:
    kept = MemoryResponses() if store is None else store
    return ResponseKeeper(kept, io, vault, restore, restore_json, 60.0, **options)


def turn_of(make_turn: Any, *messages: dict[str, Any], **changes: Any) -> Turn:
    received = Received({}, [], None, None, "anna@shop.example")
    fields = {
        "created": NOW,
        "caller": Caller(tenant="t"),
        "vault": VALUES,
        "received": Raw(received),
        "request": {"model": "bot", "messages": list(messages)},
        "conversation_id": "c1",
        "customer_ref": "cust-1",
    }
    made: Turn = make_turn(**{**fields, **changes})
    return made


def response(name: str, *items: dict[str, Any]) -> dict[str, Any]:
    return {"id": name, "metadata": {"note": BO}, "output": list(items), "status": "completed"}


def said(text: str) -> dict[str, Any]:
    return {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "output_text", "text": text}],
    }


CALL = {
    "type": "function_call",
    "call_id": "c1",
    "name": "find",
    "arguments": f'{{"who": "{ANN}", "other": "{BO}"}}',
}
ASKED = {"role": "user", "content": f"{ANN} is here"}


async def test_a_turn_comes_back_as_the_bot_would_send_it(io: Offload, make_turn: Any) -> None:
    vault = FakeVault()
    kept = keeper(io, vault)
    prompt = {"role": "system", "content": f"not kept: {BO}"}
    turn = turn_of(make_turn, prompt, ASKED)
    assert await kept.keep(turn, 1, None, response(FIRST, said(f"Hello {ANN}."), CALL))
    past = await kept.past("t", FIRST, NOW)
    assert (past.id, past.thread) == (FIRST, FIRST)
    user, answer = past.messages
    assert user == {"role": "user", "content": 'Anna "Annie" Berg is here'}
    assert answer["content"] == 'Hello Anna "Annie" Berg.'
    [made] = answer["tool_calls"]
    assert made["function"] == {
        "name": "find",
        "arguments": '{"who": "Anna \\"Annie\\" Berg", "other": "Bo Ek"}',
    }
    assert vault.refs == ["anna@shop.example"]
    assert "[PERSON_zz22]" not in vault.kept["t", FIRST]  # stands in nothing that is kept


async def test_a_thread_goes_on_and_branches(io: Offload, make_turn: Any) -> None:
    kept = keeper(io, FakeVault())
    await kept.keep(turn_of(make_turn, ASKED), 1, None, response(FIRST, said("One.")))
    past = await kept.past("t", FIRST, NOW)
    result = {"role": "tool", "tool_call_id": "c1", "content": f'{{"owner": "{ANN}"}}'}
    history = [ASKED, {"role": "assistant", "content": "One."}]
    await kept.keep(turn_of(make_turn, *history, result), 1, past, response(SECOND, said("Two.")))
    again = await kept.past("t", SECOND, NOW)
    assert again.thread == FIRST
    assert [m["content"] for m in again.messages] == [
        'Anna "Annie" Berg is here',
        "One.",
        '{"owner": "Anna \\"Annie\\" Berg"}',
        "Two.",
    ]
    assert len((await kept.past("t", FIRST, NOW)).messages) == 2


async def test_an_answer_gives_back_only_what_the_customer_was_shown(
    io: Offload, make_turn: Any
) -> None:
    kept = keeper(io, FakeVault(), own_only=True)
    spoken = response(FIRST, said(f"{ANN}, {BO} has it."), CALL)
    result = {"role": "tool", "tool_call_id": "c0", "content": f"{BO} has it"}
    await kept.keep(turn_of(make_turn, ASKED, result), 2, None, spoken)
    past = await kept.past("t", FIRST, NOW)
    assert past.messages[1]["content"] == "Bo Ek has it"
    # Otherwise the next turn would take it for something that the customer knows.
    assert past.messages[2]["content"] == f'Anna "Annie" Berg, {BO} has it.'
    shown = await kept.show("t", FIRST, NOW)
    assert shown["output"][0]["content"][0]["text"] == f'Anna "Annie" Berg, {BO} has it.'
    assert "Bo Ek" in shown["output"][1]["arguments"]


@pytest.mark.parametrize(
    ("tenant", "name", "now"),
    [
        ("t", SECOND, NOW),
        ("u", FIRST, NOW),
        ("t", FIRST, NOW + 60),
        ("t", "resp_1", NOW),
        ("t", FIRST.upper(), NOW),
        ("t", "Anna Berg", NOW),
    ],
)
async def test_what_is_not_there_is_a_404_for_everybody(
    io: Offload, make_turn: Any, tenant: str, name: str, now: float
) -> None:
    kept = keeper(io, FakeVault())
    await kept.keep(turn_of(make_turn, ASKED), 1, None, response(FIRST, said("One.")))
    for look, param in ((kept.past, "previous_response_id"), (kept.show, "response_id")):
        with pytest.raises(RequestError) as caught:
            await look(tenant, name, now)
        assert (caught.value.status, caught.value.param) == (404, param)
        assert "Anna" not in caught.value.message


async def test_deleting_names_the_thread_of_which_nothing_is_left(
    io: Offload, make_turn: Any
) -> None:
    kept = keeper(io, FakeVault())
    turn = turn_of(make_turn, ASKED)
    await kept.keep(turn, 1, None, response(FIRST, said("One.")))
    await kept.keep(turn, 1, Past(FIRST, FIRST, ()), response(SECOND, said("Two.")))
    with pytest.raises(RequestError):
        await kept.delete("u", FIRST)
    assert await kept.delete("t", FIRST) is None
    assert await kept.delete("t", SECOND) == FIRST
    with pytest.raises(RequestError):
        await kept.delete("t", SECOND)


async def test_pictures_and_files_are_not_kept(io: Offload, make_turn: Any) -> None:
    store = MemoryResponses()
    kept = keeper(io, FakeVault(), store)
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    parts = [{"type": "text", "text": "see"}, picture]
    turn = turn_of(make_turn, {"role": "user", "content": parts})
    await kept.keep(turn, 1, None, response(FIRST, said("One.")))
    row = store.one("t", FIRST, NOW)
    assert row is not None
    assert "AAAA" not in str(row)
    assert row.messages[0]["content"][0] == {"type": "text", "text": "see"}
    assert [part["type"] for part in row.messages[0]["content"]] == ["text", "text"]


async def test_a_placeholder_that_already_stands_for_somebody_else_stops_the_keeping(
    io: Offload, make_turn: Any
) -> None:
    store = MemoryResponses()
    kept = keeper(io, FakeVault(other={ANN: "Somebody Else"}), store)
    assert not await kept.keep(turn_of(make_turn, ASKED), 1, None, response(FIRST, said("x")))
    assert store.one("t", FIRST, NOW) is None


async def test_a_model_s_own_way_of_writing_a_placeholder_is_found(
    io: Offload, make_turn: Any
) -> None:
    vault = FakeVault()
    turn = turn_of(make_turn, {"role": "user", "content": "who?"})
    await keeper(io, vault).keep(turn, 1, None, response(FIRST, said("It is person_k7q2.")))
    assert vault.kept["t", FIRST][ANN] == 'Anna "Annie" Berg'


async def test_a_store_that_is_down_costs_the_thread_and_nothing_else(
    io: Offload, make_turn: Any, caplog: pytest.LogCaptureFixture
) -> None:
    kept = keeper(io, FakeVault(), Broken())
    with caplog.at_level(logging.ERROR):
        done = await kept.keep(turn_of(make_turn, ASKED), 1, None, response(FIRST, said("One.")))
    assert done is False
    assert "can't be continued: down at" in caplog.text
    with pytest.raises(RequestError) as caught:
        await kept.past("t", FIRST, NOW)
    assert (caught.value.status, caught.value.code) == (503, "store_failed")
    assert "Anna" not in caplog.text


async def test_a_value_that_looks_like_json_does_not_break_what_is_none(
    io: Offload, make_turn: Any
) -> None:
    turn = turn_of(make_turn, {"role": "user", "content": f"{ANN}"})
    kept = keeper(io, FakeVault())
    await kept.keep(turn, 1, None, response(FIRST, said(f"[1] {ANN}")))
    past = await asyncio.wait_for(kept.past("t", FIRST, NOW), 5)
    assert [m["content"] for m in past.messages] == [
        'Anna "Annie" Berg',
        '[1] Anna "Annie" Berg',
    ]
    assert not re.search(r"\[PERSON", str(past.messages))


async def test_the_metadata_of_a_shown_response_has_its_values(io: Offload, make_turn: Any) -> None:
    kept = keeper(io, FakeVault())
    await kept.keep(turn_of(make_turn, ASKED), 1, None, response(FIRST, said(Redacted("One."))))
    assert (await kept.show("t", FIRST, NOW))["metadata"] == {"note": "Bo Ek"}

"""Kept responses as requests see them: asynchronous, and never in the way of an answer."""

import asyncio
import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ParamSpec, Protocol, TypeVar

from policies.errors import RequestError, StoreError
from policies.turn import Turn, Vault
from proxy.responses.base import Kept, ResponseStore
from proxy.wire.responses_items import messages_of
from validators.offload import Offload

P = ParamSpec("P")
R = TypeVar("R")
Restore = Callable[[str, Mapping[str, str]], str]

log = logging.getLogger("handrail.responses")

_ID = re.compile(r"resp_[0-9a-f]{48}")
_TIMEOUT_S = 5.0
_LEFT_OUT = "(a file or an image that is not kept)"


class ConversationVault(Protocol):
    """Keeps the values of threads; never fails, see `VaultKeeper`."""

    async def recall(self, tenant: str, conversation_id: str) -> Vault:
        """Return the values of earlier turns."""
        ...

    async def remember(
        self,
        tenant: str,
        conversation_id: str,
        values: Vault,
        *,
        customer_ref: str | None,
        before: int,
    ) -> Vault:
        """Keep values; return what their placeholders stand for from now on."""
        ...


@dataclass(frozen=True, slots=True)
class Past:
    """What a response continues."""

    id: str
    thread: str
    messages: Sequence[dict[str, Any]]
    """As the bot would send them itself: values restored where the bot saw them.

    They are redacted anew with the rest of the request.
    """


@dataclass(frozen=True, slots=True)
class ResponseKeeper:
    """Keeps, continues, shows and deletes responses."""

    store: ResponseStore
    offload: Offload
    vault: ConversationVault
    restore: Restore
    restore_json: Restore
    ttl_s: float
    """Seconds after the last turn of a thread; as long as the vault keeps its values."""
    own_only: bool = False
    """The customer is shown only values that are the customer's own."""

    async def past(self, tenant: str, response_id: str, now: float) -> Past:
        """Return what a new request continues. Raises `RequestError` 404 or 503."""
        param = "previous_response_id"
        rows: Sequence[Kept] = ()
        if _ID.fullmatch(response_id):
            rows = await self._read(self.store.thread, tenant, response_id, now)
        if not rows:
            raise _unknown(param)
        values, shown = await self._values(rows[-1])
        messages: list[dict[str, Any]] = []
        for row in rows:
            said = [*row.messages, *messages_of(row.response.get("output"), "output")]
            messages += [self._restored(message, values, shown) for message in said]
        return Past(response_id, rows[-1].thread, messages)

    async def keep(
        self, turn: Turn, new: int, past: Past | None, response: Mapping[str, Any]
    ) -> bool:
        """Keep the last `new` messages of a closed turn, and its response with placeholders.

        Returns whether it was kept: an answer never fails because it can't be continued.
        """
        response_id = str(response["id"])
        kept = Kept(
            id=response_id,
            tenant=turn.caller.tenant,
            thread=past.thread if past else response_id,
            previous=past.id if past else None,
            conversation=turn.conversation_id,
            customer_ref=turn.customer_ref,
            messages=[_without_files(m) for m in turn.request.get("messages", ())[-new:]],
            response=response,
        )
        if not await self._values_kept(turn, kept):
            return False
        try:
            await self._run(self.store.keep, kept, turn.created + self.ttl_s)
        except Exception as error:  # noqa: BLE001 - whatever broke, the answer leaves
            log.error("a response could not be kept, so it can't be continued: %s", _why(error))  # noqa: TRY400 - no traceback, it may hold text
            return False
        return True

    async def show(self, tenant: str, response_id: str, now: float) -> dict[str, Any]:
        """Return a response as the bot got it. Raises `RequestError` 404 or 503."""
        row = None
        if _ID.fullmatch(response_id):
            row = await self._read(self.store.one, tenant, response_id, now)
        if row is None:
            raise _unknown("response_id")
        values, shown = await self._values(row)
        output = [self._shown(item, values, shown) for item in row.response.get("output", ())]
        metadata = self._strings(row.response.get("metadata"), shown)
        return {**row.response, "metadata": metadata, "output": output}

    async def delete(self, tenant: str, response_id: str) -> str | None:
        """Erase one response; return its thread if that was all of it.

        Raises `RequestError` 404 or 503.
        """
        now = 0.0  # what has expired may be erased, too
        if not _ID.fullmatch(response_id) or not await self._read(
            self.store.one, tenant, response_id, now
        ):
            raise _unknown("response_id")
        return await self._read(self.store.delete, tenant, response_id)

    async def _values_kept(self, turn: Turn, kept: Kept) -> bool:
        """Keep what the placeholders stand for; they must go on standing for the same."""
        text = json.dumps([list(kept.messages), dict(kept.response)]).casefold()
        # A model may have changed the case or lost the brackets.
        names = {name for name in turn.vault if name.strip("[]").casefold() in text}
        values = Vault({name: turn.vault[name] for name in names}, turn.vault.own & names)
        if not values:
            return True
        customer_ref: str | None = turn.received.reveal().customer_ref
        remembered = await self.vault.remember(
            kept.tenant, kept.thread, values, customer_ref=customer_ref, before=0
        )
        return all(remembered.get(name) == value for name, value in values.items())

    async def _values(self, row: Kept) -> tuple[Vault, Vault]:
        """Return all values of a thread, and those that the customer may be shown."""
        values = await self.vault.recall(row.tenant, row.thread)
        hidden = frozenset(values) - values.own if self.own_only else frozenset()
        return values, values.without(hidden)

    def _restored(
        self, message: Mapping[str, Any], values: Mapping[str, str], shown: Mapping[str, str]
    ) -> dict[str, Any]:
        """Put values back where the bot had them: an answer holds only what was shown."""
        out = dict(message)
        of_assistant = message.get("role") == "assistant"
        out["content"] = self._strings(message.get("content"), shown if of_assistant else values)
        if "tool_calls" in message:
            out["tool_calls"] = self._arguments(message["tool_calls"], values)
        return out

    def _shown(
        self, item: Mapping[str, Any], values: Mapping[str, str], shown: Mapping[str, str]
    ) -> dict[str, Any]:
        if item.get("type") == "message":
            return {key: self._strings(value, shown) for key, value in item.items()}
        return {key: self._arguments(value, values) for key, value in item.items()}

    def _strings(self, value: Any, known: Mapping[str, str]) -> Any:  # noqa: ANN401 - any JSON
        # Values have quotes and line breaks, which JSON must escape.
        return _mapped(
            value, lambda t: (self.restore_json if _is_json(t) else self.restore)(t, known)
        )

    def _arguments(self, value: Any, known: Mapping[str, str]) -> Any:  # noqa: ANN401 - any JSON
        return _mapped(value, lambda text: self.restore_json(text, known))

    async def _read(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await self._run(function, *args, **kwargs)
        except (StoreError, TimeoutError) as error:
            log.error("kept responses can't be read: %s", _why(error))  # noqa: TRY400 - as above
            raise RequestError(
                "Kept responses can't be read now. Try again, or send the whole conversation as "
                "input without previous_response_id.",
                status=503,
                kind="server_error",
                code="store_failed",
            ) from None

    async def _run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        return await asyncio.wait_for(self.offload.run(function, *args, **kwargs), _TIMEOUT_S)


def _mapped(value: Any, change: Callable[[str], str]) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return {key: _mapped(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [_mapped(item, change) for item in value]
    return change(value) if isinstance(value, str) else value


def _is_json(text: str) -> bool:
    # A placeholder, too, begins with a bracket.
    try:
        return isinstance(json.loads(text, strict=False), dict | list)
    except (ValueError, RecursionError):
        return False


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, StoreError) else type(error).__name__


def _unknown(param: str) -> RequestError:
    return RequestError(
        "There is no such response here: it was made with store: false, has expired, was erased, "
        "or continues one that was. Send the whole conversation as input.",
        status=404,
        param=param,
        code="response_not_found",
        retry=False,
    )


def _without_files(message: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is not redacted: pictures and files."""
    content = message.get("content")
    if not isinstance(content, list):
        return dict(message)
    left_out = {"type": "text", "text": _LEFT_OUT}
    parts = [
        part if isinstance(part, str) or part.get("type") == "text" else left_out
        for part in content
    ]
    return {**message, "content": parts}

"""A model that may see values: they are put into what it is sent, and taken out of its answer.

Nothing else of Handrail meets them: checks, records, packets, cache and traces see the
request and the answer with placeholders, as with every other model.
"""

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Protocol

from policies.turn import Vault
from proxy.models.base import Finished, ModelClient, ModelEvent, RefusalDelta, TextDelta, ToolDelta

RestoreJson = Callable[[str, Mapping[str, str]], str]


class Hiding(Protocol):
    """Puts placeholders back in the place of values."""

    def json(self, text: str) -> str:
        """Hide values in JSON, or in a text that is none."""
        ...


class HidingStream(Protocol):
    """The same for a text that arrives in pieces."""

    def feed(self, chunk: str) -> str:
        """Return what can go on."""
        ...

    def flush(self) -> str:
        """Return the rest."""
        ...


@dataclass(frozen=True, slots=True)
class Unveiler:
    """Wraps the clients of providers that may see some types of values."""

    types: Mapping[str, frozenset[str]]
    """Provider's name to the types that it may see."""
    type_of: Callable[[str, str], str | None]
    """Tells the type of a placeholder and its value; None: nobody may see it."""
    restore_json: RestoreJson
    hiding: Callable[[Mapping[str, str]], Hiding]
    stream: Callable[[Any], HidingStream]

    def __call__(self, client: ModelClient, vault: Vault) -> ModelClient:
        """Return the client itself where nothing may be seen, or nothing is there to see."""
        kinds = self.types.get(client.provider, frozenset())
        hidden = {name for name, value in vault.items() if self.type_of(name, value) not in kinds}
        seen = vault.without(hidden) if kinds else Vault()
        return UnveiledClient(client, seen, self) if seen else client


class UnveiledClient:
    """A `ModelClient` for one turn."""

    def __init__(self, client: ModelClient, values: Vault, parts: Unveiler) -> None:
        """Wrap `client`; `values` are those that it may see."""
        self.provider = client.provider
        self.system = client.system
        self.local = client.local
        self._client = client
        self._values = values
        self._parts = parts

    async def stream(
        self, model: str, request: Mapping[str, Any], *, timeout_s: float
    ) -> AsyncIterator[ModelEvent]:
        """Ask with values; answer with placeholders. See `ModelClient.stream`."""
        hidden = _Hidden(self._parts, self._parts.hiding(self._values))
        source = self._client.stream(model, self._shown(request), timeout_s=timeout_s)
        async with aclosing(source) as events:  # type: ignore[type-var]  # every client's is a generator
            async for event in events:
                for out in hidden.take(event):
                    yield out
        for out in hidden.rest():
            yield out

    async def close(self) -> None:
        """Close the wrapped client."""
        await self._client.close()

    def _shown(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Put the values in, as text or as JSON inside strings."""
        whole = json.dumps(request, default=dict)
        shown: dict[str, Any] = json.loads(self._parts.restore_json(whole, self._values))
        return shown


@dataclass(slots=True)
class _Call:
    first: ToolDelta
    arguments: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Hidden:
    """The answer on its way: text with a little delay, tool calls whole."""

    parts: Unveiler
    hide: Hiding
    texts: dict[tuple[int, bool], HidingStream] = field(default_factory=dict)
    calls: dict[tuple[int, int], _Call] = field(default_factory=dict)

    def take(self, event: ModelEvent) -> Iterator[ModelEvent]:
        match event:
            case TextDelta(choice=choice, text=text) | RefusalDelta(choice=choice, text=text):
                spoken = isinstance(event, TextDelta)
                stream = self.texts.get((choice, spoken))
                if stream is None:
                    stream = self.texts[choice, spoken] = self.parts.stream(self.hide)
                yield from _said(choice, stream.feed(text), spoken=spoken)
            case ToolDelta(choice=choice, index=index):
                call = self.calls.setdefault((choice, index), _Call(event))
                call.first = _merged(call.first, event)
                call.arguments.append(event.arguments)
            case Finished(choice=choice):
                yield from self._end(choice)
                yield event
            case _:
                yield event

    def rest(self) -> Iterator[ModelEvent]:
        for choice in sorted({c for c, _ in (*self.texts, *self.calls)}):
            yield from self._end(choice)

    def _end(self, choice: int) -> Iterator[ModelEvent]:
        for spoken in (True, False):
            if (stream := self.texts.pop((choice, spoken), None)) is not None:
                yield from _said(choice, stream.flush(), spoken=spoken)
        for place in sorted(p for p in self.calls if p[0] == choice):
            call = self.calls.pop(place)
            arguments = self.hide.json("".join(call.arguments))
            first = call.first
            yield ToolDelta(*place, first.id, first.name, arguments, first.kind, first.legacy)


def _merged(first: ToolDelta, later: ToolDelta) -> ToolDelta:
    return ToolDelta(
        first.choice,
        first.index,
        first.id or later.id,
        first.name or later.name,
        "",
        later.kind,
        later.legacy,
    )


def _said(choice: int, text: str, *, spoken: bool) -> Iterator[ModelEvent]:
    if text:
        yield TextDelta(choice, text) if spoken else RefusalDelta(choice, text)

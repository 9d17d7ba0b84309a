"""Replace personal data in every text of the request, before anything leaves."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from policies.errors import PersonalDataBlocked, RedactionError, RequestError
from policies.knowledge import Origin, Passage
from policies.messages import Role
from policies.text import Redacted
from policies.turn import Turn
from proxy.wire.request import Received, conversation_of
from proxy.wire.walk import map_request, map_strings
from validators.base import Redactor

_OWN_METADATA = ("conversation_id", "session_id", "customer_ref", "locale")
"""Read by Handrail; providers have no use for them, and some refuse `metadata`."""


@dataclass(slots=True)
class Redact:
    """Redact body, context, account facts and ids in one call, so placeholders agree."""

    redactor: Redactor
    trust_system_prompt: bool = False
    max_characters: int = 1_000_000
    """Of all texts of a request together: one request must not hold up the others."""
    name: str = "redact"

    async def __call__(self, turn: Turn) -> Turn:
        """Fill everything that later stages read; fail closed."""
        received: Received = turn.received.reveal()
        texts: list[str] = []

        def collect(text: str) -> str:
            texts.append(text)
            return text

        _walk(received, collect)
        if sum(map(len, texts)) > self.max_characters:
            raise RequestError(
                f"The texts of this request have more than {self.max_characters} characters. Send "
                "less, or ask the operator to raise max_characters under [pii] in config.toml.",
                status=413,
                code="request_too_large",
                retry=False,
            )
        try:
            done = await self.redactor.redact(
                texts, tenant=turn.caller.tenant, conversation_id=received.conversation_id
            )
        except PersonalDataBlocked as error:
            raise RequestError(
                f"Nothing was sent: {error}. The operator's [pii] entities say so.",
                code="personal_data_blocked",
                retry=False,
            ) from None
        except RedactionError:
            raise RequestError(
                "Personal data could not be removed from this request, so nothing was sent to a "
                "model. Try again; if it goes on, shorten the message or ask the operator to "
                "look at handrail's log.",
                status=503,
                kind="server_error",
                code="redaction_failed",
            ) from None
        rest: Iterator[Redacted] = iter(done.texts)
        clean = _walk(received, lambda _: next(rest))
        conversation = conversation_of(clean.body)
        return turn.but(
            request=_forwarded(clean.body),
            conversation=conversation,
            conversation_id=clean.conversation_id,
            customer_ref=clean.customer_ref,
            evidence=tuple(self._evidence(clean, conversation)),
            vault=done.vault,
            entities=done.entities,
        )

    def _evidence(self, clean: Received, conversation: tuple[Any, ...]) -> Iterator[Passage]:
        """Yield what came with the request and may support an answer to it."""
        for n, item in enumerate(clean.context):
            yield _context(item, n)
        if clean.account:
            text = "\n".join(_facts(clean.account))
            yield Passage("account#0", "account", "Account facts", text, origin=Origin.ACCOUNT)
        for n, message in enumerate(conversation):
            if message.role is Role.TOOL and message.text:
                source = f"tool-{n}"
                yield Passage(f"{source}#0", source, "", message.text, origin=Origin.TOOL)
            elif self.trust_system_prompt and message.role in (Role.SYSTEM, Role.DEVELOPER):
                source = f"prompt-{n}"
                yield Passage(f"{source}#0", source, "", message.text, origin=Origin.SYSTEM)


def _walk(received: Received, change: Any) -> Received:  # noqa: ANN401 - str -> str, either kind
    """Map every text of a request, always in the same order."""

    def maybe(text: str | None) -> str | None:
        return None if text is None else change(text)

    return Received(
        body=map_request(received.body, change),
        context=map_strings(received.context, change),
        account=map_strings(received.account, change),
        conversation_id=maybe(received.conversation_id),
        customer_ref=maybe(received.customer_ref),
    )


def _forwarded(body: dict[str, Any]) -> dict[str, Any]:
    metadata = body.get("metadata")
    if not isinstance(metadata, dict):
        return body
    kept = {k: v for k, v in metadata.items() if k not in _OWN_METADATA}
    rest = {k: v for k, v in body.items() if k != "metadata"}
    return {**rest, "metadata": kept} if kept else rest


def _context(item: Any, n: int) -> Passage:  # noqa: ANN401 - any JSON
    table = item if isinstance(item, dict) else {"text": item}
    source = str(table.get("id") or f"context-{n}")
    text = table.get("text") or table.get("content") or ""
    return Passage(
        id=f"{source}#{n}",
        source_id=source,
        title=str(table.get("title") or ""),
        text=text if isinstance(text, str) else "\n".join(_facts(text)),
        origin=Origin.CONTEXT,
    )


def _facts(value: Any, place: str = "") -> Iterator[str]:  # noqa: ANN401 - any JSON
    """Write nested facts as lines that can be quoted: `order status: shipped`."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _facts(item, f"{place} {key}".strip().replace("_", " "))
    elif isinstance(value, list):
        for item in value:
            yield from _facts(item, place)
    elif value is not None:
        shown = ("yes" if value else "no") if isinstance(value, bool) else str(value)
        yield f"{place}: {shown}" if place else shown

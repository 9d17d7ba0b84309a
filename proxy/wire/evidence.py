"""What came with a request and may support an answer to it: redacted, as passages. Pure."""

from collections.abc import Iterator, Sequence
from typing import Any

from policies.knowledge import Origin, Passage
from policies.messages import Message, Role
from proxy.wire.request import Received


def evidence_of(
    clean: Received, conversation: Sequence[Message], *, trust_system_prompt: bool = False
) -> Iterator[Passage]:
    """Yield context, account facts and tool results of a redacted request.

    The bot's own prompt is among them only if `trust_system_prompt` says so.
    """
    for n, item in enumerate(clean.context):
        yield _context(item, n)
    if clean.account:
        text = "\n".join(_facts(clean.account))
        yield Passage("account#0", "account", "Account facts", text, origin=Origin.ACCOUNT)
    for n, message in enumerate(conversation):
        if message.role is Role.TOOL and message.text:
            source = f"tool-{n}"
            yield Passage(f"{source}#0", source, "", message.text, origin=Origin.TOOL)
        elif trust_system_prompt and message.role in (Role.SYSTEM, Role.DEVELOPER):
            source = f"prompt-{n}"
            yield Passage(f"{source}#0", source, "", message.text, origin=Origin.SYSTEM)


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

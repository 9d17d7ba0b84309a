"""A packet as text, for desks that show tickets and notes. Pure; placeholders only."""

from collections.abc import Iterator, Mapping
from typing import Any

from proxy.records.views import shortened

LIMIT = 20_000
"""Characters of a note; desks take about three times as many."""
_MESSAGE = 2000
_MESSAGES = 30
_CLAIMS = 20
_QUOTE = 300


def subject(packet: Mapping[str, Any]) -> str:
    """Return one line without anything that the customer said."""
    trigger, routing = packet.get("trigger", {}), packet.get("routing", {})
    queue = routing.get("queue_id") or routing.get("owner") or "support"
    about = packet.get("intent", {}).get("label")
    reason = str(trigger.get("reason_code", "handoff")).replace("_", " ")
    return shortened(f"[{queue}] {about}: {reason}" if about else f"[{queue}] {reason}", 150)


def reference(handoff_id: str) -> str:
    """Return the first line of a note, by which it is recognised."""
    return f"Handrail handoff {handoff_id}"


def note(packet: Mapping[str, Any], limit: int = LIMIT) -> str:
    """Tell what happened: why, what was withheld, what supports it, what was said."""
    return shortened("\n".join(_lines(packet)), limit)


def _lines(packet: Mapping[str, Any]) -> Iterator[str]:
    conversation, trigger = packet.get("conversation", {}), packet.get("trigger", {})
    yield reference(str(packet.get("handoff_id", "")))
    yield f"Reason: {trigger.get('reason_code')} ({trigger.get('detail') or 'no detail'})"
    due = packet.get("routing", {}).get("sla", {}).get("first_response_due_at")
    if due:
        yield f"First response due: {due}"
    if "customer" in packet:
        yield f"Customer: {packet['customer'].get('ref')}"
    yield f"Conversation: {conversation.get('id')}"
    yield f"Record: {packet.get('result_id')}"
    yield from _section("Summary", [conversation.get("summary") or ""])
    yield from _section("Withheld draft", _draft(packet.get("draft")))
    yield from _section("Claims", map(_claim, packet.get("claims", [])[:_CLAIMS]))
    messages = conversation.get("messages", [])[-_MESSAGES:]
    yield from _section("Conversation, newest last", map(_message, messages))


def _section(title: str, lines: Any) -> Iterator[str]:  # noqa: ANN401 - any iterable of lines
    written = [line for line in lines if line]
    if written:
        yield from ("", f"{title}:", *written)


def _draft(draft: Mapping[str, Any] | None) -> Iterator[str]:
    if draft is None:
        return
    yield str(draft.get("text") or "")
    if draft.get("released_text"):
        yield f"The customer has already seen: {draft['released_text']}"


def _claim(claim: Mapping[str, Any]) -> str:
    line = f"- {claim.get('verdict')}: {shortened(str(claim.get('text')), _QUOTE)}"
    quotes = [
        f"  {e.get('title') or e.get('source_id')}: {shortened(str(e.get('quote')), _QUOTE)}"
        for e in claim.get("evidence", [])[:1]
    ]
    return "\n".join([line, *quotes])


def _message(message: Mapping[str, Any]) -> str:
    return f"{message.get('role')}: {shortened(str(message.get('text')), _MESSAGE)}"

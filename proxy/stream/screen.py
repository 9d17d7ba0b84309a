"""What a model's stream may hold at all, whatever it says. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from policies.findings import Finding, Reason, Severity
from policies.turn import ToolCall
from proxy.models.base import Finished, ModelEvent, RefusalDelta, TextDelta, ToolDelta

MAX_CHARACTERS = 60_000
"""Characters of one choice that are checked; no answer to a customer is longer."""
MAX_SENTENCES = 600
"""Sentences of one choice that are checked."""

_LARGEST = 2**53
"""Larger whole numbers are no token counts, and JSON writers refuse the largest."""
_KEY = re.compile(r"\w{1,64}", re.ASCII)


def asked_for(event: ModelEvent, choices: int) -> bool:
    """Tell whether an event belongs to one of the `choices` that the bot asked for."""
    match event:
        case TextDelta() | RefusalDelta() | ToolDelta() | Finished():
            return 0 <= event.choice < choices
        case _:
            return True


def offered(request: Mapping[str, Any]) -> frozenset[str]:
    """Return the names of the tools and functions of a chat completion request."""
    tools = [t.get(kind) for t in _objects(request, "tools") for kind in ("function", "custom")]
    found = [*tools, *_objects(request, "functions")]
    names = (entry.get("name") for entry in found if isinstance(entry, Mapping))
    return frozenset(name for name in names if isinstance(name, str))


def _objects(request: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    value = request.get(key)
    items = value if isinstance(value, Sequence) else ()
    return [item for item in items if isinstance(item, Mapping)]


def invented(
    calls: Sequence[ToolCall], request: Mapping[str, Any], choice: int
) -> Iterator[Finding]:
    """Yield a finding per call of a tool that the request does not offer."""
    known = offered(request) if calls else frozenset()
    for call in calls:
        if call.name not in known:
            reason = "the model called a tool that the bot does not offer"
            yield _failed(Reason.CHECK_FAILED, reason, choice)


def too_long(choice: int) -> Finding:
    """Return the finding for an answer that goes on beyond what can be checked."""
    return _failed(Reason.CHECK_FAILED, "the answer is too long to be checked", choice)


def not_found(choice: int) -> Finding:
    """Return the finding for an answer that says that there is none."""
    return _failed(Reason.NOT_IN_KB, "the pages say nothing about this", choice)


def unknown_value(choice: int) -> Finding:
    """Return the finding for a tool call with a placeholder that stands for nothing."""
    reason = "a tool call holds a placeholder that stands for nothing in this conversation"
    return _failed(Reason.SENSITIVE_OUTPUT, reason, choice)


def _failed(kind: Reason, reason: str, choice: int) -> Finding:
    return Finding(check="gate", kind=kind, severity=Severity.FAIL, reason=reason, choice=choice)


def counts(usage: Mapping[str, Any]) -> dict[str, Any]:
    """Return the numbers of a provider's `usage`, and of the objects in it, one level deep.

    Nothing else leaves: this object is text that no check has seen.
    """
    kept = _numbers(usage)
    for key, value in usage.items():
        if _is_key(key) and isinstance(value, Mapping):
            kept[key] = _numbers(value)
    return kept


def _numbers(values: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in values.items() if _is_key(k) and _is_number(v)}


def _is_key(key: object) -> bool:
    return isinstance(key, str) and _KEY.fullmatch(key) is not None


def _is_number(value: object) -> bool:
    # No NaN is smaller than anything.
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= _LARGEST

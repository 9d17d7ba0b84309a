"""Every text of a request, taken out for redaction and put back. Pure."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from proxy.wire.request import Received
from proxy.wire.walk import Joint, TextMap, map_request, map_strings

_PLACEHOLDER = re.compile(r"\[[A-Z][A-Z0-9_]*_[a-z2-7]{4,}\]")
_OF_OTHERS = frozenset({"system", "developer", "tool", "function"})


@dataclass(slots=True)
class Texts:
    """The texts of one request in the order of the walk."""

    texts: list[str] = field(default_factory=list, repr=False)
    together: list[list[int]] = field(default_factory=list)
    """Indices of texts that are read as one: the parts of one message."""

    @classmethod
    def of(cls, received: Received, scope: Mapping[str, str]) -> "Texts":
        """Collect them all."""
        made = cls()
        walk(received, scope, made._take, made._joint)
        return made

    @property
    def characters(self) -> int:
        """Characters of all texts."""
        return sum(map(len, self.texts))

    def _take(self, text: str) -> str:
        self.texts.append(text)
        return text

    @contextmanager
    def _joint(self) -> Iterator[None]:
        first = len(self.texts)
        yield
        group = [n for n in range(first, len(self.texts)) if self.texts[n]]
        if len(group) > 1:
            self.together.append(group)


def walk(
    received: Received, scope: Mapping[str, str], change: TextMap, joint: Joint = nullcontext
) -> tuple[Received, dict[str, str]]:
    """Map every text of a request and of its scope, always in the same order."""

    def maybe(text: str | None) -> str | None:
        return None if text is None else change(text)

    done = Received(
        body=map_request(received.body, change, joint),
        context=map_strings(received.context, change),
        account=map_strings(received.account, change),
        conversation_id=maybe(received.conversation_id),
        customer_ref=maybe(received.customer_ref),
    )
    return done, map_strings(dict(scope), change)


def own_placeholders(clean: Received) -> frozenset[str]:
    """Return the placeholders of what the customer said, was told, or is.

    That is what stands in messages of customer and assistant, in the account facts, and in
    the ids of the request. What stands only in the bot's prompt, in tool calls and their
    results, or in the context may be about other people.
    """
    body = {name: value for name, value in clean.body.items() if name != "messages"}
    said = [
        message.get("content")
        for message in clean.body.get("messages") or ()
        if isinstance(message, Mapping) and message.get("role") not in _OF_OTHERS
    ]
    ids = (clean.conversation_id, clean.customer_ref)
    named = {name: body.get(name) for name in ("user", "metadata", "safety_identifier")}
    return frozenset(_PLACEHOLDER.findall(_text([said, clean.account, ids, named])))


def _text(value: Any) -> str:  # noqa: ANN401 - any JSON
    return json.dumps(value, ensure_ascii=False)

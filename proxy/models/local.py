"""What the models without a provider share: reading the question, giving a whole text."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from proxy.models.base import Finished, ModelEvent, TextDelta

_CHARACTERS_PER_TOKEN = 4


def text_of(content: object) -> str:
    """Return the text of a message's `content`: a string or a list of parts."""
    if isinstance(content, str):
        return content
    if not isinstance(content, Sequence):
        return ""
    parts = (part.get("text") for part in content if isinstance(part, Mapping))
    return "\n".join(part for part in parts if isinstance(part, str))


def question_of(request: Mapping[str, Any]) -> str:
    """Return the text of the last user message; empty if there is none."""
    messages = request.get("messages")
    for message in reversed(messages if isinstance(messages, Sequence) else ()):
        if isinstance(message, Mapping) and message.get("role") == "user":
            return text_of(message.get("content"))
    return ""


def choices_of(request: Mapping[str, Any]) -> int:
    """Return how many choices the bot asked for, at least one."""
    n = request.get("n")
    return n if isinstance(n, int) and n > 0 else 1


def written(text: str, choice: int, chunk: int = 0) -> Iterator[ModelEvent]:
    """Yield `text` in pieces of `chunk` characters (0: at once), then the end."""
    size = chunk or max(1, len(text))
    for start in range(0, len(text), size):
        yield TextDelta(choice, text[start : start + size])
    yield Finished(choice, "stop")


def estimated_usage(prompt: str, completion: str) -> dict[str, int]:
    """Return `usage` for a model that has no tokenizer: four characters a token."""
    counts = [math.ceil(len(text) / _CHARACTERS_PER_TOKEN) for text in (prompt, completion)]
    return {
        "prompt_tokens": counts[0],
        "completion_tokens": counts[1],
        "total_tokens": sum(counts),
    }

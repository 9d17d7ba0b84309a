"""A Responses request, as the chat completion request that the pipeline serves. Pure.

Every field is either translated or refused by name: one that went along unread could
switch on something that no check sees.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from policies.errors import RequestError
from proxy.wire.responses_items import messages_of, unsupported
from proxy.wire.responses_tools import format_of, tool_choice_of, tools_of

_MAX_NAME = 100
_AS_IT_IS = (
    *("model", "stream", "metadata", "handrail", "temperature", "top_p", "user"),
    *("safety_identifier", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention"),
    "service_tier",
)
_TRANSLATED = (
    *("input", "instructions", "max_output_tokens", "parallel_tool_calls", "reasoning", "text"),
    *("tools", "tool_choice"),
)
_OWN = ("previous_response_id", "store", "stream_options")
_REFUSED = {
    "background": "answers can't be fetched later; leave it out, and stream if an answer is long",
    "conversation": "conversations at a provider can't be checked; use previous_response_id",
    "prompt": "prompts stored at a provider can't be checked; send instructions and input",
    "include": "no such further output leaves: what a model thinks and what hosted tools found "
    "can't be checked; leave it out",
    "context_management": "nothing is compacted here; send shorter input",
    "moderation": "use POST /v1/moderations",
    "max_tool_calls": "it limits hosted tools, which are not supported; leave it out",
    "top_logprobs": "an answer may differ from the model's tokens, so there are none; leave it out",
}
_ECHOED = (
    *("instructions", "max_output_tokens", "temperature", "top_p", "previous_response_id"),
    "reasoning",
)
_ECHOED_IF_SENT = ("user", "safety_identifier", "prompt_cache_key", "service_tier")


@dataclass(frozen=True, slots=True)
class Asked:
    """A Responses request as read."""

    fields: dict[str, Any]
    """The chat completion request without its messages."""
    instructions: str | None
    messages: list[dict[str, Any]]
    """What `input` holds."""
    previous: str | None
    store: bool
    echo: dict[str, Any]
    """What the response repeats of the request."""

    def chat(self, history: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
        """Return the chat completion request; `history` comes before the input."""
        said = [] if self.instructions is None else [_system(self.instructions)]
        return {**self.fields, "messages": [*said, *history, *self.messages]}


def _system(text: str) -> dict[str, Any]:
    # Not `developer`: most servers that speak chat completions know only this role.
    return {"role": "system", "content": text}


def read_request(body: dict[str, Any]) -> Asked:
    """Read a parsed body. Raises `RequestError` 400 that names the field, never its text."""
    _refuse(body)
    tools = tools_of(body.get("tools"))
    fields = {key: body[key] for key in _AS_IT_IS if body.get(key) is not None}
    fields |= format_of(body.get("text")) | _reasoning(body.get("reasoning"))
    if (most := body.get("max_output_tokens")) is not None:
        if isinstance(most, bool) or not isinstance(most, int):
            raise _wrong("max_output_tokens", "must be a whole number")
        fields["max_completion_tokens"] = most
    choice = tool_choice_of(body.get("tool_choice"))
    if tools:
        # Without tools, providers refuse what is about them.
        fields["tools"] = tools
        more = {"tool_choice": choice, "parallel_tool_calls": body.get("parallel_tool_calls")}
        fields |= {key: value for key, value in more.items() if value is not None}
    if body.get("input") is None:
        raise _wrong("input", "is required: a string or a list of items")
    return Asked(
        fields=fields,
        instructions=_typed(body, "instructions", str, "a string"),
        messages=messages_of(body["input"]),
        previous=_typed(body, "previous_response_id", str, "a string"),
        store=_typed(body, "store", bool, "true or false") is not False,
        echo=_echo(body),
    )


def _refuse(body: dict[str, Any]) -> None:
    for key, why in _REFUSED.items():
        if body.get(key):
            raise unsupported(key, f"not supported: {why}")
    if body.get("truncation") not in (None, "disabled"):
        raise unsupported("truncation", 'only "disabled": nothing is left out of the input unseen')
    _typed(body, "stream_options", dict, "an object")
    known = {*_AS_IT_IS, *_TRANSLATED, *_OWN, *_REFUSED, "truncation"}
    if unknown := sorted(set(body) - known):
        name = unknown[0][:_MAX_NAME]
        why = (
            "no field of /v1/responses that is known here; /v1/chat/completions forwards any field"
        )
        raise unsupported(name, why)


def _reasoning(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _wrong("reasoning", "must be an object")
    for key in sorted(set(value) - {"effort"}):
        if value[key] is not None:
            why = "what a model thinks is not checked, so it does not leave; only effort is taken"
            raise unsupported(f"reasoning.{key[:_MAX_NAME]}", why)
    effort = value.get("effort")
    return {} if effort is None else {"reasoning_effort": effort}


def _typed(body: dict[str, Any], key: str, kind: type, name: str) -> Any:  # noqa: ANN401 - `kind` says
    value = body.get(key)
    if value is not None and not isinstance(value, kind):
        raise _wrong(key, f"must be {name}")
    return value


def _echo(body: dict[str, Any]) -> dict[str, Any]:
    """Return what the bot's own request says, with OpenAI's defaults."""
    text = body.get("text") or {}
    known: dict[str, Callable[[], Any]] = {
        "metadata": dict,
        "tools": list,
        "tool_choice": lambda: "auto",
        "parallel_tool_calls": lambda: True,
    }
    found: dict[str, Any] = {key: body.get(key) for key in _ECHOED}
    found |= {key: body[key] for key in _ECHOED_IF_SENT if body.get(key) is not None}
    found |= {k: body[k] if body.get(k) is not None else make() for k, make in known.items()}
    found["tools"] = [_shown(tool) for tool in found["tools"]]
    found["text"] = {**text, "format": text.get("format") or {"type": "text"}}
    return {**found, "truncation": "disabled", "background": False}


def kept_echo(request: Mapping[str, Any], previous: str | None) -> dict[str, Any]:
    """Return what a kept response repeats of a redacted request: no prompt, no definitions."""
    return {
        **_echo({}),
        "metadata": request.get("metadata") or {},
        "previous_response_id": previous,
    }


def _shown(tool: dict[str, Any]) -> dict[str, Any]:
    return {"strict": None, "parameters": None, **tool} if tool["type"] == "function" else tool


def _wrong(param: str, why: str) -> RequestError:
    return RequestError(f"{param} {why}.", param=param)

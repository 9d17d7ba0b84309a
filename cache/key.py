"""From a turn to the key of its answer. Pure."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from cache.base import CacheKey
from cache.normalise import normalise
from cache.rules import lookup_allowed, storable
from policies.knowledge import Audience
from policies.turn import Turn

__all__ = ["key_for", "lookup_allowed", "normalise", "storable"]

_NOT_SHAPING = frozenset(
    {
        "model",  # the key's `alias`
        "messages",  # taken apart below
        "stream",
        "stream_options",
        "metadata",
        "user",
        "safety_identifier",
        "prompt_cache_key",
        "prompt_cache_options",
        "prompt_cache_retention",
        "service_tier",
        "store",
    }
)
"""Request fields that leave the words of an answer alone; any other is part of the key."""


def key_for(turn: Turn) -> CacheKey:
    """Return the key of a turn for which `lookup_allowed` has no objection.

    The configuration's hash is part of it: an answer that passed weaker checks is not
    given again under stricter ones.
    """
    return CacheKey(
        tenant=turn.caller.tenant,
        policy=f"{turn.policy.id}@{turn.policy.version}+{turn.config_hash}",
        tier=turn.policy.rule(turn.intent).tier or "",
        locale=_plain((turn.locale or "").replace("_", "-").casefold()),
        scope=_canonical({name: value.casefold() for name, value in turn.scope.items()}),
        audience=Audience.CUSTOMER.value,
        intent=turn.intent or "",
        alias=_plain(turn.alias),
        prompt=_prompt(turn.request),
        question=normalise(turn.question),
    )


def _prompt(request: Mapping[str, Any]) -> str:
    """Hash everything that shapes an answer but the customer's own words."""
    shaping = {name: value for name, value in request.items() if name not in _NOT_SHAPING}
    around = [_frame(message) for message in request.get("messages") or ()]
    return hashlib.sha256(_canonical([shaping, around]).encode()).hexdigest()


def _frame(message: Mapping[str, Any]) -> dict[str, Any]:
    if message.get("role") != "user":
        return dict(message)
    return {name: value for name, value in message.items() if name != "content"}


def _canonical(value: object) -> str:
    """Equal values, equal text; mappings of any kind are written as objects."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=_as_dict)


def _as_dict(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    msg = f"a request holds a {type(value).__name__}, which is not JSON"
    raise TypeError(msg)


def _plain(text: str) -> str:
    """Escape control characters, so that no field can reach into the next."""
    return json.dumps(text)[1:-1]

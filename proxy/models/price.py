"""What an answer cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens."""

    input: float
    output: float
    cached_input: float | None = None
    """For prompt tokens that the provider had cached; as `input` where absent."""


def cost_usd(usage: Mapping[str, Any], price: Price | None) -> float | None:
    """Return the cost of `usage` (OpenAI's shape) in US dollars, None if it is unknown.

    Reasoning tokens are part of `completion_tokens`, cached ones of `prompt_tokens`.
    """
    if price is None or not usage:
        return None
    prompt = _count(usage, "prompt_tokens")
    details = usage.get("prompt_tokens_details")
    cached = min(prompt, _count(details if isinstance(details, Mapping) else {}, "cached_tokens"))
    cached_price = price.input if price.cached_input is None else price.cached_input
    dollars = (prompt - cached) * price.input + cached * cached_price
    return (dollars + _count(usage, "completion_tokens") * price.output) / _MILLION


def _count(usage: Mapping[str, Any], key: str) -> int:
    value = usage.get(key)
    return max(0, value) if isinstance(value, int) else 0

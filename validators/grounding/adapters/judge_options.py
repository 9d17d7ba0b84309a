"""The option `judge` of the grounding check: what may be written, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from validators.budget import Limits

_USD = ("usd_per_hour", "usd_per_day")
_TOKENS = ("tokens_per_hour", "tokens_per_day")
_PLAIN = ("tier", "low", "high", "max_calls", "timeout_ms", "accuracy", "parameters")
KNOWN = (*_PLAIN, *_USD, *_TOKENS)
_PARAMETERS = (
    *("temperature", "top_p", "seed", "max_tokens", "max_completion_tokens"),
    "reasoning_effort",
)
_LENGTHS = ("max_tokens", "max_completion_tokens")
_MOST_CALLS = 64
_DEFAULTS: Mapping[str, float | str] = MappingProxyType({"temperature": 0, "max_tokens": 16})


@dataclass(frozen=True, slots=True)
class JudgeOptions:
    """How a judge is asked."""

    tier: str
    """A tier of config.toml that holds a language model."""
    low: float = 0.35
    high: float = 0.85
    """Claims with a probability from `low` to `high` are doubtful: only they are asked about."""
    max_calls: int = 4
    """Calls per answer."""
    timeout_ms: float = 1500
    """For one call; the calls about one sentence run together."""
    accuracy: float = 0.9
    """How often the judge is right: how much its opinion weighs."""
    limits: Limits = field(default_factory=Limits)
    parameters: Mapping[str, float | str] = field(default_factory=lambda: _DEFAULTS)
    """Fields of the request to the model."""

    @property
    def answer_tokens(self) -> int:
        """The most tokens that an answer may have."""
        return int(max(float(self.parameters[k]) for k in _LENGTHS if k in self.parameters))


def judge_options(given: object) -> JudgeOptions:
    """Read the table `judge`. Raises `ValueError` that says what to write instead."""
    if not isinstance(given, Mapping):
        raise ValueError('judge must be a table such as { tier = "standard", usd_per_day = 2 }')  # noqa: TRY004 - one kind of error for every bad option
    unknown = sorted(str(key) for key in given if key not in KNOWN)
    if unknown:
        raise ValueError(f"unknown option judge.{unknown[0]}; known: {', '.join(KNOWN)}")
    tier = given.get("tier")
    if not isinstance(tier, str) or not tier:
        raise ValueError("judge.tier must name a tier of config.toml")
    low = _number(given, "low", 0.35, 0, 1)
    high = _number(given, "high", 0.85, 0, 1)
    if low >= high:
        raise ValueError("judge.low must be below judge.high: between them claims are doubtful")
    return JudgeOptions(
        tier=tier,
        low=low,
        high=high,
        max_calls=_whole(given, "max_calls", 4, _MOST_CALLS),
        timeout_ms=_number(given, "timeout_ms", 1500, 1, 60_000),
        accuracy=_number(given, "accuracy", 0.9, 0.51, 0.99),
        limits=Limits(
            usd_per_hour=_limit(given, "usd_per_hour"),
            usd_per_day=_limit(given, "usd_per_day"),
            tokens_per_hour=_tokens(given, "tokens_per_hour"),
            tokens_per_day=_tokens(given, "tokens_per_day"),
        ),
        parameters=_parameters(given.get("parameters", _DEFAULTS)),
    )


def _number(
    given: Mapping[str, object], key: str, default: float, least: float, most: float
) -> float:
    value = given.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise ValueError(f"judge.{key} must be a number from {least:g} to {most:g}")
    return value


def _whole(given: Mapping[str, object], key: str, default: int, most: int) -> int:
    value = given.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise ValueError(f"judge.{key} must be a whole number from 1 to {most}")
    return value


def _limit(given: Mapping[str, object], key: str) -> float | None:
    if key not in given:
        return None
    value = _number(given, key, 0, 0, 1e9)
    if not value:
        raise ValueError(f"judge.{key} must be above 0; leave `judge` out to ask no model")
    return value


def _tokens(given: Mapping[str, object], key: str) -> int | None:
    return _whole(given, key, 1, 10**12) if key in given else None


def _parameters(given: object) -> Mapping[str, float | str]:
    if not isinstance(given, Mapping):
        raise ValueError("judge.parameters must be a table such as { max_tokens = 16 }")  # noqa: TRY004 - see above
    kept: dict[str, float | str] = {}
    for key, value in given.items():
        if key not in _PARAMETERS:
            known = ", ".join(_PARAMETERS)
            raise ValueError(f"unknown option judge.parameters.{key}; known: {known}")
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError(f"judge.parameters.{key} must be a number or a text")  # noqa: TRY004 - see above
        kept[key] = value
    lengths = [kept[key] for key in _LENGTHS if key in kept]
    if not lengths or not all(isinstance(n, int) and n > 0 for n in lengths):
        raise ValueError("judge.parameters needs max_tokens (or max_completion_tokens), above 0")
    return kept

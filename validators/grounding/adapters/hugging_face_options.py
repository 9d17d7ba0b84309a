"""The table `second_opinion` of the grounding check, and which label means support."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

KNOWN = (
    *("model", "kind", "supported", "order", "template", "max_tokens", "batch", "timeout_ms"),
    *("weights", "aggregate", "revision", "download", "device"),
)
_MEANS_SUPPORT = re.compile(
    r"entail(?:s|ed|ment)?|support(?:s|ed)?|consistent|grounded|faithful|factual|correct",
    re.IGNORECASE,
)
_HIGH, _LOW = "high", "low"


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """Which model reads, and how."""

    model: str
    """A folder, or a name on the hub."""
    kind: Literal["cross_encoder", "token_classifier"] = "cross_encoder"
    supported: tuple[str, ...] = ()
    """Labels that mean support; for a model with one label `high` or `low`."""
    order: Literal["evidence_claim", "claim_evidence"] = "evidence_claim"
    template: str = "{evidence}"
    """With {claim}: one text. Without: how the evidence reads that is paired with the claim."""
    max_tokens: int = 512
    batch: int = 8
    timeout_ms: float = 1500
    weights: tuple[float, float, float] = (0.5, 0.5, 0.0)
    """Of the rules' log odds, of the model's, and what is added."""
    aggregate: Literal["max", "share"] = "max"
    """Token classifiers: the worst token decides, or the share of supported tokens."""
    revision: str | None = None
    """Commit of a model on the hub, so that it can't change behind your back."""
    download: bool = False
    """Whether the hub may be asked; otherwise only what is on this machine is used."""
    device: str = "cpu"

    @classmethod
    def read(cls, given: Mapping[str, object]) -> "ModelOptions":
        """Read the table. Raises `ValueError` that says what to write instead."""
        unknown = sorted(str(key) for key in given if key not in KNOWN)
        if unknown:
            known = ", ".join(KNOWN)
            raise ValueError(f"unknown option second_opinion.{unknown[0]}; known: {known}")
        kind = _one_of(given, "kind", ("cross_encoder", "token_classifier"))
        template = _text(given, "template", "{evidence}")
        if template.count("{evidence}") != 1 or template.count("{claim}") > 1:
            raise ValueError(
                "second_opinion.template holds {evidence} once and {claim} at most once"
            )
        order = _one_of(given, "order", ("evidence_claim", "claim_evidence"))
        if kind == "token_classifier" and order == "claim_evidence" and "{claim}" not in template:
            raise ValueError("second_opinion.order: a token classifier reads the claim last")
        revision = _text(given, "revision", "")
        return cls(
            model=_text(given, "model", ""),
            kind=cast("Literal['cross_encoder', 'token_classifier']", kind),
            supported=_labels(given.get("supported", ())),
            order=cast("Literal['evidence_claim', 'claim_evidence']", order),
            template=template,
            max_tokens=int(_number(given, "max_tokens", 512, 32, 32_768)),
            batch=int(_number(given, "batch", 8, 1, 256)),
            timeout_ms=_number(given, "timeout_ms", 1500, 1, 60_000),
            weights=_weights(given.get("weights", (0.5, 0.5, 0.0))),
            aggregate=cast(
                "Literal['max', 'share']", _one_of(given, "aggregate", ("max", "share"))
            ),
            revision=revision or None,
            download=_flag(given, "download"),
            device=_text(given, "device", "cpu"),
        )


def wanted_labels(options: ModelOptions, labels: Sequence[str]) -> frozenset[int]:
    """Return the indices of the labels that mean support.

    For a model with one label: its index if a high value means support, nothing if a low
    one does. Raises `ValueError` where the names leave a doubt: a guardrail that reads a
    label the wrong way round is worse than none.
    """
    if len(labels) == 1:
        if options.supported not in ((), (_HIGH,), (_LOW,)):
            raise ValueError(
                'second_opinion.supported is "high" or "low" for a model with one label'
            )
        return frozenset() if options.supported == (_LOW,) else frozenset({0})
    listed = ", ".join(labels)
    if options.supported:
        unknown = [name for name in options.supported if name not in labels]
        if unknown:
            raise ValueError(
                f"second_opinion.supported: no label {unknown[0]!r}; the model has: {listed}"
            )
        found = frozenset(n for n, name in enumerate(labels) if name in options.supported)
    else:
        found = frozenset(n for n, name in enumerate(labels) if _MEANS_SUPPORT.fullmatch(name))
    if not found or len(found) == len(labels):
        raise ValueError(
            f"second_opinion.supported must name the labels that mean support: {listed}"
        )
    return found


def _labels(given: object) -> tuple[str, ...]:
    names = (given,) if isinstance(given, str) else given
    if isinstance(names, list | tuple) and all(isinstance(n, str) and n for n in names):
        return tuple(names)
    raise ValueError("second_opinion.supported must be the name of a label, or a list of names")


def _weights(given: object) -> tuple[float, float, float]:
    match given:
        case [int() | float() as ours, int() | float() as theirs, int() | float() as shift] if (
            ours >= 0 and theirs >= 0 and ours + theirs > 0
        ):
            return float(ours), float(theirs), float(shift)
        case _:
            raise ValueError(
                "second_opinion.weights must be three numbers: for the rules, for the model"
                " (neither below 0), and what is added, such as [0.5, 0.5, 0.0]"
            )


def _text(given: Mapping[str, object], key: str, default: str) -> str:
    value = given.get(key, default)
    if not isinstance(value, str) or (not value and key != "revision"):
        raise ValueError(f"second_opinion.{key} must be a text")
    return value


def _one_of(given: Mapping[str, object], key: str, known: tuple[str, ...]) -> str:
    value = given.get(key, known[0])
    if not isinstance(value, str) or value not in known:
        raise ValueError(f"second_opinion.{key} must be one of {', '.join(known)}")
    return value


def _number(
    given: Mapping[str, object], key: str, default: float, least: float, most: float
) -> float:
    value = given.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise ValueError(f"second_opinion.{key} must be a number from {least:g} to {most:g}")
    return value


def _flag(given: Mapping[str, object], key: str) -> bool:
    value = given.get(key, False)
    if not isinstance(value, bool):
        raise ValueError(f"second_opinion.{key} must be true or false")  # noqa: TRY004 - one kind of error for every bad option
    return value

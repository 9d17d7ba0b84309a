"""Weights that turn a comparison into a probability, and what each weighed."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from policies.errors import ConfigError, Problem

_ASPECTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("date", ("date_",)),
    ("number", ("value_", "count_", "bound_")),
    (
        "negation",
        (
            *("polarity", "both_negation", "add_negation", "drop_negation", "antonym"),
            "cell_conflicts",
        ),
    ),
    ("product", ("name_", "sibling")),
    (
        "condition",
        (
            "condition_",
            "drop_condition",
            "drop_exception",
            "drop_only",
            "drop_must",
            "add_condition",
            "add_exception",
            "add_only",
            "only_lost",
        ),
    ),
    (
        "quantifier",
        (
            "add_universal",
            "drop_partial",
            "add_partial",
            "drop_universal",
            "widened",
            *("new_universal", "new_each"),
        ),
    ),
    (
        "modality",
        (
            "add_certain",
            "drop_hedge",
            "add_must",
            "add_may",
            "add_future",
            "add_automatic",
            "drop_may",
            "add_hedge",
            *("add_prompt", "new_prompt", "new_certain"),
        ),
    ),
    ("actor", ("actor",)),
    ("benefit", ("add_bonus", "add_free", "drop_free", "drop_bonus")),
    ("order", ("add_before", "add_after", "drop_before", "drop_after", "add_sequence")),
    ("promise", ("promise_",)),
    (
        "absent",
        (
            *("novel", "coverage", "fit", "off_topic", "unmatched", "backed", "invented"),
            *("scattered", "phrases", "definition", "reply"),
        ),
    ),
)


_SURE = 1e-4


@dataclass(frozen=True, slots=True)
class Rules:
    """A logistic model over the features of a comparison."""

    intercept: float
    weights: Mapping[str, float]
    means: Mapping[str, float]
    """Value of each feature in a typical supported claim: what is above it stands out."""
    slope: float = 1.0
    shift: float = 0.0
    """Linear calibration of the log odds (Platt 1999)."""
    slope_low: float | None = None
    """The slope below even odds: a paraphrase looks as foreign to words as an invention."""
    second: tuple[float, float, float] = (0.5, 0.5, 0.0)
    """Weights of the rules' and a second reader's log odds, and what is added."""

    def probability(self, features: Mapping[str, float]) -> float:
        """Return the probability that the evidence supports the claim."""
        odds = self.intercept + sum(
            weight * features.get(name, 0.0) for name, weight in self.weights.items()
        )
        slope = self.slope if odds > 0 or self.slope_low is None else self.slope_low
        return _sigmoid(slope * odds + self.shift)

    def combined(self, rules: float, second: float) -> float:
        """Return the probability of support given those of the rules and of a second reader.

        A logistic model over both log odds (Genest and Zidek 1986, "Combining probability
        distributions: a critique and an annotated bibliography").
        """
        ours, theirs, shift = self.second
        return _sigmoid(ours * _odds(rules) + theirs * _odds(second) + shift)

    def aspect(self, features: Mapping[str, float]) -> str:
        """Name the group of features that speaks most against the claim."""
        against = {
            name: sum(
                min(0.0, self.weights.get(f, 0.0) * (value - self.means.get(f, 0.0)))
                for f, value in features.items()
                if f.startswith(prefixes)
            )
            for name, prefixes in _ASPECTS
        }
        return min(against, key=lambda name: against[name])


def load(file: Traversable | None = None) -> Rules:
    """Read the weights shipped with the package, or those of another file.

    Raises `ConfigError` for a missing or damaged file.
    """
    source = file or files(__package__).joinpath("rules.json")
    try:
        return _read(json.loads(source.read_text("utf-8")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        text = (
            f"the weights of the grounding rules can't be read ({type(error).__name__}); "
            "reinstall Handrail, the file comes with it"
        )
        raise ConfigError(Problem(str(source), None, "", text)) from None


def _read(data: Mapping[str, Any]) -> Rules:
    ours, theirs, shift = data["second"]
    return Rules(
        float(data["intercept"]),
        {name: float(weight) for name, weight in data["weights"].items()},
        {name: float(mean) for name, mean in data["means"].items()},
        float(data["slope"]),
        float(data["shift"]),
        float(data["slope_low"]),
        (float(ours), float(theirs), float(shift)),
    )


def _sigmoid(odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, odds))))


def _odds(probability: float) -> float:
    p = min(1 - _SURE, max(_SURE, probability))
    return math.log(p / (1 - p))

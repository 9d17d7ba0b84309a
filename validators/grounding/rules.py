"""Weights that turn a comparison into a probability, and what each weighed."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

_ASPECTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("date", ("date_",)),
    ("number", ("value_", "count_", "bound_")),
    ("negation", ("polarity", "both_negation", "add_negation", "drop_negation", "antonym")),
    ("product", ("name_",)),
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
        ),
    ),
    ("quantifier", ("add_universal", "drop_partial", "add_partial", "drop_universal", "widened")),
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
        ),
    ),
    ("actor", ("actor",)),
    ("benefit", ("add_bonus", "add_free", "drop_free", "drop_bonus")),
    ("order", ("add_before", "add_after", "drop_before", "drop_after", "add_sequence")),
    ("promise", ("promise_",)),
    ("absent", ("novel", "coverage", "fit", "off_topic", "unmatched")),
)


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

    def probability(self, features: Mapping[str, float]) -> float:
        """Return the probability that the evidence supports the claim."""
        odds = self.intercept + sum(
            weight * features.get(name, 0.0) for name, weight in self.weights.items()
        )
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, self.slope * odds + self.shift))))

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


def load() -> Rules:
    """Read the weights shipped with the package."""
    data = json.loads(files(__package__).joinpath("rules.json").read_text("utf-8"))
    return Rules(data["intercept"], data["weights"], data["means"], data["slope"], data["shift"])

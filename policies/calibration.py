"""From the scores of an answer's claims to one probability that the whole is supported.

A map has few parameters and can't do what would be unsafe: a further claim never raises
the result, and neither does a lower score, whatever the file says.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
from pydantic import Field

from policies.errors import ConfigError, Problem
from policies.strict import Strict, parse

SURE = 1e-4
"""Scores are read as no surer than this, on both sides: log odds stay finite."""
_MOST = 30.0
_LARGEST = 100.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """A monotone map from claim scores to a probability.

    Log odds are `for_support * ln p - against * ln(1 - p) + shift` of the weakest claim's
    score p (Kull, Silva Filho and Flach, "Beta calibration", AISTATS 2017), less `second`
    times the doubt about the second weakest claim, less `count` times the logarithm of
    the number of claims, plus the shift of the intent. Weights are never negative.
    """

    label: str
    """What it was fitted on, when, on how many answers: shown wherever it is used."""
    for_support: float = 1.0
    against: float = 1.0
    shift: float = 0.0
    second: float = 0.0
    count: float = 0.0
    intents: Mapping[str, float] = field(default_factory=dict)
    """Shift of the log odds by intent; 0 where absent."""

    def __post_init__(self) -> None:
        """Refuse weights that would reward a doubtful or a further claim."""
        for name in ("for_support", "against", "second", "count"):
            value = getattr(self, name)
            if not 0 <= value <= _LARGEST:
                message = f"{name} must be a number from 0 to {_LARGEST:g}, got {value!r}"
                raise ValueError(message)
        if not all(abs(shift) <= _LARGEST for shift in (self.shift, *self.intents.values())):
            message = f"shifts must be numbers from -{_LARGEST:g} to {_LARGEST:g}"
            raise ValueError(message)

    @property
    def is_identity(self) -> bool:
        """Tell whether the weakest claim's score is the result as it is."""
        return self == Calibration(self.label)

    def probability(self, scores: Sequence[float], intent: str | None = None) -> float:
        """Return the probability that every claim is supported, 0..1.

        `scores` are the claims' probabilities, 0..1, at least one. A score of 0 gives 0:
        what certainly fails is not rescued by any shift. Raises `ValueError` without scores.
        """
        weakest, *others = sorted(scores)
        if weakest <= 0 or self.is_identity:
            return max(0.0, weakest)
        p = min(1 - SURE, max(SURE, weakest))
        odds = self.for_support * math.log(p) - self.against * math.log1p(-p) + self.shift
        odds += self.intents.get(intent or "", 0.0)
        odds -= self.second * doubt(others) + self.count * math.log(len(scores))
        return 1 / (1 + math.exp(-max(-_MOST, min(_MOST, odds))))


def doubt(others: Sequence[float]) -> float:
    """Return how doubtful the second weakest claim is, 0..1; 0 if there is none."""
    return 1 - min(others) if others else 0.0


IDENTITY = Calibration("none: the weakest claim's score, as the check gives it")


_Weight = Annotated[float, Field(ge=0, le=_LARGEST)]
_Shift = Annotated[float, Field(ge=-_LARGEST, le=_LARGEST)]


class _Written(Strict):
    version: Literal[1]
    label: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]+$", max_length=300)]
    for_support: _Weight = 1.0
    against: _Weight = 1.0
    shift: _Shift = 0.0
    second: _Weight = 0.0
    count: _Weight = 0.0
    intents: dict[str, _Shift] = Field(default_factory=dict)


def load_calibration(path: Path) -> Calibration:
    """Read a file that `handrail calibrate` wrote. Raises `ConfigError` with every problem."""
    table = _table(path)
    written = parse(_Written, table, "", str(path))
    return Calibration(**written.model_dump(exclude={"version"}))


def calibration_text(calibration: Calibration) -> str:
    """Return the text of the file that `load_calibration` reads."""
    table = {
        "version": 1,
        "label": calibration.label,
        "for_support": calibration.for_support,
        "against": calibration.against,
        "shift": calibration.shift,
        "second": calibration.second,
        "count": calibration.count,
        "intents": dict(sorted(calibration.intents.items())),
    }
    return orjson.dumps(table, option=orjson.OPT_INDENT_2).decode() + "\n"


def _table(path: Path) -> dict[str, Any]:
    try:
        table = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        message = "there is no such file; `handrail calibrate` writes one"
        raise ConfigError(Problem(str(path), None, "", message)) from None
    except OSError as error:
        message = f"can't be read ({error.strerror}); check its permissions"
        raise ConfigError(Problem(str(path), None, "", message)) from None
    except orjson.JSONDecodeError as error:
        message = "is not valid JSON; write it anew with `handrail calibrate`"
        raise ConfigError(Problem(str(path), error.lineno, "", message)) from None
    if not isinstance(table, dict):
        message = "must be a JSON object, as `handrail calibrate` writes it"
        raise ConfigError(Problem(str(path), 1, "", message))
    return table

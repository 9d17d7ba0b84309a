"""What a judge of known accuracy would add: simulated from the labels.

The judge knows the label and says the opposite at random, as often as its accuracy leaves
room for. Which answers it is asked about is chosen from the scores alone.
"""

import random
from collections.abc import Sequence

from validators.grounding.adapters.opinion import doubt, weighed

_APART = 1_000_003
"""Keeps the lot of a judge's errors apart from the lot that breaks ties."""


def doubtful(scores: Sequence[float], *, share: float, threshold: float, seed: int) -> list[int]:
    """Return the indices of the answers to ask about: those most likely decided wrongly.

    The scores are taken as probabilities of support (see `doubt`). At most `share` (0..1) of
    all, the most doubtful first. Ties are broken by lot with `seed`, so that the order of a
    file has no say; labels have none either.
    """
    lot = random.Random(seed)  # noqa: S311 - a simulation
    drawn = [lot.random() for _ in scores]
    order = sorted(range(len(scores)), key=lambda n: (-doubt(scores[n], threshold), drawn[n]))
    return order[: int(share * len(scores) + 1e-9)]


def simulate(  # noqa: PLR0913 - one parameter per thing that is assumed
    supported: Sequence[bool],
    scores: Sequence[float],
    *,
    accuracy: float,
    share: float,
    threshold: float,
    seed: int,
) -> list[float]:
    """Return the scores after a judge was asked about the most doubtful answers.

    `supported` are the labels; `accuracy` (above 0.5, below 1) and `share` (0..1) describe
    the judge; its opinion is weighed as that of a real one. Average over several `seed`s.
    Raises `ValueError` for values out of range or lists of different length.
    """
    if len(supported) != len(scores):
        raise ValueError("there must be one score per label")
    if not 0.5 < accuracy < 1:  # noqa: PLR2004 - a coin tells nothing
        raise ValueError("accuracy must be above 0.5 and below 1, such as 0.95")
    if not 0 <= share <= 1:
        raise ValueError("share must be from 0 to 1, such as 0.3")
    asked = doubtful(scores, share=share, threshold=threshold, seed=seed)
    errs = random.Random(seed + _APART)  # noqa: S311 - a simulation
    after = list(scores)
    for n in asked:
        said = supported[n] == (errs.random() < accuracy)
        after[n] = weighed(scores[n], supported=said, accuracy=accuracy)
    return after

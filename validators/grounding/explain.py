"""Say in one sentence why a claim is not supported, and which words of which page decide it.

For a support lead who has neither the page nor the rules at hand: both sides are named.
The text of claims and passages has been redacted before, so placeholders are all that a
sentence can hold of a customer.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from validators.grounding.compare import Comparison
from validators.grounding.contrasts import TOLD, negation
from validators.grounding.kinds import Bound, Kind, Value, equal, opposed
from validators.grounding.match_values import ValueMatch
from validators.grounding.passages import Unit
from validators.grounding.wordings import page, quoted, shortened

_CLOSE = 0.3
_FLIPPED = 0.35
_CROSSED = 0.05
_SHOWN = 60
_CALENDAR = (Kind.DATE, Kind.TIME, Kind.WEEKDAY)
_VALUES = ("number", "date")
_CONTRADICTIONS = ("negation", "product", "actor")


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a claim failed."""

    contradicted: bool
    """The evidence says otherwise; False: it does not say so."""
    aspect: str
    """What differs, as in `Finding.aspect`."""
    reason: str
    """One sentence for a person."""
    unit: Unit | None = None
    """The sentence or row that decides, to be quoted first; None if no page is near."""


def explain(comparison: Comparison, aspect: str) -> Explanation:
    """Explain a failed claim; `aspect` is what weighed most against it."""
    if found := _differing(comparison):
        return Explanation(True, _kind(found.value), _values(comparison, found), found.rival_unit)
    if found := _missing(comparison):
        return Explanation(False, _kind(found.value), _lost(comparison, found), _best(comparison))
    fits = comparison.features["fit"] >= _CLOSE
    if fits and comparison.features["polarity_best"] >= _FLIPPED:
        return Explanation(True, "negation", negation(comparison), _best(comparison))
    if aspect in _VALUES and (told := next(_opposed(comparison), None)) is not None:
        return told
    tell = TOLD.get(aspect)
    if tell is None or not comparison.matches:
        return _absent(comparison, aspect)
    contradicted = fits and aspect in _CONTRADICTIONS
    return Explanation(contradicted, aspect, tell(comparison), _best(comparison))


def unbacked(claim: str) -> str:
    """Say that nothing backs a promise or a report of an action."""
    return f"The answer says {quoted(claim)}; no page, tool result or account fact backs that."


def broken_off(claim: str) -> str:
    """Say that a sentence has no end."""
    return f"The answer breaks off in the middle of a sentence: {quoted(claim)}."


def not_checkable(why: str) -> str:
    """Say that a text could not be compared; `why` is what `unreadable` returned."""
    return f"This part of the answer can't be compared with the pages: {why}."


def _best(comparison: Comparison) -> Unit | None:
    return comparison.matches[0].unit if comparison.matches else None


def _kind(value: Value) -> str:
    return "date" if value.kind in _CALENDAR else "number"


def _differing(comparison: Comparison) -> ValueMatch | None:
    rivals = [
        v
        for v in comparison.values
        if v.rival_unit is not None
        and v.rival >= _CLOSE
        and not v.derived
        and (not v.agreeing or v.agreeing < v.rival)
    ]
    return max(rivals, key=lambda v: v.rival - v.agreeing, default=None)


def _values(comparison: Comparison, found: ValueMatch) -> str:
    ours = _written(comparison.subject.claim.text, found.value)
    if found.rival_unit is None or found.rival_value is None:
        return _lost(comparison, found)
    theirs = _written(found.rival_unit.text, found.rival_value)
    return f"{page(found.rival_unit.passage)} says {theirs}, the answer says {ours}."


def _written(text: str, value: Value) -> str:
    """Write a value as the text has it, with the side that its limit is on."""
    plain = shortened(text[value.start : value.end], _SHOWN)
    bound = value.bound.value
    told = not bound or value.bound is Bound.MOST or bound in plain.casefold()
    return plain if told else f"{bound} {plain}"


def _missing(comparison: Comparison) -> ValueMatch | None:
    return next((v for v in comparison.values if not v.agreeing and not v.derived), None)


def _lost(comparison: Comparison, found: ValueMatch) -> str:
    ours = _written(comparison.subject.claim.text, found.value)
    best = _best(comparison)
    if best is None:
        return f"The answer says {ours}, and no page was found that says anything about this."
    closest = f"the closest, {page(best.passage, inside=True)}, says {quoted(best.text)}."
    return f"The answer says {ours}, and no page that was found does; {closest}"


def _opposed(comparison: Comparison) -> Iterator[Explanation]:
    """Yield equal values with opposite limits, and values that stand in each other's place."""
    claim = comparison.subject.claim
    for match in comparison.matches:
        for ours in claim.values:
            for theirs in match.unit.reading.values:
                inside = theirs.end <= len(match.unit.text)
                if inside and equal(ours, theirs) and opposed(ours, theirs):
                    said = f"{theirs.bound.value} {_plain(match.unit.text, theirs)}"
                    reason = (
                        f"{page(match.unit.passage)} says {said}, the answer says "
                        f"{ours.bound.value} {_plain(claim.text, ours)}."
                    )
                    yield Explanation(True, _kind(ours), reason, match.unit)
    swapped = [v for v in comparison.values if v.crossed - v.agreeing > _CROSSED]
    best = _best(comparison)
    if len(swapped) > 1 and best is not None:
        names = " and ".join(_plain(claim.text, v.value) for v in swapped[:2])
        reason = f"{page(best.passage)} has {names} the other way round: {quoted(best.text)}."
        yield Explanation(True, _kind(swapped[0].value), reason, best)


def _plain(text: str, value: Value) -> str:
    return shortened(text[value.start : value.end], _SHOWN)


def _absent(comparison: Comparison, aspect: str) -> Explanation:
    best = _best(comparison)
    if best is None or comparison.features["fit"] < _CLOSE:
        return Explanation(False, aspect, "No page was found that says anything about this.")
    name = page(best.passage, inside=True)
    reason = f"No page was found that says this; the closest, {name}, says {quoted(best.text)}."
    return Explanation(False, aspect, reason, best)

"""Sentences about how the wording of a claim departs from its closest sentence.

Each function takes a comparison with at least one match.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from validators.grounding.compare import Comparison
from validators.grounding.wordings import page, quoted, shortened, spelled

_SHOWN = 60
_HALF = 0.5
_ACTORS = {"you": "the customer", "we": "the company"}


def negation(comparison: Comparison) -> str:
    """Say that the page states what the answer denies, or denies what it states."""
    unit = comparison.matches[0].unit
    claim = quoted(comparison.subject.claim.text)
    return f"{page(unit.passage)} says {quoted(unit.text)}, the answer says the opposite: {claim}."


def _product(comparison: Comparison) -> str:
    unit, subject = comparison.matches[0].unit, comparison.subject
    held = unit.reading.concepts | unit.frame.concepts | unit.title.concepts
    readings = (subject.claim, subject.question, subject.recent)
    ours = next((said for r in readings if (said := spelled(r, r.names - held))), "")
    if not ours:
        return f"{page(unit.passage)} is about another product or plan than the answer."
    theirs = shortened(unit.passage.title, _SHOWN) or quoted(unit.text)
    return f"The answer speaks of {ours}, the closest page of {theirs}: {quoted(unit.text)}."


def _condition(comparison: Comparison) -> str:
    unit, subject = comparison.matches[0].unit, comparison.subject
    held = unit.reading.concepts | unit.frame.concepts | unit.title.concepts
    known = subject.sentence.concepts | subject.question.concepts | subject.recent.concepts
    theirs = _strange(unit.reading.limits, known)
    ours = _strange(subject.claim.limits, held | subject.question.concepts)
    name = page(unit.passage)
    if theirs and ours:
        return f"{name} says {quoted(theirs)}, the answer says {quoted(ours)}."
    if theirs:
        return f"{name} adds {quoted(theirs)}, which the answer leaves out."
    if ours:
        inside = page(unit.passage, inside=True)
        return f"The answer adds {quoted(ours)}, which {inside} does not say."
    return f"{name} sets other conditions than the answer: {quoted(unit.text)}."


def _strange(limits: tuple[tuple[str, frozenset[str]], ...], known: frozenset[str]) -> str:
    """Return the limiting clause of which most is unknown to the other side, if half of it is."""
    shares = [(len(concepts - known) / len(concepts), text) for text, concepts in limits]
    share, text = max(shares, default=(0.0, ""))
    return text if share >= _HALF else ""


def _quantifier(comparison: Comparison) -> str:
    features, unit = comparison.features, comparison.matches[0].unit
    narrower = features["add_partial"] or features["drop_universal"]
    wider = features["add_universal"] or features["drop_partial"] or features["widened"]
    more = "fewer" if narrower and not wider else "more"
    name = page(unit.passage, inside=True)
    return f"The answer says this of {more} cases than {name}, which says {quoted(unit.text)}."


def _modality(comparison: Comparison) -> str:
    features, unit = comparison.features, comparison.matches[0].unit
    name, quote = page(unit.passage, inside=True), quoted(unit.text)
    if features["add_must"]:
        return f"The answer makes a duty of what is none in {name}: {quote}."
    if features["add_may"] and not features["add_certain"]:
        return f"The answer offers as a choice what {name} does not: {quote}."
    if features["add_hedge"] or (features["drop_may"] and not features["add_certain"]):
        return f"The answer leaves open what {name} states: {quote}."
    return f"The answer is more certain than {name}, which says {quote}."


def _actor(comparison: Comparison) -> str:
    unit, claim = comparison.matches[0].unit, comparison.subject.claim
    theirs, ours = _ACTORS.get(unit.reading.subject), _ACTORS.get(claim.subject)
    if theirs is None or ours is None or theirs == ours:
        name = page(unit.passage, inside=True)
        return f"The answer and {name} differ in who does this: {quoted(unit.text)}."
    name = page(unit.passage)
    return f"{name} says that {theirs} does this, the answer says {ours}: {quoted(unit.text)}."


def _benefit(comparison: Comparison) -> str:
    unit, claim = comparison.matches[0].unit, comparison.subject.claim
    name = page(unit.passage, inside=True)
    return (
        f"The answer says {quoted(claim.text)}; {name} does not offer that, "
        f"it says {quoted(unit.text)}."
    )


def _order(comparison: Comparison) -> str:
    unit = comparison.matches[0].unit
    return f"{page(unit.passage)} gives another order of events: {quoted(unit.text)}."


TOLD: Mapping[str, Callable[[Comparison], str]] = MappingProxyType(
    {
        "negation": negation,
        "product": _product,
        "condition": _condition,
        "quantifier": _quantifier,
        "modality": _modality,
        "actor": _actor,
        "benefit": _benefit,
        "order": _order,
    }
)
"""By aspect, as `Rules.aspect` names them."""

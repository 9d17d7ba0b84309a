"""Say in one sentence why a claim is not supported."""

from validators.grounding.compare import Comparison
from validators.grounding.kinds import Kind
from validators.grounding.match_values import ValueMatch

_CLOSE = 0.3
_FLIPPED = 0.35
_SHOWN = 80
_WORDING = {
    "negation": "the page and the answer disagree on whether this is so",
    "product": "the closest page speaks about another product or plan",
    "condition": "a condition or exception differs between the page and the answer",
    "quantifier": "the answer is broader or narrower than the page",
    "modality": "the answer is more certain than the page",
    "actor": "the page and the answer differ in who acts",
    "benefit": "the page does not mention this benefit",
    "order": "the order of events differs between the page and the answer",
}
_CONTRADICTIONS = ("negation", "product", "actor")


def explain(comparison: Comparison, aspect: str) -> tuple[bool, str, str]:
    """Return whether the evidence contradicts the claim, the aspect, and a sentence."""
    if found := _differing(comparison):
        kind = "date" if found.value.kind in _CALENDAR else "number"
        return True, kind, _values(comparison, found)
    if missing := [v for v in comparison.values if not v.agreeing and not v.derived]:
        what = _shown(comparison.subject.claim.text[missing[0].value.start : missing[0].value.end])
        return False, "number", f"no page says {what} about this"
    if comparison.features["polarity_best"] >= _FLIPPED and comparison.features["fit"] >= _CLOSE:
        return True, "negation", _WORDING["negation"]
    if aspect in _WORDING:
        close = comparison.features["fit"] >= _CLOSE
        return close and aspect in _CONTRADICTIONS, aspect, _WORDING[aspect]
    return False, aspect, "no page was found that says this"


_CALENDAR = (Kind.DATE, Kind.TIME, Kind.WEEKDAY)


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
    claim = comparison.subject.claim.text
    ours = _shown(claim[found.value.start : found.value.end])
    if found.rival_unit is None or found.rival_value is None:
        return f"no page says {ours} about this"
    page = found.rival_unit.text[found.rival_value.start : found.rival_value.end]
    return f"the page says {_shown(page)}, the answer says {ours}"


def _shown(text: str) -> str:
    return text.strip()[:_SHOWN]

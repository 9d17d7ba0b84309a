"""Pages that can support no answer: empty ones, and those that only praise."""

import re
from collections.abc import Sequence

from validators.grounding.kinds import Kind
from validators.grounding.marks import Mark
from validators.grounding.passages import Unit

_WORD = re.compile(r"\w+")
_LEAST_WORDS = 8
_RULES = frozenset({Mark.MUST, Mark.ONLY, Mark.EXCEPTION, Mark.NEGATION, Mark.CONDITION})
_RIGHT = re.compile(
    r"\b(?:you|customers?|members?|we|it|they|agents?|users?|anyone|everyone)\s"
    r"(?:\w+\s)?(?:can|may|will|are|is|need|have|do|don't|pay|get|receive|accept|offer|charge)\b",
    re.IGNORECASE,
)
_STEP = re.compile(
    r"^\W*(?:\d{1,2}[.)]\s+)?(?:go|open|click|tap|select|choose|enter|log|sign|call|write|send|pay"
    r"|print|attach|pack|return|register|confirm|contact|ask|check|upload|download|scan|press"
    r"|fill|visit|add|remove|set|use|keep|hand|bring|take|wait|review|verify|submit|provide"
    r"|report|collect|give|tell|do|never|always|make|turn|reset|update|cancel|transfer)\b",
    re.IGNORECASE,
)
_PRAISE = re.compile(
    r"\b(?:discover|enjoy|love|passion\w*|amazing|beautiful|dream\w*|best|perfect|inspir\w+"
    r"|experience|proud|excit\w+|welcome to|unique|exceptional|trusted?|world-class|journey"
    r"|delight\w*|comfort\w*|quality|style|innovat\w+|seamless|effortless\w*|care about|believe"
    r"|peace of mind|unforgettable|magic\w*)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(r"\?\s*$")


def words_of(units: Sequence[Unit]) -> int:
    """Return the number of words of a page."""
    return sum(len(_WORD.findall(unit.text)) for unit in units)


def too_short(units: Sequence[Unit]) -> bool:
    """Tell whether a page holds less than a sentence."""
    return words_of(units) < _LEAST_WORDS


def has_facts(units: Sequence[Unit]) -> bool:
    """Tell whether any sentence gives a value, a contact, a rule, a right or a step."""
    return any(map(_is_fact, units))


def praise(units: Sequence[Unit]) -> float:
    """Return the share of sentences in the words of advertising, 0..1."""
    return sum(bool(_PRAISE.search(u.text)) for u in units) / len(units) if units else 0.0


def _is_fact(unit: Unit) -> bool:
    text = unit.text
    if _ASKS.search(text):
        return False
    if any(v.kind is not Kind.COUNT or v.unit for v in unit.reading.values):
        return True
    if _PRAISE.search(text):
        return False
    return bool(unit.reading.marks & _RULES or _STEP.match(text) or _RIGHT.search(text))

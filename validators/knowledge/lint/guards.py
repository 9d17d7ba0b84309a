"""What limits a statement to a case: words of contrast, units of charge, examples, tense.

Two statements with different numbers contradict each other only if both speak of the same
case: a fee per item and one per order, new customers and old ones, summer and winter do not.
"""

import re
from collections.abc import Iterable

from validators.grounding.words import GLUE, concept_of

_CASES = """new old existing current previous former returning
    express economy priority premium basic plus pro
    domestic foreign international local national abroad overseas
    person household family group
    student adult child children senior teen junior business private personal corporate commercial
    summer winter spring autumn weekday weekend morning evening
    debit credit prepaid checking savings virtual physical
    first second third fourth next last subsequent later final
    smallest largest lowest highest average
    incoming outgoing inbound outbound sender recipient
    small medium large heavy light big long short
    opened unopened used unused worn unworn sealed broken
    gold silver bronze platinum diamond emerald ruby blue green red black white purple
    front rear inner outer upper lower left right
    secured unsecured fixed variable
    promotional introductory trial welcome bonus intro promo
    joint
    late early overdue"""
_CIRCUMSTANCES = """online store branch shop app phone desk web post letter email mail cash
    return delivery refund exchange repair replacement
    deposit withdrawal transfer balance payment open close activate cancel order purchase
    standard regular normal recurring once monthly annual yearly quarterly weekly daily"""
_SAME = {
    "abroad": "foreign", "overseas": "foreign", "international": "foreign",
    "national": "domestic", "corporate": "business", "commercial": "business",
    "children": "child", "yearly": "annual", "mail": "email",
}  # fmt: skip
_CASE_WORDS = frozenset(_CASES.split())
_CIRCUMSTANCE_WORDS = frozenset(_CIRCUMSTANCES.split())
CASE_CONCEPTS = frozenset(concept_of(word)[0] for word in _CASES.split())
"""The concepts of the words that name one case among several."""
_QUALIFIER = (
    r"(?:(?:single|new|calendar|rolling|billing|membership|statement|additional|business|eligible"
    r"|qualifying|returned|missed)\s)?"
)
_CHARGED = re.compile(
    rf"(?:\b(?:per|each|every|for each|for every)\s|/\s?){_QUALIFIER}(?P<unit>[a-z]{{3,}})"
    r"|\ban?\s(?P<time>day|night|week|month|quarter|year)\b",
    re.IGNORECASE,
)
_YEARLY = {"year": "year", "annum": "year", "month": "month", "week": "week", "day": "day"}
_ADVERBS = re.compile(r"\b(monthly|annual(?:ly)?|yearly|weekly|daily|quarterly)\b", re.IGNORECASE)
_ADVERB_UNITS = {"m": "month", "a": "year", "y": "year", "w": "week", "d": "day", "q": "quarter"}
_EXAMPLE = re.compile(
    r"\b(?:for example|for instance|e\.g|example|examples|suppose|imagine|say you|let's say"
    r"|scenario|illustration|sample|such as|would (?:earn|pay|be|cost|receive|get)"
    r"|estimated? earnings?|calculat\w+)\b|=|\u00d7",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:was|were|used to|had been|previously|formerly|in the past|no longer|historically)\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:not|without|non|neither|nor|cannot|can't|\w+n['\u2019]t|no)\b"
    r"(?! (?:more|less|fewer|later|longer|earlier|higher|lower) than)",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\b(?:vary|varies|depends?|depending|about|around|approximately|roughly|typically|usually"
    r"|generally|often|sometimes|average|estimated?|between|from time to time)\b|~",
    re.IGNORECASE,
)
_TOPIC_WORDS = (
    "overview summary snapshot glance faq quick reference note guide tip highlight about common "
    "frequently asked important rule term condition basics essentials answer"
)
TOPICS = frozenset(concept_of(word)[0] for word in _TOPIC_WORDS.split()) | GLUE
"""Words of headings that name no case."""
_LEAD = 24


def cases(words: Iterable[str]) -> frozenset[str]:
    """Return those of the words, in lower case, that name one case among several.

    The words themselves and not their concepts: incoming and outgoing are one concept and
    two cases, and a savings account is not what saving means.
    """
    return _among(words, _CASE_WORDS)


def circumstances(words: Iterable[str]) -> frozenset[str]:
    """Return those of the words that may name a case: a channel, a kind of dealing."""
    return _among(words, _CIRCUMSTANCE_WORDS)


def _among(words: Iterable[str], known: frozenset[str]) -> frozenset[str]:
    singular = (word if word in known else word.removesuffix("s") for word in words)
    return frozenset(_SAME.get(word, word) for word in singular if word in known)


def charged(text: str, start: int, end: int) -> frozenset[str]:
    """Return what a value is counted by: `order` for "5 EUR per order".

    `start` and `end` are the offsets of the value in `text`.
    """
    after = text[end : end + _LEAD]
    found = {
        _YEARLY.get(unit, concept_of(unit)[0])
        for match in _CHARGED.finditer(after)
        if (unit := (match["unit"] or match["time"]).lower())
    }
    near = text[max(0, start - _LEAD) : end + _LEAD]
    found |= {_ADVERB_UNITS[match[1][0].lower()] for match in _ADVERBS.finditer(near)}
    return frozenset(found)


def is_example(text: str) -> bool:
    """Tell whether a sentence only illustrates a rule."""
    return bool(_EXAMPLE.search(text))


def is_past(text: str) -> bool:
    """Tell whether a sentence speaks of what was."""
    return bool(_PAST.search(text))


def is_negated(text: str) -> bool:
    """Tell whether a sentence denies something; "no more than" is a limit."""
    return bool(_NEGATED.search(text))


def is_open(text: str) -> bool:
    """Tell whether a sentence gives its value as a usual one, not as a rule."""
    return bool(_OPEN.search(text))

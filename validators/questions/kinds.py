"""Kinds of questions: which are one, and which say together what another says alone."""

from collections.abc import Mapping
from types import MappingProxyType

POLAR = "polar"
"""Any question whose answer is yes or no; `MODES` tells what exactly it asks."""
MODES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "can": frozenset({"can"}),
        "canget": frozenset({"can", "is"}),
        "exist": frozenset({"is"}),
        "doyou": frozenset({"can", "is"}),
        "yes": frozenset({"is"}),
        "doi": frozenset({"mine"}),
    }
)
"""Kind -> what it may ask for: whether one may, or whether it is so. Two polar questions
must have one of them in common: "can I keep it?" and "do I keep it?" have none."""
BOTH = frozenset({"can", "is"})
NEITHER: frozenset[str] = frozenset()

_MERGED = {"want": "how", "todo": "state"}
_PLACES = {"place": "where"}
_WHERE_HOW = frozenset(
    "find get see download report change write complain apply register".split()  # noqa: SIM905
)
_POSSIBLE = frozenset({"possible", "allow"})
_OFFERED = frozenset({"available", "offer"})
_SPANS = frozenset({"period", "duration", "length"})
_RATES = frozenset({"minimum", "maximum", "limit", "balance", "rat", "interest"})
_EARNING = frozenset({"pay", "earn", "get", "rat"})
_CONTENT = frozenset({"cover", "include", "get"})


def modes(kind: str, concepts: frozenset[str], actions: frozenset[str]) -> frozenset[str]:
    """Return what a yes-or-no question may ask for; nothing for another kind."""
    found = MODES.get(kind, NEITHER)
    if not found or kind == "doi":
        return found
    if concepts & _POSSIBLE:
        return frozenset({"can"})
    if concepts & {"accept", "fee", "free"}:
        return BOTH
    if concepts & _OFFERED:
        return BOTH if concepts & (actions - _OFFERED) else frozenset({"is"})
    return found


def settled(
    kind: str, concepts: frozenset[str], actions: frozenset[str]
) -> tuple[str, frozenset[str]]:
    """Return kind and concepts in the form in which they are compared."""
    kind = _MERGED.get(kind, kind)
    if kind in MODES:
        return _polar(kind, concepts)
    if kind in ("what", "which", "cost", "much"):
        kind, concepts = _measure(kind, concepts)
    if kind == "cost" and (concepts - {"fee", "charge", "cost"}) & actions:
        return kind, concepts - {"fee"}
    if kind == "where" and concepts & _WHERE_HOW:
        return "how", concepts
    kind = _PLACES.get(kind, kind)
    if kind == "when" and concepts & {"arrive", "get"} and len(concepts) > 1:
        return "dur", concepts
    if kind == "span" and concepts & actions:
        return "dur", concepts
    return kind, concepts


def _polar(kind: str, concepts: frozenset[str]) -> tuple[str, frozenset[str]]:
    """Settle yes-or-no questions: "is X free?" asks "is there a fee for X?"."""
    if "require" in concepts and kind == "yes" and len(concepts) > 1:
        return "need", concepts - {"require"}
    if "free" in concepts and len(concepts) > 1:
        return POLAR, (concepts - {"free"}) | {"fee"}
    if "fee" in concepts:
        return POLAR, concepts - {"charge"}
    if kind == "yes" and len(concepts) > 1:
        return POLAR, concepts - _POSSIBLE
    return POLAR, concepts


def _measure(kind: str, concepts: frozenset[str]) -> tuple[str, frozenset[str]]:
    """Settle questions for a measure: "what is the price of X?" asks "how much is X?"."""
    priced = concepts & {"cost", "fee"} and not concepts & _CONTENT
    if priced and not concepts & _RATES:
        return "cost", concepts
    if "interest" in concepts:
        return "what", (concepts - _EARNING) or concepts
    if kind == "cost" and concepts & _RATES:
        return "what", concepts
    if "limit" in concepts:
        return "what", concepts - {"maximum"}
    return _moment(kind, concepts) if kind == "what" else (kind, concepts)


def _moment(kind: str, concepts: frozenset[str]) -> tuple[str, frozenset[str]]:
    if concepts & _SPANS and len(concepts) > 1:
        return "span", concepts - _SPANS
    if "date" in concepts and len(concepts) > 1:
        return "when", concepts - {"date"}
    if "hour" in concepts and not concepts & _RATES and not any("#" in c for c in concepts):
        return "when", (concepts - {"hour"}) | {"open"}
    return kind, concepts

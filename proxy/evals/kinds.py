"""Kinds of error, by the names that files use, and the groups they are judged in."""

from collections.abc import Mapping

_OTHER_NAMES: Mapping[str, str] = {
    "date_or_deadline": "date",
    "deadline": "date",
    "invented_benefit": "invented",
    "merged_facts": "merged",
    "overgeneralized": "overgeneralised",
    "entity_swap": "product_swap",
    "cond_drop": "condition_dropped",
    "cond_add": "condition_added",
}

GROUPS: Mapping[str, tuple[str, ...]] = {
    "values_and_promises": ("number", "date", "unbacked_promise"),
    "statements": ("negation", "product_swap", "invented", "absent"),
    "conditions": ("condition_dropped", "condition_added", "merged", "overgeneralised"),
}
"""From what a rule can see to what takes a reader."""


def canonical(kind: str) -> str:
    """Return the one name of a kind."""
    return _OTHER_NAMES.get(kind, kind)


def group_of(kind: str) -> str | None:
    """Return the group of a kind; None for one that is in none."""
    name = canonical(kind)
    return next((group for group, kinds in GROUPS.items() if name in kinds), None)

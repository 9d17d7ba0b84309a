"""What is done with each type of personal data."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from policies.errors import PersonalDataBlocked
from validators.base import PiiSpan
from validators.pii.national_forms import FORMS
from validators.pii.placeholders import TYPES

__all__ = ["EVERY", "NATIONAL_ID", "EntityAction", "PersonalDataBlocked"]

NATIONAL_ID = "NATIONAL_ID"
EVERY = "*"
_NATIONAL = frozenset(form.type for form in FORMS)


class EntityAction(StrEnum):
    """What happens to a value of one type."""

    REDACT = "redact"
    """A placeholder stands in for it."""
    ALLOW = "allow"
    """It stays as it is and is not counted."""
    BLOCK = "block"
    """The request is refused."""
    ONLY_LOG = "only-log"
    """It stays as it is; that it was there is counted, by type."""


class EntityActions:
    """The operator's choice per type; what is not named is redacted."""

    def __init__(self, actions: Mapping[str, str] | None = None) -> None:
        """`actions` is type -> `redact`, `allow`, `block` or `only-log`.

        `NATIONAL_ID` speaks for every national identity number that is not named itself,
        `*` for all types. Raises `ValueError` that names an unknown type or action.
        """
        actions = actions or {}
        if unknown := set(actions) - TYPES - {EVERY}:
            msg = (
                f"unknown type of personal data {min(unknown)!r}; known: {', '.join(sorted(TYPES))}"
            )
            raise ValueError(msg)
        self._actions = {kind: EntityAction(action) for kind, action in actions.items()}

    def of(self, kind: str) -> EntityAction:
        """Return the action for a type."""
        names = (kind, NATIONAL_ID, EVERY) if kind in _NATIONAL else (kind, EVERY)
        return next((self._actions[n] for n in names if n in self._actions), EntityAction.REDACT)

    def apply(self, spans: Iterable[PiiSpan]) -> tuple[list[PiiSpan], list[PiiSpan]]:
        """Return the spans to redact and those only to count.

        Raises `PersonalDataBlocked` if one of them is of a blocked type.
        """
        sorted_: dict[EntityAction, list[PiiSpan]] = {action: [] for action in EntityAction}
        for span in spans:
            sorted_[self.of(span.type)].append(span)
        if blocked := sorted_[EntityAction.BLOCK]:
            raise PersonalDataBlocked(span.type for span in blocked)
        return sorted_[EntityAction.REDACT], sorted_[EntityAction.ONLY_LOG]

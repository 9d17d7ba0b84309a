"""What is done with an answer. Four frozen values, matched exhaustively."""

from dataclasses import dataclass

from policies.findings import Reason


@dataclass(frozen=True, slots=True)
class Deliver:
    """Pass the answer on as it is."""

    fired: tuple[str, ...] = ()
    """Which rules fired, in order, in words."""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Leave out the sentences that are not supported, deliver the rest."""

    reason: Reason
    drop: frozenset[tuple[int, int]] = frozenset()
    """(choice, sentence) pairs that are left out."""
    fired: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HandOff:
    """Withhold the answer, tell the customer, give the conversation to a person."""

    reason: Reason
    fired: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refuse:
    """Withhold the answer without a handoff."""

    reason: Reason
    fired: tuple[str, ...] = ()


Decision = Deliver | Rewrite | HandOff | Refuse


def rank(decision: Decision) -> int:
    """Order decisions from the most permissive (0) to the strictest (3)."""
    return (Deliver, Rewrite, HandOff, Refuse).index(type(decision))

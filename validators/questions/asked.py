"""What a question asks: its kind, what it is about, and how these belong together."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

BARE = "bare"
"""The role of a word that no preposition governs."""
WEAK = frozenset({"of", "in", "for", "with", "about"})
"""Roles after prepositions that can often stand for each other."""
OWNING = "owner"


@dataclass(frozen=True, slots=True)
class Asked:
    """What one question asks."""

    kind: str
    """`how`, `can`, `cost`, `when`, ...; `state` for a text that asks nothing openly."""
    concepts: frozenset[str]
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Concept -> how it is tied to the rest: `from`, `before`, `owner`, ..."""
    bound: frozenset[tuple[str, str]] = frozenset()
    """Pairs of a number, a negation or a qualifier and the concept that it belongs to."""
    agents: Mapping[str, str] = field(default_factory=dict)
    """Action -> who acts, where the question says so: `i`, `you` or a concept."""
    patients: Mapping[str, str] = field(default_factory=dict)
    """Action -> what it is done to, where the question is passive."""
    owned: Mapping[str, str] = field(default_factory=dict)
    """Concept -> whose it is: `my`, `your`, `his`, ..."""
    things: tuple[str, ...] = ()
    """Concepts that are no actions and that nothing governs, in the order of the text."""
    modes: frozenset[str] = frozenset()
    """What a yes-or-no question may ask for; see `kinds.MODES`."""
    past: bool = False
    passive: bool = False

    @property
    def signature(self) -> str:
        """Hash of kind and concepts; equal for all questions that could ask the same.

        Hexadecimal. Empty for a question that was not understood.
        """
        if not self.concepts:
            return ""
        text = "\x1f".join([self.kind, *sorted(self.concepts)])
        return hashlib.sha256(text.encode()).hexdigest()

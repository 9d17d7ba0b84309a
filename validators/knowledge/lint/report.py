"""What the lint of the knowledge base reports."""

from dataclasses import dataclass
from enum import StrEnum


class RemarkKind(StrEnum):
    """What is wrong."""

    CONTRADICTION = "contradiction"
    DUPLICATE = "duplicate"
    NO_TEXT = "no_text"
    NO_FACTS = "no_facts"
    SCOPE = "scope"
    INTERNAL_LINK = "internal_link"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands."""

    page: str
    title: str
    quote: str = ""
    """The words as the page has them; empty if the whole page is meant."""
    headings: tuple[str, ...] = ()
    file: str = ""
    line: int | None = None
    """Line of the quote in the file, or of the row that holds the page; counts from 1."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that an author of the pages may want to change."""

    kind: RemarkKind
    confidence: float
    """How sure the lint is, 0..1: a rank, not a measured probability."""
    message: str
    places: tuple[Place, ...]
    """One place, or the two that disagree or say the same."""


@dataclass(frozen=True, slots=True)
class Report:
    """All remarks, contradictions first, the surest first."""

    remarks: tuple[Remark, ...] = ()
    pages: int = 0
    statements: int = 0
    """Sentences and rows that were read."""
    notes: tuple[str, ...] = ()
    """What was not looked at, and why."""
    seconds: float = 0.0

    def count(self, kind: RemarkKind) -> int:
        """Return the number of remarks of one kind."""
        return sum(remark.kind is kind for remark in self.remarks)

"""What counts as evidence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

NO_SCOPE: Mapping[str, str] = MappingProxyType({})


class Audience(StrEnum):
    """Who may read a page."""

    CUSTOMER = "customer"
    INTERNAL = "internal"


class Origin(StrEnum):
    """Where evidence comes from."""

    KNOWLEDGE = "knowledge"
    CONTEXT = "context"
    ACCOUNT = "account"
    TOOL = "tool"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a page, small enough to read, with the headings that frame it."""

    id: str
    source_id: str
    title: str
    text: str
    headings: tuple[str, ...] = ()
    uri: str | None = None
    revision: str = ""
    audience: Audience = Audience.CUSTOMER
    scope: Mapping[str, str] = field(default_factory=dict)
    origin: Origin = Origin.KNOWLEDGE
    score: float = 0.0
    """Retrieval score: comparable within one search only."""

    @property
    def shared(self) -> bool:
        """True if the passage may support an answer that other customers get too."""
        return self.origin in (Origin.KNOWLEDGE, Origin.SYSTEM)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The passage that decides a claim, and the words in it."""

    source_id: str
    title: str
    quote: str
    uri: str | None = None
    revision: str = ""
    score: float = 0.0
    origin: Origin = Origin.KNOWLEDGE


def applies(page_scope: Mapping[str, str], request_scope: Mapping[str, str]) -> bool:
    """Tell whether a page's scope allows it as evidence for a request.

    A page that names a market, merchant or plan is evidence only for a request that
    names the same: rules differ, and a request that says nothing could be from anywhere.
    """
    return all(
        request_scope.get(key, "").casefold() == value.casefold()
        for key, value in page_scope.items()
    )

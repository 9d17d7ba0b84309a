"""What customers said about themselves may be repeated: it is no claim about a policy."""

import re

from validators.grounding.kinds import equal
from validators.grounding.marks import Mark
from validators.grounding.reading import Reading

_ABOUT_CUSTOMER = re.compile(r"\byou(?:r|'ve|'re|rs)?\b", re.IGNORECASE)
_TOLD = re.compile(r"[^.!?\n]+[.!?\n]?")
_POLICY = frozenset(
    {
        Mark.UNIVERSAL, Mark.CERTAIN, Mark.MUST, Mark.MAY, Mark.FUTURE, Mark.ONLY, Mark.CONDITION,
        Mark.EXCEPTION, Mark.AUTOMATIC, Mark.FREE, Mark.BONUS, Mark.NEGATION,
    }
)  # fmt: skip


def repeats(claim: str, said: str) -> bool:
    """Tell whether a claim only says back what the customer stated.

    Questions do not count: "can I return it after 60 days?" states nothing. Neither does a
    claim that permits, requires, promises or denies.
    """
    if not said or not _ABOUT_CUSTOMER.search(claim):
        return False
    reading = Reading(claim)
    if reading.marks & _POLICY or not (reading.concepts or reading.values):
        return False
    told = Reading(" ".join(s for s in _TOLD.findall(said) if not s.rstrip().endswith("?")))
    return reading.concepts <= told.concepts and all(
        any(equal(v, t) for t in told.values) for v in reading.values
    )

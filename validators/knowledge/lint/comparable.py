"""Do two statements speak of the same case? Whatever sets cases apart is a veto."""

from collections.abc import Sequence

from validators.grounding.kinds import Kind, Value
from validators.grounding.words import GLUE
from validators.knowledge.lint.conflict import agree
from validators.knowledge.lint.guards import TOPICS
from validators.knowledge.lint.statements import Statement
from validators.knowledge.lint.weights import LIMITS


def comparable(a: Statement, b: Statement) -> bool:
    """Tell whether nothing that both texts say sets their cases apart.

    Compared are scope, names, words of contrast, tense, and the values that frame both.
    """
    if dict(a.page.scope) != dict(b.page.scope) or not _same_names(a, b):
        return False
    if a.example or b.example or a.past != b.past:
        return False
    if a.page.id == b.page.id and not _same_row(a, b):
        return False
    return _same_cases(a, b) and _same_frame_values(a, b)


def _same_names(a: Statement, b: Statement) -> bool:
    if a.subject != b.subject or not a.names.same_product(a.product, b.product):
        return False
    return not (a.named - b.all and b.named - a.all)


def _same_row(a: Statement, b: Statement) -> bool:
    """Tell whether two places of one page are about one thing.

    A page sets its cases apart by headings and lists; equal words under one heading belong
    to a list whose order says what they are about.
    """
    if a.unit.passage.id == b.unit.passage.id or a.unit.passage.headings == b.unit.passage.headings:
        return False
    apart = (a.own - b.own - b.framed - GLUE, b.own - a.own - a.framed - GLUE)
    framed = [s.framed - o.own - o.framed - s.own - TOPICS for s, o in ((a, b), (b, a))]
    return not all(apart) and not any(framed)


def _same_cases(a: Statement, b: Statement) -> bool:
    if ends(a) ^ ends(b) == LIMITS:
        return False
    ours, theirs = a.cases | a.titled_cases, b.cases | b.titled_cases
    if a.cases - theirs or b.cases - ours:
        return False
    return not (a.titled_cases - theirs and b.titled_cases - ours)


def ends(s: Statement) -> frozenset[str]:
    """Return which end of a range the words name: a minimum fee, the maximum fee."""
    return s.own & LIMITS


def _same_frame_values(a: Statement, b: Statement) -> bool:
    ours, theirs = a.framed_values, b.framed_values
    inside = (*a.reading.values, *ours), (*b.reading.values, *theirs)
    return all(_held(v, inside[1]) for v in ours) and all(_held(v, inside[0]) for v in theirs)


def _held(value: Value, others: Sequence[Value]) -> bool:
    if value.kind is Kind.COUNT and not value.unit:
        return True
    return any(agree(value, o) for o in others)

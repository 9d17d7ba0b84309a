"""Do two questions ask the same? Every difference counts unless it is known to be none."""

from itertools import chain

from validators.questions.asked import BARE, OWNING, WEAK, Asked
from validators.questions.kinds import POLAR
from validators.questions.wordings import APART

_APART = frozenset(
    (one, other or BARE) for one, _, other in (pair.partition(":") for pair in APART.split())
)
_PROCEDURAL = ("how", POLAR, "need", "should", "state")
"""Kinds in which "my" and "the" ask alike: the way is the same for all customers."""


def difference(a: Asked, b: Asked) -> str | None:
    """Return in what two questions differ; None if they ask the same.

    The answer is a name for traces and evals: `type`, `subject`, `time`, `quantity`, `relation`,
    `actor`, `owner` or `order`. Symmetric.
    """
    if not a.concepts or not b.concepts:
        return "subject"
    if a.kind != b.kind or (a.kind == POLAR and not a.modes & b.modes):
        return "type"
    if a.concepts != b.concepts:
        return "subject"
    if a.past != b.past:
        return "time"
    if a.bound != b.bound:
        return "quantity"
    return _ties(a, b)


def _ties(a: Asked, b: Asked) -> str | None:
    if any(_role(a, c) != _role(b, c) for c in chain(a.roles, b.roles)):
        return "relation"
    if _apart(a, b):
        return "relation"
    if any(a.agents[c] != b.agents[c] for c in a.agents.keys() & b.agents.keys()):
        return "actor"
    if _reversed(a, b) or _reversed(b, a):
        return "actor"
    if not _owners_agree(a, b):
        return "owner"
    return None if _order_agrees(a, b) else "order"


def _reversed(a: Asked, b: Asked) -> bool:
    """What acts in one question is acted on in the other."""
    return any(b.patients.get(action) == agent for action, agent in a.agents.items())


def _role(asked: Asked, concept: str) -> frozenset[str]:
    """What ties a concept to the rest, as far as it can tell two questions apart."""
    if concept not in asked.concepts:
        return frozenset()
    return asked.roles.get(concept, frozenset()) - WEAK - {BARE, OWNING}


def _apart(a: Asked, b: Asked) -> bool:
    """Tell whether a concept is tied by prepositions that never stand for each other."""
    for concept in a.roles.keys() & b.roles.keys() & a.concepts:
        ours, theirs = (asked.roles[concept] & (WEAK | {BARE}) for asked in (a, b))
        pairs = [(x, y) for x in ours for y in theirs]
        if pairs and all((x, y) in _APART or (y, x) in _APART for x, y in pairs):
            return True
    return False


def _owners_agree(a: Asked, b: Asked) -> bool:
    """Whose things are: "my" may be "the" where a way is asked for, of what is acted on."""
    loose = _loose(a) and _loose(b)
    for concept in {*a.owned, *b.owned}:
        ours, theirs = a.owned.get(concept, ""), b.owned.get(concept, "")
        if ours == theirs:
            continue
        if {ours, theirs} == {"", "your"} and _company_acts(a) and _company_acts(b):
            continue
        bare = all(BARE in asked.roles.get(concept, (BARE,)) for asked in (a, b))
        if not loose or {ours, theirs} != {"", "my"} or not bare:
            return False
    return True


def _loose(asked: Asked) -> bool:
    return asked.kind in _PROCEDURAL and "get" not in asked.concepts


def _company_acts(asked: Asked) -> bool:
    """Tell whether "your" goes without saying: of what the company has or does."""
    return asked.kind != "how" and "i" not in asked.agents.values()


def _order_agrees(a: Asked, b: Asked) -> bool:
    """Nouns that nothing governs keep their order, unless one question is passive."""
    if _owning_one(a, b) or _owning_one(b, a):
        return False
    if a.passive != b.passive:
        return True
    moved = [c for c in a.roles if _governed(a, c) and not _governed(b, c)]
    if moved and any(_governed(b, c) and not _governed(a, c) for c in b.roles):
        return False
    ours = [thing for thing in a.things if thing in b.things]
    theirs = [thing for thing in b.things if thing in a.things]
    return ours == theirs


def _owning_one(a: Asked, b: Asked) -> bool:
    """What owns in one question stands alone in the other: "wife's card", "wife card"."""
    bare = frozenset({BARE})
    return any(OWNING in roles and b.roles.get(c) == bare for c, roles in a.roles.items())


def _governed(asked: Asked, concept: str) -> bool:
    return BARE not in asked.roles.get(concept, (BARE,))

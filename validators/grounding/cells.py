"""Yes and no in the cell of a table that a claim speaks of.

"| Fridge items | no | yes |" under two branches: the words of the row are the same for both,
so only the cell below the heading that is named tells whether a claim says the same.
"""

import re
from collections.abc import Sequence

from validators.grounding.align import Match, Pool, Subject
from validators.grounding.marks import Mark
from validators.grounding.reading import Reading
from validators.grounding.words import GLUE, words

_NO = re.compile(
    r"\W*(?:no|none|never|not (?:possible|included|needed|available|allowed|offered|covered"
    r"|refunded)|nothing|n/?a|excluded|unavailable)\b[^,;]{0,24}\W*$|\s*[\u2013\u2014\u2717\u2715\u274c-]\s*$",
    re.IGNORECASE,
)
_YES = re.compile(
    r"\W*(?:yes|included|required|possible|available|allowed|covered)\b"
    r"[^|]{0,60}$|\s*[\u2713\u2714\u2705]\s*$",
    re.IGNORECASE,
)
_NEAR = 2
_NAMED = 0.4
_ASKED = 0.6


def cell_features(subject: Subject, pool: Pool, matches: Sequence[Match]) -> dict[str, float]:
    """Compare whether a claim denies with whether the cells that it speaks of do."""
    if subject.elliptic:
        return {"cell_agrees": 0.0, "cell_conflicts": 0.0}
    claimed = (Mark.NEGATION in subject.claim.marks) is not bool(subject.claim.opposites)
    for match in matches[:_NEAR]:
        stated = _stated(subject, match.unit.reading, pool)
        if stated is not None:
            agrees = stated is not claimed
            return {"cell_agrees": float(agrees), "cell_conflicts": float(not agrees)}
    return {"cell_agrees": 0.0, "cell_conflicts": 0.0}


def _stated(subject: Subject, row: Reading, pool: Pool) -> bool | None:
    """Return what the cell of the named column says; None unless one column is named."""
    if not row.columns or not row.head:
        return None
    claim = subject.claim.concepts
    around = claim | subject.question.concepts | subject.recent.concepts
    head = frozenset(c for c in row.head if not c.startswith("=")) - GLUE
    if not head or pool.share(head, around) < _ASKED:
        return None
    cells = [c.strip() for c in row.text.strip().strip("|").split("|")]
    if len(cells) != len(row.columns):
        return None
    place = _column(row.columns, claim) or _column(row.columns, around)
    says = [_says(c) for c in cells[1:]]
    if place is None:
        return says[0] if says and says[0] is not None and len(set(says)) == 1 else None
    return says[place - 1]


def _column(columns: Sequence[str], named: frozenset[str]) -> int | None:
    """Return the position of the column whose own words are named, if it is a single one."""
    owns = [frozenset(w.concept for w in words(c) if w.content) for c in columns]
    shared = [
        own - frozenset().union(*(o for j, o in enumerate(owns) if j != i))
        for i, own in enumerate(owns)
    ]
    found = [i for i, own in enumerate(shared) if i and own & named]
    if not found:
        # "Paw" beside "Paw Plus": named without what sets the others apart.
        found = [i for i, own in enumerate(owns) if i and own and not shared[i] and own <= named]
    return found[0] if len(found) == 1 else None


def _says(cell: str) -> bool | None:
    if _NO.match(cell):
        return False
    return True if _YES.match(cell) else None

"""What came of a handoff: how the draft served, how long it took, and a summary. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from policies.text import Redacted
from proxy.handoff.case import Case, Kept
from proxy.records.views import rfc3339, shortened

Draft = Literal["used", "edited", "wrong", "none"]
DRAFTS: tuple[Draft, ...] = ("used", "edited", "wrong", "none")
"""How the draft served: as it was, corrected, not at all; or there was none to judge."""
MAX_SUMMARY = 2000
MAX_MINUTES = 60.0 * 24 * 365
"""More than this was measured by a clock that jumped."""

_EDITED = 0.6
"""Share of a draft's characters from which a reply counts as its correction."""
_COMPARED = 4000
_QUOTE = 300
_BY_KIND: dict[str | None, Draft] = {"approved": "used", "edited": "edited"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the agent says came of it; None is found out from what was done."""

    resolved: bool = True
    draft: Draft | None = None
    minutes: float | None = None
    note: Redacted | None = None


def kind_of(text: str, drafts: Sequence[str]) -> str:
    """Compare a reply with the drafts: `approved`, `edited` or `own`."""
    plain = _plain(text)
    known = [_plain(draft) for draft in drafts if draft.strip()]
    if plain in known:
        return "approved"
    near = (SequenceMatcher(None, draft, plain, autojunk=False).ratio() for draft in known)
    return "edited" if max(near, default=0.0) >= _EDITED else "own"


def outcome_of(
    case: Case, messages: Sequence[Kept], given: Outcome, who: str, now: float
) -> dict[str, Any]:
    """Return what is kept as the outcome, in the words of the packet's schema."""
    replies = [kept for kept in messages if kept.role == "agent"]
    minutes = given.minutes if given.minutes is not None else minutes_since(case.claimed_at, now)
    draft = given.draft or _used(replies)
    made = {
        "resolved_by": case.agent or who,
        "resolved_at": rfc3339(now),
        "resolved": given.resolved,
        "draft": draft,
        "accepted_draft": draft == "used",
        "minutes": minutes,
        "replies": len(replies),
        "note": given.note,
    }
    if replies and draft in ("edited", "wrong"):
        made["corrected_text"] = replies[-1].text
    return {**made, "summary": summary(case, messages, made)}


def minutes_since(start: float | None, now: float) -> float | None:
    """Return minutes from `start` to `now` (Unix times in seconds).

    None if there was no start, or if the clock jumped so that nobody can tell.
    """
    if start is None:
        return None
    minutes = (now - start) / 60
    return round(minutes, 1) if 0 <= minutes <= MAX_MINUTES else None


def summary(case: Case, messages: Sequence[Kept], outcome: dict[str, Any]) -> str:
    """Tell what was done, in the words of those who did it, at most `MAX_SUMMARY` characters."""
    about = f"{case.intent}, " if case.intent else ""
    lines = [f"Handed over for {about}{case.reason}; queue {case.queue}."]
    wrote = [kept for kept in messages if kept.role == "customer"]
    if wrote:
        lines.append(f"Customer asked: {shortened(wrote[0].text, _QUOTE)}")
    if len(wrote) > 1:
        lines.append(f"Customer's last of {len(wrote)}: {shortened(wrote[-1].text, _QUOTE)}")
    waited = minutes_since(case.opened_at, case.replied_at) if case.replied_at else None
    replies = [kept for kept in messages if kept.role == "agent"]
    if replies:
        after = "" if waited is None else f", first after {waited:g} min"
        last = replies[-1]
        lines.append(
            f"{last.author} answered ({len(replies)} in all{after}): {shortened(last.text, _QUOTE)}"
        )
    done = "Resolved" if outcome["resolved"] else "Closed unresolved"
    took = "" if outcome["minutes"] is None else f" in {outcome['minutes']:g} min"
    lines.append(f"{done} by {outcome['resolved_by']}{took}; draft: {outcome['draft']}.")
    if outcome["note"]:
        lines.append(f"Note: {shortened(outcome['note'], _QUOTE)}")
    return shortened("\n".join(lines), MAX_SUMMARY)


def _used(replies: Sequence[Kept]) -> Draft:
    kinds = {kept.kind for kept in replies}
    return next((draft for kind, draft in _BY_KIND.items() if kind in kinds), "none")


def _plain(text: str) -> str:
    return " ".join(text.split())[:_COMPARED].casefold()

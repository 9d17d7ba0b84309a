"""A summary in the conversation's own words: nothing is written that nobody said."""

from policies.messages import Role
from policies.turn import Turn
from proxy.records.views import shortened, unique

LIMIT = 2000
"""Characters of a summary: the limit of the public schema."""

_QUOTE = 300
_PAGES = 5


def summarise(turn: Turn) -> str:
    """Tell what the customer wants and what was tried, at most `LIMIT` characters.

    Extractive on purpose: the first and the last thing the customer said (the goal is in
    one of the two), the bot's last words, the tools and pages used.
    """
    lines = [*_customer(turn), *_bot(turn)]
    if turn.notice:
        lines.append(f"The customer was told: {shortened(turn.notice, _QUOTE)}")
    return shortened("\n".join(lines), LIMIT)


def _customer(turn: Turn) -> list[str]:
    said = [m.text for m in turn.conversation if m.role is Role.USER and m.text.strip()]
    if not said:
        return ["The customer wrote nothing."]
    first = f"Customer began: {shortened(said[0], _QUOTE)}"
    if len(said) == 1:
        return [first]
    return [first, f"Customer's last message ({len(said)}): {shortened(said[-1], _QUOTE)}"]


def _bot(turn: Turn) -> list[str]:
    """What was tried so far."""
    by_bot = [m for m in turn.conversation if m.role is Role.ASSISTANT]
    answers = [m.text for m in by_bot if not m.tool_call and m.text.strip()]
    calls = sum(m.tool_call for m in by_bot)
    lines = []
    if answers:
        last = shortened(answers[-1], _QUOTE)
        lines.append(f"The bot had answered {len(answers)} times, last: {last}")
    if calls:
        lines.append(f"Tool calls made: {calls}")
    pages = unique(p.title or p.source_id for p in turn.sources)[:_PAGES]
    if pages:
        lines.append("Pages looked at: " + "; ".join(shortened(p, 80) for p in pages))
    return lines

"""Which tier of models serves this: the cheapest that the policy allows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from policies.turn import Turn


@dataclass(slots=True)
class Route:
    """Choose a tier by alias and intent."""

    aliases: Mapping[str, Sequence[str]]
    """Alias to its tiers, cheapest first; `*` takes any name."""
    name: str = "route"

    async def __call__(self, turn: Turn) -> Turn:
        """Set the tier: the intent's floor if the alias has it, else the cheapest."""
        if turn.cached is not None:
            return turn
        tiers = self.aliases.get(turn.alias) or self.aliases.get("*") or ()
        floor = turn.policy.rule(turn.intent).tier
        return turn.but(tier=floor if floor in tiers else next(iter(tiers), None))

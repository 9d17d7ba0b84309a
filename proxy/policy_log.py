"""What the decision log says about a policy's thresholds. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from policies.policy import Automation, Policy

ENOUGH = 20
"""Decisions on an intent below which nothing is concluded."""


def unmet(policy: Policy, decisions: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield thresholds that no logged answer met: the key in the policy, and what was seen.

    Only answers that were checked under this policy's intents as they are now count.
    """
    seen: dict[str, list[float]] = {}
    for record in decisions:
        intent, sure = record.get("intent"), record.get("confidence")
        name = intent.get("name") if isinstance(intent, Mapping) else None
        if isinstance(name, str) and isinstance(sure, int | float):
            seen.setdefault(name, []).append(float(sure))
    for name, values in sorted(seen.items()):
        rule = policy.intents.get(name)
        if rule is None or rule.automation is not Automation.AUTO or len(values) < ENOUGH:
            continue
        if max(values) < rule.min_confidence:
            text = (
                f"{rule.min_confidence:.2f} was met by none of the latest {len(values)} answers "
                f"(highest {max(values):.2f}): all went to people"
            )
            yield f"intents.{name}.min_confidence", text

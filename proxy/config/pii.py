"""The tables under [pii]."""

from typing import Annotated, Literal

from pydantic import Field

from policies.policy import Policy
from policies.strict import Strict

Action = Literal["redact", "allow", "block", "only-log"]
Positive = Annotated[float, Field(gt=0)]


class TenantPii(Strict):
    """What one tenant wants otherwise."""

    entities: dict[str, Action] = Field(default_factory=dict)
    """Per type, in addition to `[pii] entities`."""


class ProviderPii(Strict):
    """What one provider within your trust zone may see."""

    entities: dict[str, Literal["redact", "allow"]] = Field(default_factory=dict)
    """`allow`: the provider is sent the value itself; nobody else is."""


class Pii(Strict):
    """Redaction."""

    markets: list[Annotated[str, Field(pattern=r"^([A-Z]{2}|\*)$")]] = Field(
        default_factory=lambda: ["*"]
    )
    """ISO countries whose phone numbers and national ids are looked for; `*` is all known."""
    allow: list[str] = Field(default_factory=list)
    """Words that are never personal: brands, products."""
    entities: dict[str, Action] = Field(default_factory=dict)
    """What is done per type of personal data; `NATIONAL_ID` and `*` name many at once."""
    tenants: dict[str, TenantPii] = Field(default_factory=dict)
    """By the tenant's name."""
    providers: dict[str, ProviderPii] = Field(default_factory=dict)
    """By the provider's name."""
    restore: Literal["all", "own"] = "all"
    """Values that a customer may be shown: all of the conversation, or only those that stand
    in what customer or assistant said, in the account facts or in the request's ids."""
    vault_ttl_s: Positive = 30 * 86_400
    """How long values of a named conversation are kept after its last turn."""
    vault_timeout_s: Positive = 2
    """What a request waits for the vault at most, each time."""
    timeout_s: Positive = 10
    max_characters: Annotated[int, Field(ge=1000)] = 1_000_000
    """Of all texts of one request together; above, 413."""


def longest_handoff_s(policy: Policy) -> float:
    """Return the longest time in seconds in which somebody is to take a handoff."""
    places = [policy.fallback.routing]
    places += [rule.routing for rule in policy.intents.values()]
    places += [rule.routing for rule in policy.risks.values()]
    return max(60.0 * place.sla_minutes for place in places)

"""[handoff.sinks.NAME]: where handoffs are delivered."""

from collections.abc import Iterator
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field

from policies.strict import Strict
from proxy.handoff.sinks.addresses import is_address, refusal
from proxy.handoff.sinks.webhook import signing_key

_LOCAL = "localhost"


class Sink(Strict):
    """One place that is told of each handoff."""

    kind: Literal["webhook", "zendesk", "chatwoot", "file"] = "webhook"
    url: str | None = None
    """A webhook's URL; a desk's base URL."""
    secret: str | None = None
    """Of a webhook: `whsec_` and base64, signs each event."""
    previous_secret: str | None = None
    """Signs too, while receivers change to the new one."""
    user: str | None = None
    """Of Zendesk: the e-mail address of the agent that the token belongs to."""
    token: str | None = None
    """A desk's API token."""
    group_id: int | None = None
    """Of Zendesk: the group that gets the tickets."""
    account_id: int | None = None
    inbox_id: int | None = None
    own_conversations: bool = False
    """Of Chatwoot: the bot's conversation ids are Chatwoot's conversation numbers."""
    folder: str | None = None
    tenants: Annotated[list[str], Field(min_length=1)] = Field(default_factory=lambda: ["*"])
    """Whose handoffs go there."""
    private: bool = False
    """Allow addresses within your own network, and http."""
    timeout_s: Annotated[float, Field(gt=0, le=120)] = 15
    retry_s: Annotated[float, Field(gt=0, le=3600)] = 5
    """Pause before the second try; it doubles from try to try, up to two hours."""
    max_attempts: Annotated[int, Field(ge=1, le=1000)] = 36
    """Then a delivery is given up: after about a day and a half, with the default pauses."""

    def takes(self, tenant: str) -> bool:
        """Whether a tenant's handoffs go there."""
        return "*" in self.tenants or tenant in self.tenants


_REQUIRED = {
    "webhook": ("url", "secret"),
    "zendesk": ("url", "user", "token"),
    "chatwoot": ("url", "token", "account_id", "inbox_id"),
    "file": ("folder",),
}
_OPTIONAL = {
    "webhook": ("previous_secret", "private"),
    "zendesk": ("group_id", "private"),
    "chatwoot": ("own_conversations", "private"),
    "file": (),
}
_ANY = frozenset({"kind", "tenants", "timeout_s", "retry_s", "max_attempts"})


def sink_problems(sink: Sink) -> Iterator[tuple[str, str]]:
    """Yield what is wrong, as key and message; no message quotes a secret."""
    known = {*_REQUIRED[sink.kind], *_OPTIONAL[sink.kind], *_ANY}
    for key in sorted(sink.model_fields_set - known):
        yield key, f"means nothing to kind {sink.kind}"
    for key in _REQUIRED[sink.kind]:
        if getattr(sink, key) in (None, ""):
            yield key, f"is required by kind {sink.kind}"
    if sink.url and "url" in known and (why := _url(sink.url, private=sink.private)):
        yield "url", why
    if sink.kind == "webhook":
        for key in ("secret", "previous_secret"):
            if (secret := getattr(sink, key)) and (why := _secret(secret)):
                yield key, why


def _secret(secret: str) -> str:
    try:
        signing_key(secret)
    except ValueError as error:
        return str(error)
    return ""


def _url(url: str, *, private: bool) -> str:
    """Return what is wrong with a URL. It may hold a secret in its path or query."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "is no URL"
    if parts.scheme not in ("http", "https") or not host:
        return "must start with https:// and name a host"
    if parts.username is not None or parts.password is not None:
        return "must not hold a user name or a password"
    if not private and parts.scheme != "https":
        return "must start with https://; http needs private = true"
    inside = refusal(host, private=private) if is_address(host) else None
    if host == _LOCAL and not private:
        inside = "is this machine"
    return f"its host {inside}; set private = true if that is meant" if inside else ""

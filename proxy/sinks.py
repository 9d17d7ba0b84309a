"""A part of the wiring: from `[handoff.sinks]` to what handoffs are delivered to."""

from collections.abc import Mapping

from proxy.config.load import Loaded
from proxy.config.sinks import Sink
from proxy.handoff.sinks.base import HandoffSink
from proxy.handoff.sinks.chatwoot import ChatwootSink
from proxy.handoff.sinks.file import FileSink
from proxy.handoff.sinks.http import Http
from proxy.handoff.sinks.webhook import WebhookSink, signing_key
from proxy.handoff.sinks.zendesk import ZendeskSink
from validators.offload import Offload


def build_sinks(loaded: Loaded, io: Offload) -> Mapping[str, HandoffSink]:
    """Build every sink of a configuration that has been checked; connects to nothing."""
    sinks = loaded.config.handoff.sinks
    return {name: _sink(name, sink, loaded, io) for name, sink in sinks.items()}


def _sink(name: str, sink: Sink, loaded: Loaded, io: Offload) -> HandoffSink:
    http = Http(name, private=sink.private)
    url, token = sink.url or "", sink.token or ""
    tries = (sink.timeout_s, sink.retry_s, sink.max_attempts)
    match sink.kind:
        case "webhook":
            secrets = [secret for secret in (sink.secret, sink.previous_secret) if secret]
            return WebhookSink(name, url, [signing_key(secret) for secret in secrets], http, *tries)
        case "zendesk":
            return ZendeskSink(name, url, sink.user or "", token, http, sink.group_id, *tries)
        case "chatwoot":
            account, inbox = sink.account_id or 0, sink.inbox_id or 0
            own = sink.own_conversations
            return ChatwootSink(name, url, token, account, inbox, http, own, *tries)
        case "file":
            return FileSink(name, loaded.folder / (sink.folder or ""), io, *tries)

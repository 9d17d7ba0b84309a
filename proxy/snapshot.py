"""Everything that one valid configuration gives, immutable; a reload makes a new one."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cache.base import CacheStore
from policies.errors import RequestError
from policies.policy import Policy
from policies.turn import Caller, Turn
from proxy.config.model import Alias, Config
from proxy.erasure import Erasure
from proxy.handoff.desk import Desk
from proxy.handoff.discretion import Discretion
from proxy.handoff.sinks.base import HandoffSink
from proxy.models.forward import Forwarder
from proxy.pipeline import Pipeline
from proxy.records.base import RecordStore
from proxy.records.build import result_object
from proxy.responses.keeper import ResponseKeeper
from proxy.stream.gate import Restore
from proxy.switch.board import Switchboard
from proxy.telemetry.base import Telemetry
from validators.base import IntentClassifier, KnowledgeBase, Redactor
from validators.run import Check


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The wired objects of one configuration."""

    config: Config
    hash: str
    policy: Policy
    pipeline: Pipeline
    telemetry: Telemetry
    records: RecordStore
    sinks: Mapping[str, HandoffSink]
    """Where handoffs are delivered, by name."""
    cache: CacheStore | None
    knowledge: KnowledgeBase
    redactor: Redactor
    classifier: IntentClassifier
    checks: Sequence[Check]
    restore: Restore
    metrics: Callable[[], tuple[bytes, str]]
    """Renders Prometheus text and its content type."""
    authenticate: Callable[[str | None], Caller]
    """Names the caller of a key; raises `RequestError` 401."""
    settled: Callable[[], Awaitable[None]]
    """Waits until what was decided so far has been recorded."""
    erasure: Erasure
    responses: ResponseKeeper
    forwarder: Forwarder
    switchboard: Switchboard
    desk: Desk
    discretion: Discretion
    """Hides and shows what agents write and ask for."""

    def alias(self, name: str) -> Alias:
        """Return what a `model` name stands for. Raises the 404 that SDKs know."""
        aliases = self.config.aliases
        found = aliases.get(name) or aliases.get("*")
        if found is None:
            raise RequestError(
                "The model does not exist here; GET /v1/models lists those that do.",
                status=404,
                param="model",
                code="model_not_found",
            )
        return found

    def result_extra(self, turn: Turn) -> Mapping[str, Any]:
        """Return the `handrail` object for a response body, unless that is off."""
        detail = self.config.expose.detail
        return {} if detail == "off" else {"handrail": result_object(turn, detail)}


@dataclass(slots=True)
class Live:
    """Holds the current snapshot; requests under way keep the one they began with."""

    current: Snapshot
    draining: bool = False

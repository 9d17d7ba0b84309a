"""Give the conversation to a person, durably, before the customer is told so."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from policies.decision import HandOff, Refuse
from policies.errors import StoreError
from policies.policy import Automation, Texts
from policies.routing import routing
from policies.text import Redacted
from policies.turn import HandoffRef, Turn
from proxy.handoff.ids import new_handoff_id
from proxy.handoff.packet import build_packet
from proxy.records.base import RecordStore
from validators.offload import Offload

log = logging.getLogger("handrail.handoff")


@dataclass(slots=True)
class HandOver:
    """Store the packet; promise a person only if that worked."""

    store: RecordStore
    offload: Offload
    key: bytes
    """Makes idempotency keys."""
    environment: str = "production"
    now: Callable[[], float] = time.time
    name: str = "hand_over"

    async def __call__(self, turn: Turn) -> Turn:
        """Set the notice, and the handoff if there is one."""
        if turn.shadow or turn.profile == "utility":
            return turn
        match turn.decision:
            case HandOff():
                return await self._hand_over(turn)
            case Refuse():
                return turn.but(notice=Redacted(turn.policy.refusal_text.pick(turn.locale)))
            case _:
                return turn

    async def _hand_over(self, turn: Turn) -> Turn:
        try:
            return await self._stored(turn, new_handoff_id(self.now()))
        except Exception as error:  # noqa: BLE001 - whatever broke, the customer is told the truth
            # No traceback and no foreign message: both may hold the conversation.
            why = str(error) if isinstance(error, StoreError) else type(error).__name__
            log.error("ALARM: a handoff could not be stored, no person promised: %s", why)  # noqa: TRY400
            return turn.but(notice=Redacted(turn.policy.unavailable_text.pick(turn.locale)))

    async def _stored(self, turn: Turn, handoff_id: str) -> Turn:
        ready = self._with_notice(turn, handoff_id)
        packet = build_packet(
            ready,
            handoff_id=handoff_id,
            now=self.now(),
            environment=self.environment,
            key=self.key,
        )
        opened = await self.offload.run(self.store.open_handoff, packet)
        if not opened.created:
            ready = self._with_notice(turn, opened.id)
        queue = packet["routing"].get("queue_id") or packet["routing"]["owner"]
        return ready.but(handoff=HandoffRef(opened.id, "created", queue))

    def _with_notice(self, turn: Turn, reference: str) -> Turn:
        rule = turn.policy.rule(turn.intent)
        text = (_risk_text(turn) or rule.escalation_text).pick(turn.locale)
        goes_to, _ = routing(turn)
        fields = {
            "reference": reference,
            "queue": goes_to.queue,
            "sla": _duration(goes_to.sla_minutes),
        }
        return turn.but(notice=Redacted(text.format(**fields)))


def _risk_text(turn: Turn) -> Texts | None:
    """Return the wording of the gravest risk that has its own."""
    risks = turn.classification.risks if turn.classification else {}
    rules = [turn.policy.risks[risk] for risk in risks if risk in turn.policy.risks]
    order = list(Automation)
    worded = [rule for rule in rules if rule.escalation_text is not None]
    gravest = max(worded, key=lambda rule: order.index(rule.automation), default=None)
    return gravest.escalation_text if gravest else None


def _duration(minutes: int) -> str:
    if minutes < 120:  # noqa: PLR2004 - below two hours people count minutes
        return f"{minutes} min"
    return f"{round(minutes / 60)} h"

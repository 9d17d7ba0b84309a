"""Give the conversation to a person, durably, before the customer is told so."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from policies.decision import HandOff, Refuse
from policies.errors import HandrailError, StoreError
from policies.knowledge import Passage
from policies.policy import Automation, Condition, RiskRule, Texts
from policies.routing import routing
from policies.rules import applying, locales
from policies.text import Redacted
from policies.turn import HandoffRef, Turn
from proxy.handoff.desk import Desk
from proxy.handoff.follow import asked, exchanged, urgent
from proxy.handoff.ids import new_handoff_id
from proxy.handoff.packet import build_packet
from proxy.handoff.urgency import urgency_of
from proxy.models.select import Closeness
from proxy.records.base import RecordStore
from proxy.records.build import decision_record
from validators.offload import Offload

log = logging.getLogger("handrail.handoff")


class Search(Protocol):
    """How pages are found: `KnowledgeBase.search` fits."""

    def __call__(self, query: str, *, scope: Mapping[str, str]) -> Sequence[Passage]:
        """Return passages, best first."""
        ...


@dataclass(slots=True)
class HandOver:
    """Store the packet; promise a person only if that worked."""

    store: RecordStore
    offload: Offload
    key: bytes
    """Makes idempotency keys."""
    environment: str = "production"
    sinks: Callable[[str], Sequence[str]] = lambda _: ()
    """Where a tenant's handoffs are to be delivered."""
    now: Callable[[], float] = time.time
    desk: Desk | None = None
    """Where repeats join the open handoff; None: each is one of its own."""
    search: Search | None = None
    """Finds pages for the agent where no model was to answer; None: there are none."""
    closeness: Closeness | None = None
    """How near in meaning sentences are to a question, for the suggested reply."""
    name: str = "hand_over"

    async def __call__(self, turn: Turn) -> Turn:
        """Set the notice, and the handoff if there is one."""
        if turn.shadow or turn.profile == "utility":
            return turn
        match turn.decision:
            case HandOff():
                return await self._hand_over(turn)
            case Refuse():
                return turn.but(notice=Redacted(turn.policy.refusal_text.pick(*locales(turn))))
            case _:
                return await self._heard(turn)

    async def _hand_over(self, turn: Turn) -> Turn:
        try:
            if self.desk is not None and turn.held is not None and turn.held.joins:
                return await self._joined(turn, turn.held.handoff_id, self.desk)
            return await self._stored(turn, new_handoff_id(self.now()))
        except Exception as error:  # noqa: BLE001 - whatever broke, the customer is told the truth
            # No traceback and no foreign message: both may hold the conversation.
            why = str(error) if isinstance(error, StoreError) else type(error).__name__
            log.error("ALARM: a handoff could not be stored, no person promised: %s", why)  # noqa: TRY400
            return turn.but(notice=Redacted(turn.policy.unavailable_text.pick(*locales(turn))))

    async def _stored(self, turn: Turn, handoff_id: str) -> Turn:
        ready = self._with_notice(await self._looked_up(turn), handoff_id)
        packet = await self.offload.run(
            build_packet,
            ready,
            handoff_id=handoff_id,
            now=self.now(),
            environment=self.environment,
            key=self.key,
            closeness=self.closeness,
        )
        queue = packet["routing"].get("queue_id") or packet["routing"]["owner"]
        promised = ready.but(handoff=HandoffRef(handoff_id, "created", queue))
        opened = await self.offload.run(
            self.store.open_handoff,
            packet,
            sinks=self.sinks(turn.caller.tenant),
            record=decision_record(promised),
        )
        if not opened.created:
            if self.desk is not None:
                return await self._joined(turn, opened.id, self.desk)
            ready = self._with_notice(turn, opened.id)
        return ready.but(handoff=HandoffRef(opened.id, "created", queue))

    async def _looked_up(self, turn: Turn) -> Turn:
        """Find pages for a suggested reply; without them the handoff is as good."""
        if self.search is None or turn.sources or turn.automation is Automation.IMMEDIATE:
            return turn
        try:
            found = await self.offload.run(self.search, turn.question, scope=turn.scope)
        except Exception as error:  # noqa: BLE001 - whatever broke, the person matters more
            log.warning("no pages for a handoff: %s", type(error).__name__)
            return turn
        return turn.but(sources=tuple(found))

    async def _joined(self, turn: Turn, handoff_id: str, desk: Desk) -> Turn:
        """Add the turn to the handoff that there is; the bot says nothing of its own."""
        urgency = urgency_of(turn, self.now())
        said = asked(turn, self.key)
        case = await self.offload.run(desk.join, handoff_id, said, urgency)
        ready = self._with_notice(turn, case.id)
        if turn.held is not None and turn.held.owned and not urgent(turn):
            text = turn.policy.holding_text.pick(*locales(turn))
            ready = turn.but(notice=Redacted(text))
        return ready.but(handoff=HandoffRef(case.id, "queued", case.queue))

    async def _heard(self, turn: Turn) -> Turn:
        """Add an answered turn to a handoff that waits, and note what the customer got of it."""
        held, desk = turn.held, self.desk
        if held is None or desk is None:
            return turn
        said = asked(turn, self.key) if held.replies else exchanged(turn, self.key)
        try:
            if held.replies:
                seqs = [seq for seq, _ in held.replies]
                await self.offload.run(desk.told, seqs, reached=not turn.disconnected)
            if held.replies or held.waiting:
                await self.offload.run(desk.heard, held.handoff_id, said)
        except HandrailError as error:
            log.error("handoff %s lacks a message: %s", held.handoff_id, error)  # noqa: TRY400 - one line
        if held.replies:
            return turn.but(handoff=HandoffRef(held.handoff_id, "delivered", held.queue))
        return turn

    def _with_notice(self, turn: Turn, reference: str) -> Turn:
        rule = turn.policy.rule(turn.intent)
        text = (_special_text(turn) or rule.escalation_text).pick(*locales(turn))
        goes_to, _ = routing(turn)
        fields = {
            "reference": reference,
            "queue": goes_to.queue,
            "sla": _duration(goes_to.sla_minutes),
        }
        return turn.but(notice=Redacted(text.format(**fields)))


def _special_text(turn: Turn) -> Texts | None:
    """Return the wording of the gravest risk, or row of the table, that has its own."""
    risks = turn.classification.risks if turn.classification else {}
    rules: list[RiskRule | Condition] = [
        *(turn.policy.risks[risk] for risk in risks if risk in turn.policy.risks),
        *applying(turn.policy, turn),
    ]
    order = list(Automation)
    worded = [rule for rule in rules if rule.escalation_text is not None]
    gravest = max(worded, key=lambda rule: order.index(rule.automation), default=None)
    return gravest.escalation_text if gravest else None


def _duration(minutes: int) -> str:
    if minutes < 120:  # noqa: PLR2004 - below two hours people count minutes
        return f"{minutes} min"
    return f"{round(minutes / 60)} h"

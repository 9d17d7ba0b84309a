"""What is known about a turn besides its words: earlier contacts, the account, the switch."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from policies.errors import StoreError
from policies.findings import Finding, Reason, Severity
from policies.policy import OUT_OF_SCOPE
from policies.turn import Turn
from proxy.records.base import RecordStore
from proxy.records.views import rfc3339
from validators.offload import Offload
from validators.risk.account import account_amounts

log = logging.getLogger("handrail.classify")

_DAY_S = 86_400


@dataclass(slots=True)
class Circumstances:
    """Adds to a classified turn what the policy's table of decisions asks for."""

    records: RecordStore
    offload: Offload
    tightened: Callable[[], Awaitable[frozenset[str]]]
    """Intents that operators have sent to people; `*` is everything."""

    async def __call__(self, turn: Turn) -> Turn:
        """Set contacts and switch, and add the account's amounts to the text's."""
        turn = turn.but(tightened=await self.tightened())
        if turn.classification is not None:
            seen = turn.classification
            amounts = (*seen.amounts, *account_amounts(turn.evidence))
            turn = turn.but(classification=replace(seen, amounts=amounts))
        return await self._counted(turn)

    async def _counted(self, turn: Turn) -> Turn:
        """Count contacts on this matter; one that nobody can count is a failed check."""
        policy, ref, place = turn.policy, turn.customer_ref, turn.conversation_id
        rows = any(row.contacts_from is not None for row in policy.conditions)
        if ref is None or place is None or (policy.repeat is None and not rows):
            return turn
        days = policy.repeat.days if policy.repeat else 14
        try:
            others = await self.offload.run(
                self.records.contacts,
                turn.caller.tenant,
                ref,
                turn.intent or OUT_OF_SCOPE,
                since=rfc3339(turn.created - days * _DAY_S),
                besides=place,
            )
        except StoreError as error:
            log.error("turn %s: earlier contacts can't be counted: %s", turn.id, error)  # noqa: TRY400 - one line
            return turn.adding(
                Finding(
                    check="repeat_contact",
                    kind=Reason.CHECK_FAILED,
                    severity=Severity.FAIL,
                    reason="earlier contacts could not be counted",
                )
            )
        return turn.but(contacts=others + 1)

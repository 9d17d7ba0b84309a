"""While a person has the conversation the bot keeps silent, and passes on what they answer."""

import logging
from dataclasses import dataclass
from typing import Protocol

from policies.decision import Deliver, HandOff
from policies.errors import StoreError
from policies.findings import Finding, Reason, Severity
from policies.held import Held
from policies.text import Redacted
from policies.turn import NO_TEXT, Answer, Sentence, Turn
from proxy.stages.seen import classified
from validators.base import IntentClassifier
from validators.offload import Offload

log = logging.getLogger("handrail.handoff")


class Standing(Protocol):
    """Tells where a conversation stands: `Desk.standing` fits."""

    def __call__(self, tenant: str, conversation_id: str) -> Held | None:
        """Return the conversation's handoff, with the replies the customer has not got."""
        ...


@dataclass(slots=True)
class Hold:
    """Look for the conversation's handoff; answer in the bot's place where there is one."""

    standing: Standing
    offload: Offload
    classifier: IntentClassifier
    name: str = "hold"

    async def __call__(self, turn: Turn) -> Turn:
        """Set what was found; set the decision where no model is to be called.

        Only named conversations can be held. In shadow mode nothing is.
        """
        if turn.conversation_id is None or turn.shadow or turn.profile == "utility":
            return turn
        try:
            held = await self.offload.run(self.standing, turn.caller.tenant, turn.conversation_id)
        except StoreError as error:
            return self._unknown(turn, error)
        if held is None:
            return turn
        turn = turn.but(held=held)
        if held.replies:
            return _replied(await self._classified(turn), held)
        if held.owned:
            fired = ("a person has this conversation",)
            return (await self._classified(turn)).but(decision=HandOff(held.reason, fired))
        return turn

    async def _classified(self, turn: Turn) -> Turn:
        """Look for risks in what no model will answer: they make the handoff more urgent."""
        try:
            seen = await classified(self.classifier, turn)
        except Exception as error:  # noqa: BLE001 - a person reads the message in any case
            log.error("turn %s could not be classified (%s)", turn.id, type(error).__name__)  # noqa: TRY400 - a message may quote text
            return turn
        return turn.but(classification=seen)

    def _unknown(self, turn: Turn, error: StoreError) -> Turn:
        """Nobody knows whether a person has this conversation: that is for the policy."""
        log.error("turn %s: the state of its conversation can't be read: %s", turn.id, error)
        finding = Finding(
            check=self.name,
            kind=Reason.CHECK_FAILED,
            severity=Severity.FAIL,
            reason="whether a person has this conversation could not be read",
        )
        return turn.adding(finding)


def _replied(turn: Turn, held: Held) -> Turn:
    """Let the agents' words be the answer, in each choice and in the form that was asked for."""
    text = Redacted("\n\n".join(text for _, text in held.replies))
    said = () if turn.structured else (Sentence(text, 0),)
    refusal = text if turn.structured else NO_TEXT
    answers = tuple(
        Answer(choice, said, refusal=refusal, finish_reason="stop")
        for choice in range(turn.choices)
    )
    return turn.but(answers=answers, decision=Deliver(("a person has answered",)))

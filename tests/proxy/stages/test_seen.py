from collections.abc import Sequence
from typing import Any

import pytest

from policies.findings import Reason
from policies.held import Held
from policies.messages import Message, Role
from policies.policy import Risk
from policies.text import Redacted
from policies.turn import Classification
from proxy.stages.seen import classified

TALK = tuple(Message(Role.USER, Redacted(text)) for text in ("HARM, quelle horreur", "merci", "ok"))
CLOSED = Held("h1", "care", Reason.IMMEDIATE_INTENT, last_said=Redacted("merci"))


class Reader:
    """Sees a risk in HARM, and French in a French word."""

    def __init__(self) -> None:
        self.read: list[str] = []

    async def classify(self, conversation: Sequence[Message]) -> Classification:
        text = " ".join(m.text for m in conversation)
        self.read.append(text)
        risks = {Risk.SELF_HARM: 0.9} if "HARM" in text else {}
        spoken = "fr" if "quelle" in text else None
        return Classification("small_talk", 0.9, risks=risks, language=spoken)


@pytest.mark.parametrize(
    ("held", "risks", "read"),
    [
        (None, {Risk.SELF_HARM}, ["HARM, quelle horreur merci ok"]),
        (CLOSED, set(), ["ok", "HARM, quelle horreur merci ok"]),
    ],
)
async def test_what_a_person_has_dealt_with_is_no_risk_any_more(
    make_turn: Any, held: Held | None, risks: set[Risk], read: list[str]
) -> None:
    reader = Reader()
    seen = await classified(reader, make_turn(conversation=TALK, held=held))
    assert set(seen.risks) == risks
    assert seen.language == "fr"
    assert reader.read == read

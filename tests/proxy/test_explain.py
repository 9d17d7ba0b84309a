"""Explaining a request without a model."""

from typing import Any

import pytest

from policies.decision import Deliver, HandOff
from policies.errors import RequestError
from proxy.explain import Given, explain


def body(said: str, **more: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": said}], **more}


@pytest.mark.parametrize(
    ("said", "decision"),
    [("returns: how long?", Deliver), ("dispute: no", HandOff), ("refund: 500 EUR", HandOff)],
)
async def test_it_agrees_with_the_pipeline_and_calls_no_model(
    lab: Any, said: str, decision: type
) -> None:
    turn = await explain(lab.snapshot, body(said), Given())
    assert isinstance(turn.decision, decision)
    assert lab.model.calls == []
    reply = await lab.ask(said)
    assert (reply.handrail["action"] == "pass") == (decision is Deliver)


async def test_circumstances_are_those_given(labs: Any, kit: Any) -> None:
    lab = await labs(policy=kit.POLICY + "[repeat]\ncontacts = 3\n")
    asked = body("returns: how long?", metadata={"locale": "de"})
    turn = await explain(lab.snapshot, asked, Given(contacts=3, at=5.0, tightened=frozenset("*")))
    assert (turn.contacts, turn.created, turn.locale) == (3, 5.0, "de")
    assert isinstance(turn.decision, HandOff)
    assert len(turn.decision.fired) == 3


async def test_account_facts_count(lab: Any) -> None:
    account = {"order": {"total": 500, "currency": "EUR"}}
    turn = await explain(lab.snapshot, body("refund: x", handrail={"account": account}), Given())
    assert isinstance(turn.decision, HandOff)


async def test_a_request_without_messages_is_refused(lab: Any) -> None:
    with pytest.raises(RequestError, match="messages is required"):
        await explain(lab.snapshot, {}, Given())

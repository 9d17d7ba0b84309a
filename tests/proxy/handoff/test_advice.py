from dataclasses import replace
from typing import Any

from policies.knowledge import Audience, Passage
from policies.messages import Message, Role
from policies.policy import Risk
from policies.text import Redacted
from proxy.handoff.advice import advice, goal, sentences, suggestion, tried

RETURNS = "Parcels may go back within 30 days of delivery. The label is in the box."


def said(role: Role, text: str, *, call: bool = False) -> Message:
    return Message(role, Redacted(text), tool_call=call)


def page(text: str = RETURNS, audience: Audience = Audience.CUSTOMER) -> Passage:
    return Passage("p1", "returns", "Returning parcels", text, audience=audience)


def test_the_goal_is_the_message_that_says_most(make_turn: Any) -> None:
    talk = (
        said(Role.USER, "hello"),
        said(Role.USER, "My blue jacket arrived torn, can I return it?"),
        said(Role.ASSISTANT, "A very long answer about jackets, parcels, labels, days and shops"),
        said(Role.USER, "a person please!"),
    )
    found = goal(make_turn(conversation=talk))
    assert found["text"] == "My blue jacket arrived torn, can I return it?"
    assert found["intent"] == "returns"
    assert goal(make_turn(conversation=()))["text"] == ""


def test_what_was_tried_is_told_in_order(make_turn: Any) -> None:
    talk = (
        said(Role.USER, "hello"),
        said(Role.ASSISTANT, 'find_order {"id": 7}', call=True),
        said(Role.TOOL, "{}"),
        said(Role.ASSISTANT, "It is on its way."),
    )
    found = tried(make_turn(conversation=talk, sources=(page(), page())))
    assert found == [
        {"kind": "tool", "text": "find_order"},
        {"kind": "answer", "text": "It is on its way."},
        {"kind": "page", "text": "Returning parcels"},
    ]


def test_each_sentence_of_the_draft_is_marked(make_turn: Any) -> None:
    good, bad = sentences(make_turn())
    assert (good["verdict"], good["sent"], good["claims"]) == ("supported", True, ["c1"])
    assert (bad["verdict"], bad["sent"], bad["claims"]) == ("not_found", False, ["c2"])
    assert bad["reason"] == "TXT no page speaks of postage"
    assert sentences(make_turn(findings=()))[0]["verdict"] is None
    assert sentences(make_turn(answers=())) == []


def test_a_suggestion_stands_in_the_pages(make_turn: Any) -> None:
    talk = (said(Role.USER, "Within how many days after delivery may parcels go back?"),)
    found = suggestion(make_turn(conversation=talk, sources=(page(),)))
    assert found == "Parcels may go back within 30 days of delivery."


def test_nothing_is_suggested_from_internal_pages_or_from_none(make_turn: Any) -> None:
    talk = (said(Role.USER, "Within how many days after delivery may parcels go back?"),)
    internal = page(audience=Audience.INTERNAL)
    assert suggestion(make_turn(conversation=talk, sources=(internal,))) is None
    assert suggestion(make_turn(conversation=talk, sources=())) is None


def test_the_policy_says_what_to_do_next(make_turn: Any) -> None:
    turn = make_turn()
    assert advice(turn)["next_steps"] == []
    intent, risk = turn.policy.intents["returns"], turn.policy.risks[Risk.ANGRY]
    steps = replace(intent.routing, next_steps=("Look at the order", "Call back"))
    grave = replace(risk.routing, next_steps=("Calm down", "Call back"))
    policy = replace(
        turn.policy,
        intents={"returns": replace(intent, routing=steps)},
        risks={Risk.ANGRY: replace(risk, routing=grave)},
    )
    found = advice(turn.but(policy=policy))["next_steps"]
    assert found == ["Calm down", "Call back", "Look at the order"]

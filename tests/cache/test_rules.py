from collections.abc import Callable
from typing import Any

import pytest

from cache.rules import lookup_allowed, storable
from policies.decision import HandOff, Refuse, Rewrite
from policies.findings import CheckRun, Claim, ClaimVerdict, Finding, Outcome, Reason, Severity
from policies.knowledge import Origin, Passage
from policies.messages import Message, Role
from policies.policy import Risk
from policies.text import Redacted
from policies.turn import (
    Answer,
    CacheUse,
    Classification,
    HandoffRef,
    Sentence,
    ToolCall,
    Turn,
    Vault,
)

TurnFactory = Callable[..., Turn]
USER, BOT, TOOL = Role.USER, Role.ASSISTANT, Role.TOOL


def said(role: Role, text: str) -> Message:
    return Message(role, Redacted(text))


def answer(text: str, **changes: Any) -> tuple[Answer, ...]:
    sentence = Sentence(Redacted(text), 0, released=changes.pop("released", True))
    return (Answer(0, (sentence,), **{"finish_reason": "stop", **changes}),)


def claim(verdict: ClaimVerdict, *, shared: bool = True) -> tuple[Finding, ...]:
    judged = Claim(Redacted("x"), (0, 1), verdict, 0.9, shared=shared)
    return (Finding("grounding", None, Severity.INFO, claim=judged),)


def run(outcome: Outcome, *, shadow: bool = False) -> tuple[CheckRun, ...]:
    return (CheckRun("grounding", "sentence", outcome, 1.0, shadow=shadow),)


QUESTION_SIDE: dict[str, dict[str, Any]] = {
    "utility": {"profile": "utility"},
    "shadow": {"shadow": True},
    "structured": {"structured": True},
    "choices": {"choices": 2},
    "tools": {"request": {"tools": [{"type": "function"}]}},
    "functions": {"request": {"functions": [{"name": "f"}]}},
    "n": {"request": {"n": 2}},
    "json": {"request": {"response_format": {"type": "json_object"}}},
    "odd format": {"request": {"response_format": "json"}},
    "logprobs": {"request": {"logprobs": True}},
    "web search": {"request": {"web_search_options": {"search_context_size": "low"}}},
    "audio": {"request": {"modalities": ["text", "audio"]}},
    "image": {
        "request": {
            "messages": [
                {"role": "user", "content": [{"type": "text"}, {"type": "image_url"}]},
            ]
        }
    },
    "no content": {"request": {"messages": [{"role": "user", "content": None}]}},
    "second turn": {"conversation": (said(USER, "a"), said(BOT, "b"), said(USER, "c"))},
    "two questions": {"conversation": (said(USER, "a"), said(USER, "c"))},
    "tool result": {"conversation": (said(TOOL, "a"), said(USER, "c"))},
    "prompt after": {"conversation": (said(USER, "a"), said(Role.SYSTEM, "b"))},
    "nothing said": {"conversation": ()},
    "blank": {"conversation": (said(USER, "  \n"),)},
    "placeholder": {"conversation": (said(USER, "I am [PERSON_k7q2], hi"),)},
    "placeholder in small letters": {"conversation": (said(USER, "i am [person_k7q2], hi"),)},
    "placeholder without brackets": {"conversation": (said(USER, "mail EMAIL_ADDRESS_k7q2"),)},
    "known placeholder": {
        "conversation": (said(USER, "it is iban_code_k7q2"),),
        "vault": Vault({"[IBAN_CODE_k7q2]": "x"}),
    },
    "context": {"evidence": (Passage("c", "c", "t", "x", origin=Origin.CONTEXT),)},
    "account": {"evidence": (Passage("a", "a", "t", "x", origin=Origin.ACCOUNT),)},
    "tool evidence": {"evidence": (Passage("t", "t", "t", "x", origin=Origin.TOOL),)},
    "no revision": {"knowledge_revision": ""},
    "unclassified": {"classification": None},
    "out of scope": {"classification": Classification("returns", 0.2, in_scope=False)},
    "unknown intent": {"classification": Classification("elsewhere", 0.9)},
    "intent not cached": {"classification": Classification("order_status", 0.9)},
    "intent for people": {"classification": Classification("dispute", 0.9)},
    "risk": {"classification": Classification("returns", 0.9, risks={Risk.HARDSHIP: 0.8})},
}

ANSWER_SIDE: dict[str, dict[str, Any]] = {
    "undecided": {"decision": None},
    "handed off": {"decision": HandOff(Reason.NOT_IN_KB)},
    "rewritten": {"decision": Rewrite(Reason.NOT_IN_KB)},
    "refused": {"decision": Refuse(Reason.PROMPT_ATTACK)},
    "notice": {"notice": Redacted("A colleague takes over.")},
    "handoff": {"handoff": HandoffRef("h", "created", "q")},
    "no claim": {"findings": ()},
    "claim not found": {"findings": claim(ClaimVerdict.NOT_FOUND)},
    "one claim not found": {
        "findings": claim(ClaimVerdict.SUPPORTED) + claim(ClaimVerdict.CONTRADICTED)
    },
    "customer's facts": {"findings": claim(ClaimVerdict.SUPPORTED, shared=False)},
    "not run": {"checks": run(Outcome.NOT_RUN)},
    "check broke": {"checks": run(Outcome.ERROR)},
    "check failed": {"checks": run(Outcome.FAIL)},
    "no answer": {"answers": ()},
    "empty answer": {"answers": answer("  ")},
    "cut short": {"answers": answer("ok.", finish_reason="length")},
    "unfinished": {"answers": answer("ok.", finish_reason=None)},
    "withheld": {"answers": answer("ok.", released=False)},
    "gone": {"disconnected": True},
    "tool call": {"answers": answer("ok.", tool_calls=(ToolCall("1", "f", Redacted("{}")),))},
    "refusal": {"answers": answer("ok.", refusal=Redacted("No."))},
    "placeholder": {"answers": answer("Dear [PERSON_k7q2], yes.")},
    "invented placeholder": {"answers": answer("Dear PERSON_zz, yes.")},
    "known placeholder": {
        "answers": answer("Dear person_k7q2, yes."),
        "vault": Vault({"[PERSON_k7q2]": "x"}),
    },
    "hit": {"cache": CacheUse("hit")},
}


def test_a_plain_grounded_answer_may_be_stored_and_looked_up(make_turn: TurnFactory) -> None:
    assert lookup_allowed(make_turn()) is None
    assert storable(make_turn()) is None


@pytest.mark.parametrize("changes", QUESTION_SIDE.values(), ids=QUESTION_SIDE)
def test_a_question_that_does_not_stand_for_itself_bypasses_the_cache(
    make_turn: TurnFactory, changes: dict[str, Any]
) -> None:
    turn = make_turn(**changes)
    assert lookup_allowed(turn)
    assert storable(turn) == lookup_allowed(turn)


@pytest.mark.parametrize("changes", ANSWER_SIDE.values(), ids=ANSWER_SIDE)
def test_an_answer_that_is_not_wholly_good_for_all_is_not_stored(
    make_turn: TurnFactory, changes: dict[str, Any]
) -> None:
    assert storable(make_turn(**changes))


def test_before_the_answer_only_the_question_counts(make_turn: TurnFactory) -> None:
    turn = make_turn(decision=None, answers=(), findings=(), checks=(), confidence=None)
    assert lookup_allowed(turn) is None


@pytest.mark.parametrize(
    "request_",
    [
        {"n": 1, "tools": [], "response_format": {"type": "text"}, "modalities": ["text"]},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}]}]},
        {"temperature": 0.2, "max_tokens": 50},
    ],
)
def test_a_request_for_one_text_is_allowed(
    make_turn: TurnFactory, request_: dict[str, Any]
) -> None:
    assert lookup_allowed(make_turn(request=request_)) is None


def test_what_a_shadow_check_saw_does_not_matter(make_turn: TurnFactory) -> None:
    assert storable(make_turn(checks=run(Outcome.FAIL, shadow=True))) is None


def test_ordinary_names_with_underscores_are_no_placeholders(make_turn: TurnFactory) -> None:
    turn = make_turn(conversation=(said(USER, "What does order_status shipped mean?"),))
    assert lookup_allowed(turn) is None

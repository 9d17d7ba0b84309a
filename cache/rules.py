"""Which answers may be stored and given again. Pure, and every doubt means no.

A wrong answer from a cache is worse than a slow one, so each rule gives the reason why
not; the trace shows it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from policies.confidence import verdict
from policies.decision import Deliver
from policies.findings import Outcome
from policies.messages import Role
from policies.policy import Automation
from policies.turn import Turn

_LOOKS_LIKE_PLACEHOLDER = re.compile(
    r"(?i:\[[a-z][a-z_]*_[a-z2-7]{2,}\])|\b[A-Z][A-Z_]+_[a-z2-7]{2,}\b"
)
_NOT_REPLAYABLE = (
    "tools",
    "tool_choice",
    "functions",
    "function_call",
    "logprobs",
    "top_logprobs",
    "audio",
    "web_search_options",
    "prediction",
    "moderation",
)
_BROKEN = (Outcome.FAIL, Outcome.ERROR, Outcome.NOT_RUN)


def lookup_allowed(turn: Turn) -> str | None:
    """Return why the cache may not answer this turn; None if it may."""
    return next(_against_question(turn), None)


def storable(turn: Turn, least: float = 0.0) -> str | None:
    """Return why the turn's answer may not be stored; None if it may.

    `least` is the confidence that it needs, 0..1.
    """
    return next(_against_question(turn), None) or next(_against_answer(turn, least), None)


def _against_question(turn: Turn) -> Iterator[str]:
    if turn.profile != "support":
        yield f"profile {turn.profile}"
    if turn.shadow:
        yield "shadow mode"
    if turn.held is not None:
        yield "a person has the conversation"
    if turn.structured or turn.choices != 1 or not _plain_request(turn.request):
        yield "the request asks for more than one text answer"
    yield from _against_conversation(turn)
    if not all(passage.shared for passage in turn.evidence):
        yield "the request brings evidence of its own"
    if not turn.knowledge_revision:
        yield "the knowledge has no revision"
    yield from _against_intent(turn)


def _against_conversation(turn: Turn) -> Iterator[str]:
    """Only a first question stands for itself."""
    spoken = [m for m in turn.conversation if m.role not in (Role.SYSTEM, Role.DEVELOPER)]
    if [m.role for m in spoken] != [Role.USER] or turn.conversation[-1] is not spoken[0]:
        yield "not the customer's first turn"
    elif not spoken[0].text.strip():
        yield "no question"
    if _personal(turn, turn.question):
        yield "a placeholder in the question"


def _against_intent(turn: Turn) -> Iterator[str]:
    seen = turn.classification
    if seen is None or not seen.in_scope or seen.intent not in turn.policy.intents:
        yield "no known intent"
    elif not turn.policy.rule(seen.intent).cache:
        yield f"intent {seen.intent} is not cached"
    elif turn.automation is not Automation.AUTO:
        yield "a person decides"


def _against_answer(turn: Turn, least: float) -> Iterator[str]:
    if turn.cache.status == "hit":
        yield "the answer came from the cache"
    if not isinstance(turn.decision, Deliver) or turn.notice or turn.handoff is not None:
        yield "not delivered as it was"
    if verdict(turn) != "grounded":
        yield "not grounded"
    if (turn.confidence or 0.0) < least:
        yield f"confidence below {least:g}"
    if not all(claim.shared for claim in turn.claims):
        yield "supported by this customer's facts"
    if any(run.outcome in _BROKEN for run in turn.checks if not run.shadow):
        yield "a check did not pass"
    yield from _against_text(turn)


def _against_text(turn: Turn) -> Iterator[str]:
    if len(turn.answers) != 1:
        yield "not one answer"
        return
    answer = turn.answers[0]
    if answer.tool_calls or answer.refusal:
        yield "not a text answer"
    whole = answer.finish_reason == "stop" and all(s.released for s in answer.sentences)
    if not whole or not answer.text.strip() or turn.disconnected:
        yield "not released whole"
    if _personal(turn, answer.text):
        yield "a placeholder in the answer"


def _personal(turn: Turn, text: str) -> bool:
    """Placeholders in any spelling: a model may drop brackets or change case."""
    folded = text.casefold()
    known = (token.strip("[]").casefold() for token in turn.vault)
    return _LOOKS_LIKE_PLACEHOLDER.search(text) is not None or any(t in folded for t in known)


def _plain_request(request: Mapping[str, Any]) -> bool:
    """Text in, one text out: nothing that a stored text could not stand for."""
    if any(request.get(name) for name in _NOT_REPLAYABLE) or request.get("n") not in (None, 1):
        return False
    wanted = request.get("response_format")
    if wanted is not None and (not isinstance(wanted, Mapping) or wanted.get("type") != "text"):
        return False
    if request.get("modalities") not in (None, [], ["text"]):
        return False
    return all(_text_only(message) for message in request.get("messages") or ())


def _text_only(message: object) -> bool:
    """A picture beside the words is part of the question, and no key could hold it."""
    content = message.get("content") if isinstance(message, Mapping) else None
    if isinstance(content, list | tuple):
        return all(isinstance(part, Mapping) and part.get("type") == "text" for part in content)
    return isinstance(content, str)

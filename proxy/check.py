"""Check an answer without calling a model: the admin route, `handrail check` and evals."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from policies.confidence import confidence
from policies.decide import decide
from policies.policy import Release
from policies.text import Raw, Redacted
from policies.turn import NO_TEXT, Classification, Turn
from proxy.models.base import Finished, ModelEvent, Opened, TextDelta
from proxy.snapshot import Snapshot
from proxy.stages.redact import Redact
from proxy.stream.gate import Gate
from proxy.wire.request import Received
from validators.base import Scope
from validators.run import run_checks


async def check_answer(  # noqa: PLR0913 - one parameter per field of the route
    snapshot: Snapshot,
    messages: Sequence[Mapping[str, Any]],
    answer: str,
    *,
    context: Sequence[Any] = (),
    intent: str | None = None,
    knowledge: bool = True,
    scope: Mapping[str, str] | None = None,
    locale: str | None = None,
) -> Turn:
    """Return the settled turn for a given answer; nothing is recorded or handed over.

    The answer is redacted with the conversation, because whoever asks may paste real
    text. Raises `RequestError`.
    """
    # The answer rides along as a last message, so that placeholders agree.
    body = {"messages": [*messages, {"role": "assistant", "content": answer}]}
    turn = Turn(
        id=f"hr_{secrets.token_hex(12)}",
        request_id="",
        created=time.time(),
        received=Raw(Received(body, list(context), None, None, None)),
        policy=snapshot.policy,
        config_hash=snapshot.hash,
        scope=scope or {},
        locale=locale,
        use_knowledge=knowledge,
        knowledge_revision=snapshot.knowledge.revision,
    )
    turn = await Redact(snapshot.redactor, snapshot.config.knowledge.trust_system_prompt)(turn)
    draft = NO_TEXT
    if answer:
        draft = turn.conversation[-1].text
        turn = turn.but(conversation=turn.conversation[:-1])
    seen = await snapshot.classifier.classify(turn.conversation)
    if intent is not None:
        seen = Classification(intent=intent, score=1.0, risks=seen.risks, amounts=seen.amounts)
    turn = turn.but(classification=seen)
    if knowledge:
        limit = snapshot.config.knowledge.passages
        pages = await asyncio.to_thread(
            snapshot.knowledge.search, turn.question, scope=turn.scope, limit=limit
        )
        turn = turn.but(sources=tuple(pages))
    found, runs = await run_checks(snapshot.checks, Scope.QUESTION, turn.question, turn)
    turn = turn.adding(*found, checks=runs)
    gate = Gate(turn, snapshot.checks, run_checks, snapshot.restore, Release.ANSWER)
    async with aclosing(gate.run(_given(draft))) as events:  # type: ignore[type-var]  # a generator
        async for _ in events:
            pass
    turn = gate.turn
    turn = turn.but(confidence=confidence(turn))
    return turn.but(decision=decide(turn.policy, turn))


async def _given(text: Redacted) -> AsyncIterator[ModelEvent]:
    yield Opened()
    yield TextDelta(0, text)
    yield Finished(0, "stop")

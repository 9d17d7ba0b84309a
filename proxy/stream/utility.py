"""The way of a bot's own calls (titles, query rewriting): redacted, restored, nothing else."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Protocol

from policies.text import Redacted
from policies.turn import Answer, Sentence, Turn
from proxy.models.base import (
    NOT_FOUND,
    Finished,
    ModelEvent,
    Opened,
    RefusalDelta,
    TextDelta,
    ToolDelta,
    UsageReport,
)
from proxy.stream.draft import ChoiceDraft
from proxy.stream.events import Event, Text
from proxy.stream.screen import asked_for, counts


class Restorer(Protocol):
    """Puts values back into a stream, holding back what may be a split placeholder."""

    def feed(self, chunk: str) -> str:
        """Return what can leave."""
        ...

    def flush(self) -> str:
        """Return the rest."""
        ...


@dataclass(slots=True)
class Passthrough:
    """Lets an unchecked answer through. `turn` is always the latest state."""

    turn: Turn
    restorer: Callable[[Mapping[str, str]], Restorer]
    _drafts: dict[int, ChoiceDraft] = field(init=False, default_factory=dict)
    _restorers: dict[int, Restorer] = field(init=False, default_factory=dict)
    _finished: dict[int, str] = field(init=False, default_factory=dict)

    async def run(self, source: AsyncIterator[ModelEvent]) -> AsyncIterator[Event]:
        """Release text as it arrives; calls and refusals are left to the end."""
        async with aclosing(source) as events:  # type: ignore[type-var]  # every source is a generator
            async for event in events:
                for out in self._take(event):
                    yield out
        for choice in list(self._restorers):
            if rest := self._restorers[choice].flush():
                yield Text(choice, rest)
        answers = (self._answer(choice) for choice in sorted({*self._drafts, *self._finished}))
        self.turn = self.turn.but(answers=tuple(answers))

    def _take(self, event: ModelEvent) -> list[Event]:
        if not asked_for(event, self.turn.choices):
            return []
        match event:
            case TextDelta(choice=choice, text=text):
                restorer = self._restorers.setdefault(choice, self.restorer(self.turn.for_customer))
                self._drafts.setdefault(choice, ChoiceDraft())
                return [Text(choice, out)] if (out := restorer.feed(text)) else []
            case RefusalDelta(choice=choice, text=text):
                self._drafts.setdefault(choice, ChoiceDraft()).refusal.append(text)
            case ToolDelta(choice=choice):
                self._drafts.setdefault(choice, ChoiceDraft()).call(event)
            case Finished(choice=choice, reason=reason):
                self._finished[choice] = "stop" if reason == NOT_FOUND else reason
            case UsageReport(usage=usage):
                self.turn = self.turn.but(served=replace(self.turn.served, usage=counts(usage)))
            case Opened(model=model):
                self.turn = self.turn.but(served=replace(self.turn.served, upstream_model=model))
        return []

    def _answer(self, choice: int) -> Answer:
        draft = self._drafts.get(choice, ChoiceDraft())
        return Answer(
            choice=choice,
            sentences=(Sentence(Redacted(""), 0, released=True),),
            tool_calls=tuple(draft.calls[n].done() for n in sorted(draft.calls)),
            refusal=Redacted("".join(draft.refusal)),
            finish_reason=self._finished.get(choice),
        )

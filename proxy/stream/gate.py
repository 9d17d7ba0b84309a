"""Between the model's stream and the customer: nothing leaves before its checks passed.

One path for every answer. Whether the bot asked for a stream, whether the text comes from
a model or from the cache: it is cut into sentences, each sentence is checked, and each is
released, left out, or ends the answer, as `decide` says.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from policies.decide import decide
from policies.decision import Decision, Deliver, HandOff, Refuse, Rewrite
from policies.findings import CheckRun, Finding
from policies.policy import Release
from policies.sentences import SentenceSplitter
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
from proxy.stream.screen import (
    MAX_SENTENCES,
    asked_for,
    counts,
    invented,
    not_found,
    too_long,
    unknown_value,
)
from validators.base import Scope
from validators.run import Check

Restore = Callable[[str, Mapping[str, str]], str]
Unknown = Callable[[str, Mapping[str, str]], Sequence[str]]
RunChecks = Callable[
    [Sequence[Check], Scope, Redacted, Turn],
    Awaitable[tuple[tuple[Finding, ...], tuple[CheckRun, ...]]],
]


@dataclass(slots=True)
class Gate:
    """Lets one answer through, sentence by sentence. `turn` is always the latest state."""

    turn: Turn
    checks: Sequence[Check]
    run_checks: RunChecks
    restore: Restore
    release_default: Release = Release.SENTENCE
    unknown: Unknown = lambda *_: ()
    """Finds placeholders that stand for nothing; tool calls pass no other check for them."""
    _drafts: dict[int, ChoiceDraft] = field(init=False)
    _closed: bool = field(init=False, default=False)
    streaming: bool = field(init=False)
    """Sentences leave as they pass; otherwise all waits for the verdict."""

    def __post_init__(self) -> None:
        """Prepare the drafts of all choices."""
        self.streaming = self._may_stream()
        self._drafts = {n: ChoiceDraft() for n in range(self.turn.choices)}
        self.turn = self.turn.but(answers=tuple(Answer(n) for n in self._drafts))

    async def run(self, source: AsyncIterator[ModelEvent]) -> AsyncIterator[Event]:
        """Read the source to its end, or until a sentence must not be followed by more."""
        async with aclosing(source) as events:  # type: ignore[type-var]  # every source is a generator
            async for event in events:
                if not asked_for(event, self.turn.choices):
                    continue
                async for out in self._take(event):
                    yield out
                if self._closed:
                    return
        for choice in self._drafts:
            async for out in self._finish(choice, None):
                yield out
        if not self._closed:
            await self._check_whole()

    async def _take(self, event: ModelEvent) -> AsyncIterator[Event]:
        match event:
            case TextDelta(choice=choice, text=text) | RefusalDelta(choice=choice, text=text):
                draft = self._drafts[choice]
                spoken = isinstance(event, TextDelta)
                splitter = draft.splitter if spoken else draft.refusals
                async for out in self._hear(choice, text, splitter):
                    yield out
            case ToolDelta(choice=choice):
                self._drafts[choice].call(event)
            case Finished(choice=choice, reason=reason):
                async for out in self._finish(choice, reason):
                    yield out
            case UsageReport(usage=usage):
                self.turn = self.turn.but(served=replace(self.turn.served, usage=counts(usage)))
            case Opened(model=model):
                self.turn = self.turn.but(served=replace(self.turn.served, upstream_model=model))

    async def _hear(
        self, choice: int, text: str, splitter: SentenceSplitter
    ) -> AsyncIterator[Event]:
        """Judge what is complete; what is too long to be checked ends the answer."""
        fitting = self._drafts[choice].fits(text)
        for part in (fitting, text[len(fitting) :]):
            if part is not fitting and part:
                self._overflow(choice)
            async for out in self._judge_all(choice, splitter, splitter.feed(part)):
                yield out

    async def _finish(self, choice: int, reason: str | None) -> AsyncIterator[Event]:
        draft = self._drafts[choice]
        for splitter in (draft.splitter, draft.refusals):
            async for out in self._judge_all(choice, splitter, splitter.flush()):
                yield out
        if reason is None or self._closed:
            return
        calls = tuple(draft.calls[n].done() for n in sorted(draft.calls))
        self.turn = self.turn.adding(*invented(calls, self.turn.request, choice))
        lost = [call for call in calls if self.unknown(call.arguments, self.turn.vault)]
        self.turn = self.turn.adding(*(unknown_value(choice) for _ in lost[:1]))
        if reason == NOT_FOUND:
            reason = "stop"
            self.turn = self.turn.adding(not_found(choice))
        self._change(choice, tool_calls=calls, finish_reason=reason)

    async def _judge_all(
        self, choice: int, splitter: SentenceSplitter, sentences: Sequence[str]
    ) -> AsyncIterator[Event]:
        draft = self._drafts[choice]
        for sentence in sentences:
            if len(self._answer(choice).sentences) + len(draft.refusal) >= MAX_SENTENCES:
                self._overflow(choice)
            if self._closed:
                return
            if splitter is draft.refusals:
                await self._judge_refusal(choice, sentence)
                continue
            async for out in self._judge(choice, sentence):
                yield out

    def _overflow(self, choice: int) -> None:
        """Give up checking this choice; in shadow mode it goes on unchecked."""
        draft = self._drafts[choice]
        if not draft.overflown:
            draft.overflown = True
            self.turn = self.turn.adding(too_long(choice))
            self._closed = not self.turn.shadow

    async def _judge_refusal(self, choice: int, sentence: str) -> None:
        """Check one sentence of a refusal by the model: it is text for the customer, too."""
        draft = self._drafts[choice]
        said = self._answer(choice).refusal
        draft.refusal.append(sentence)
        self._change(choice, refusal=Redacted(said + sentence))
        await self._check(choice, Redacted(sentence), len(said), None)
        withheld = isinstance(decide(self.turn.policy, self.turn), HandOff | Refuse)
        self._closed = self.streaming and not self.turn.shadow and withheld

    async def _judge(self, choice: int, sentence: str) -> AsyncIterator[Event]:
        """Check one sentence, then release it, leave it out, or end the answer."""
        draft = self._drafts[choice]
        text = Redacted(sentence)
        index = len(self._answer(choice).sentences)
        placed = await self._check(choice, text, draft.length, index)
        new = Sentence(text, draft.length, checkable=any(f.claim for f in placed))
        draft.length += len(sentence)
        self._change(choice, sentences=(*self._answer(choice).sentences, new))
        if not self.streaming:
            return
        if self.turn.shadow:
            yield self._release(choice, index)
            return
        match decide(self.turn.policy, self.turn):
            case Deliver():
                yield self._release(choice, index)
            case Rewrite(drop=drop):
                if (choice, index) not in drop:
                    yield self._release(choice, index)
            case HandOff() | Refuse():
                self._closed = True

    async def _check(
        self, choice: int, text: Redacted, start: int, index: int | None
    ) -> Sequence[Finding]:
        """Run the checks on one sentence and keep what they found."""
        if self._drafts[choice].overflown:
            return ()
        found, runs = await self.run_checks(self.checks, Scope.SENTENCE, text, self.turn)
        placed = [self._place(f, start, choice, index) for f in found]
        self.turn = self.turn.adding(*placed, checks=runs)
        return placed

    def _may_stream(self) -> bool:
        if any(c.validator.scope is Scope.ANSWER and not c.shadow for c in self.checks):
            return False
        if isinstance(decide(self.turn.policy, self.turn), HandOff | Refuse):
            return False  # nothing will leave: the person gets the whole draft
        if not self.turn.stream:
            return False  # nobody reads along: a part of a withheld answer would only mislead
        return self.turn.release is self.release_default is Release.SENTENCE

    def _place(self, finding: Finding, start: int, choice: int, index: int | None) -> Finding:
        """Turn offsets in the sentence into offsets in the answer."""
        span = finding.span and (finding.span[0] + start, finding.span[1] + start)
        claim = finding.claim
        if claim is not None:
            claim = replace(claim, span=(claim.span[0] + start, claim.span[1] + start))
        return replace(finding, span=span, claim=claim, choice=choice, sentence=index)

    async def _check_whole(self) -> None:
        """Run the checks that need the whole answer, per choice."""
        for answer in self.turn.answers:
            if self._drafts[answer.choice].overflown:
                continue
            for text in filter(None, (answer.text, answer.refusal)):
                found, runs = await self.run_checks(self.checks, Scope.ANSWER, text, self.turn)
                placed = [replace(f, choice=answer.choice) for f in found]
                self.turn = self.turn.adding(*placed, checks=runs)

    def _release(self, choice: int, index: int) -> Text:
        answer = self._answer(choice)
        sentence = answer.sentences[index]
        sentences = list(answer.sentences)
        sentences[index] = replace(sentence, released=True)
        self._change(choice, sentences=tuple(sentences))
        return Text(choice, self.restore(sentence.text, self.turn.for_customer))

    def _answer(self, choice: int) -> Answer:
        return next(a for a in self.turn.answers if a.choice == choice)

    def _change(self, choice: int, **changes: object) -> None:
        answers = (
            replace(a, **changes) if a.choice == choice else a  # type: ignore[arg-type]
            for a in self.turn.answers
        )
        self.turn = self.turn.but(answers=tuple(answers))


def dropped(decision: Decision | None) -> frozenset[tuple[int, int]]:
    """Return which sentences a decision leaves out."""
    return decision.drop if isinstance(decision, Rewrite) else frozenset()

"""The last words: what still may leave once the verdict is known."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from policies.decision import Deliver, HandOff, Refuse, Rewrite
from policies.turn import Answer, Turn
from proxy.stream.events import Call, Event, Refusal, Text
from proxy.stream.gate import dropped

_REASONS = frozenset({"stop", "length", "tool_calls", "function_call"})
"""Those that SDKs take for an answer; any other could be text."""

Restore = Callable[[str, Mapping[str, str]], str]


def conclude(turn: Turn, restore: Restore, restore_json: Restore) -> tuple[Turn, list[Event]]:
    """Return the turn with what is released now, and the events that release it."""
    withhold = isinstance(turn.decision, HandOff | Refuse) and not turn.shadow
    if withhold:
        return turn, list(_notice(turn))
    answers: list[Answer] = []
    events: list[Event] = []
    for answer in turn.answers:
        released, out = _rest(turn, answer, restore, restore_json)
        answers.append(released)
        events += out
    return turn.but(answers=tuple(answers)), events


def _rest(
    turn: Turn, answer: Answer, restore: Restore, restore_json: Restore
) -> tuple[Answer, list[Event]]:
    """Release what has not left yet of one choice."""
    drop = dropped(turn.decision) if not turn.shadow else frozenset()
    events: list[Event] = []
    sentences = list(answer.sentences)
    for n, sentence in enumerate(sentences):
        if not sentence.released and (answer.choice, n) not in drop:
            sentences[n] = replace(sentence, released=True)
            events.append(Text(answer.choice, restore(sentence.text, turn.for_customer)))
    if answer.refusal:
        events.append(Refusal(answer.choice, restore(answer.refusal, turn.for_customer)))
    for n, call in enumerate(answer.tool_calls):
        events.append(Call(answer.choice, n, call, restore_json(call.arguments, turn.vault)))
    return replace(answer, sentences=tuple(sentences)), events


def _notice(turn: Turn) -> Iterator[Event]:
    """Say in the place of the answer what happens instead."""
    for choice in [a.choice for a in turn.answers] or range(turn.choices):
        if turn.structured:
            yield Refusal(choice, turn.notice)
            continue
        said = next((a.released for a in turn.answers if a.choice == choice), "")
        gap = "" if not said.strip() or said.endswith("\n\n") else "\n\n"
        yield Text(choice, gap + turn.notice)


def finish_reason(turn: Turn, choice: int) -> str:
    """Return why a choice ended, as the bot sees it: never `content_filter`."""
    match turn.decision:
        case HandOff() | Refuse() if not turn.shadow:
            return "stop"
        case Deliver() | Rewrite() | HandOff() | Refuse() | None:
            reason = next((a.finish_reason for a in turn.answers if a.choice == choice), None)
            return reason if reason in _REASONS else "stop"

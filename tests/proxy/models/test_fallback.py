import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.errors import UpstreamError
from proxy.models.base import Finished, ModelEvent, Opened, TextDelta, UsageReport
from proxy.models.fallback import Seen, Target, answer

REQUEST = {"messages": [{"role": "user", "content": "Hi"}]}
HANG = "hang"
Step = ModelEvent | UpstreamError | str


def failing(kind: str = "status", status: int | None = 503, **more: Any) -> UpstreamError:
    return UpstreamError("acme: broken", kind=kind, status=status, **more)


def saying(text: str) -> list[Step]:
    return [Opened(model=text), TextDelta(0, text), Finished(0, "stop"), UsageReport({"x": 1})]


@dataclass
class FakeClient:
    """Plays one script per call; the last one serves all further calls."""

    scripts: list[list[Step]]
    provider: str = "acme"
    system: str = "fake"
    local: bool = True
    calls: list[tuple[str, float]] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    closed: int = 0

    async def stream(
        self, model: str, _request: Mapping[str, Any], *, timeout_s: float
    ) -> AsyncIterator[ModelEvent]:
        self.calls.append((model, timeout_s))
        self.asked.set()
        script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
        try:
            for step in script:
                if isinstance(step, UpstreamError):
                    raise step
                if isinstance(step, str):
                    await asyncio.sleep(60)
                else:
                    yield step
        finally:
            self.closed += 1

    async def close(self) -> None:
        """Hold nothing."""


@dataclass
class Log:
    lines: list[Any] = field(default_factory=list)

    def started(self, target: Target, attempt: int) -> object:
        self.lines.append((target.name, attempt))
        return attempt

    def ended(self, handle: object, error: UpstreamError | None, seen: Seen) -> None:
        self.lines.append((handle, error.kind if error else None, seen))


def target(*scripts: list[Step], name: str = "a", **more: Any) -> Target:
    return Target(name, FakeClient(list(scripts)), more.pop("model", "m"), **more)


def calls(*targets: Target) -> list[int]:
    return [len(t.client.calls) for t in targets if isinstance(t.client, FakeClient)]


async def ask(targets: Sequence[Target], **options: Any) -> list[ModelEvent]:
    options.setdefault("jitter", lambda: 0.0)
    return [event async for event in answer(targets, REQUEST, **options)]


async def failure(targets: Sequence[Target], **options: Any) -> UpstreamError:
    with pytest.raises(UpstreamError) as caught:
        await ask(targets, **options)
    return caught.value


async def test_the_first_target_answers() -> None:
    first, second = target(saying("one")), target(saying("two"), name="b")
    log = Log()
    assert await ask([first, second], on_attempt=log) == saying("one")
    assert calls(first, second) == [1, 0]
    (_, (handle, error, seen)) = log.lines
    assert (log.lines[0], handle, error) == (("a", 1), 1, None)
    assert (seen.events, seen.finish_reasons, seen.usage) == (3, ["stop"], {"x": 1})
    assert (seen.opened, seen.abandoned) == (Opened(model="one"), False)
    assert seen.first_s is not None


async def test_it_retries_then_falls_back_and_opens_once() -> None:
    first = target([Opened(model="never"), failing()])
    second = target([failing("timeout", None)], saying("two"), name="b")
    log = Log()
    assert await ask([first, second], on_attempt=log) == saying("two")
    assert calls(first, second) == [2, 2]
    assert [line for line in log.lines if len(line) == 2] == [
        ("a", 1),
        ("a", 2),
        ("b", 3),
        ("b", 4),
    ]
    assert [line[1] for line in log.lines if len(line) == 3] == [
        "status",
        "status",
        "timeout",
        None,
    ]


async def test_no_second_chance_after_the_first_text() -> None:
    first = target([Opened(), TextDelta(0, "Hel"), failing("protocol", None)])
    second = target(saying("two"), name="b")
    async with aclosing(answer([first, second], REQUEST)) as events:
        assert await anext(events) == Opened()
        assert await anext(events) == TextDelta(0, "Hel")
        with pytest.raises(UpstreamError):
            await anext(events)
    assert calls(first, second) == [1, 0]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (failing("status", 401, retryable=False), [1, 1]),
        (failing("client", 404, retryable=False), [1, 1]),
        (failing("client", 400, retryable=False), [1, 0]),
        (failing("client", 422, retryable=False), [1, 0]),
        (failing("connection", None), [2, 1]),
        (failing("protocol", None), [2, 1]),
        (failing("status", 429, retry_after=30.0), [1, 1]),
        (failing("status", 429, retry_after=0.01), [2, 1]),
    ],
)
async def test_what_is_worth_another_try(error: UpstreamError, expected: list[int]) -> None:
    first, second = target([error]), target(saying("two"), name="b")
    if expected[1]:
        assert await ask([first, second]) == saying("two")
    else:
        assert await failure([first, second]) is error
    assert calls(first, second) == expected


async def test_the_last_error_is_raised() -> None:
    last = failing("connection", None)
    assert await failure([target([failing()]), target([last])], retries=0) is last
    assert (await failure([])).kind == "client"


async def test_a_pause_that_does_not_fit_the_deadline_is_not_made() -> None:
    only = target([failing(retry_after=3.0)])
    assert (await failure([only], deadline_s=1.0)).status == 503
    assert calls(only) == [1]


async def test_the_same_model_is_asked_in_one_turn_only() -> None:
    client = FakeClient([[failing()]])
    twice = [Target("a", client, "m"), Target("b", client, "n"), Target("c", client, "m")]
    await failure(twice, retries=1)
    assert [model for model, _ in client.calls] == ["m", "m", "n", "n"]


async def test_the_deadline_covers_everything() -> None:
    first, second = target([HANG]), target([Opened(), TextDelta(0, "Hel"), HANG], name="b")
    log = Log()
    error = await failure([first, second], deadline_s=0.1, on_attempt=log)
    assert error.kind == "timeout"
    assert calls(first)[0] == 1
    error = await failure([second], deadline_s=0.1, on_attempt=log)
    assert error.kind == "timeout"
    assert isinstance(first.client, FakeClient)
    assert first.client.closed == 1
    assert all(line[1] == "timeout" for line in log.lines if len(line) == 3)


async def test_a_client_may_wait_no_longer_than_the_deadline() -> None:
    only = target(saying("one"), timeout_s=500.0)
    await ask([only], deadline_s=3.0)
    assert isinstance(only.client, FakeClient)
    assert only.client.calls[0][1] <= 3.0


@pytest.mark.parametrize("script", [[], [Opened()]])
async def test_an_empty_answer_is_a_failure(script: list[Step]) -> None:
    first, second = target(script), target(saying("two"), name="b")
    assert await ask([first, second]) == saying("two")
    assert (await failure([target(script)])).kind == "protocol"


async def test_closing_closes_the_call_and_is_no_error() -> None:
    only = target([Opened(), TextDelta(0, "Hel"), HANG])
    log = Log()
    async with aclosing(answer([only], REQUEST, on_attempt=log)) as events:
        await anext(events)
        await anext(events)
    assert isinstance(only.client, FakeClient)
    assert only.client.closed == 1
    _, (_, error, seen) = log.lines
    assert error is None
    assert seen.abandoned


async def test_cancelling_closes_the_call() -> None:
    only = target([HANG])
    log = Log()
    task = asyncio.ensure_future(ask([only], on_attempt=log))
    assert isinstance(only.client, FakeClient)
    await only.client.asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert log.lines[1][2].abandoned


outcomes = st.sampled_from(
    [
        lambda: saying("fine"),
        lambda: [failing()],
        lambda: [Opened(), failing("protocol", None)],
        lambda: [failing("status", 401, retryable=False)],
        lambda: [failing("client", 400, retryable=False)],
        lambda: [Opened(), TextDelta(0, "Hel"), failing()],
    ]
)


@given(st.lists(st.lists(outcomes, min_size=1, max_size=3), max_size=4), st.integers(0, 2))
@settings(max_examples=60, deadline=None)
def test_bounded_and_reported_whatever_happens(
    plans: list[list[Callable[[], list[Step]]]], retries: int
) -> None:
    targets = [target(*[make() for make in plan], name=str(i)) for i, plan in enumerate(plans)]
    log = Log()

    async def run() -> list[ModelEvent] | UpstreamError:
        try:
            return await ask(targets, retries=retries, on_attempt=log)
        except UpstreamError as error:
            return error

    result = asyncio.run(run())
    assert all(count <= 1 + retries for count in calls(*targets))
    assert sum(calls(*targets)) == len([line for line in log.lines if len(line) == 3])
    if isinstance(result, list):
        assert sum(isinstance(event, Opened) for event in result) == 1
        assert isinstance(result[0], Opened)

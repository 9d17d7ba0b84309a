import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from policies.findings import Claim, ClaimVerdict, Finding, Outcome, Reason, Severity
from policies.policy import Action, Automation, IntentRule, Policy, Release, Routing, Texts
from policies.text import Raw, Redacted
from policies.turn import Turn
from validators.base import Scope
from validators.run import Check, run_checks

PLANTED = "jane.doe@example.com"
TEXT = Redacted("It is free.")
RULE = IntentRule(
    name="defaults",
    examples=(),
    automation=Automation.AUTO,
    min_confidence=0.7,
    max_amount=None,
    release=Release.SENTENCE,
    on_ungrounded=Action.ESCALATE,
    cache=True,
    tier=None,
    routing=Routing(),
    escalation_text=Texts({}),
)
POLICY = Policy(id="shop", version="v1", intents={}, fallback=RULE, risks={})
TURN = Turn(id="hr_1", request_id="r", created=0.0, received=Raw(None), policy=POLICY)
CLAIM = Claim(TEXT, (0, 11), ClaimVerdict.SUPPORTED, 0.8)
GOOD = Finding("a", None, Severity.INFO, score=0.8, claim=CLAIM)
WORRY = Finding("a", None, Severity.WARN, score=0.6)
BAD = Finding("a", Reason.NOT_IN_KB, Severity.FAIL, score=0.2, claim=CLAIM)

Behaviour = Callable[[], Awaitable[Any]]


class Made:
    """A validator that does what it is told."""

    sends_text_out = False

    def __init__(self, behave: Behaviour, name: str = "a", scope: Scope = Scope.SENTENCE) -> None:
        self.name = name
        self.scope = scope
        self._behave = behave
        self.seen: list[tuple[Redacted, Turn]] = []

    async def check(self, text: Redacted, turn: Turn) -> Sequence[Finding]:
        self.seen.append((text, turn))
        found: Sequence[Finding] = await self._behave()
        return found


def returning(value: Any) -> Behaviour:
    async def behave() -> Any:
        return value

    return behave


def raising(error: BaseException) -> Behaviour:
    async def behave() -> Any:
        raise error

    return behave


async def for_ever() -> Any:
    await asyncio.Event().wait()


async def ignoring_cancellation() -> Any:
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        return []


async def one(behave: Behaviour, timeout_ms: float = 5000, *, shadow: bool = False) -> Any:
    check = Check(Made(behave), timeout_ms, shadow)
    found, (run,) = await run_checks([check], Scope.SENTENCE, TEXT, TURN)
    return found, run


@pytest.mark.parametrize(
    ("found", "outcome", "score", "kind"),
    [
        ([], Outcome.PASS, None, None),
        ([GOOD], Outcome.PASS, 0.8, None),
        ([GOOD, WORRY], Outcome.WARN, 0.6, None),
        ([GOOD, BAD, WORRY], Outcome.FAIL, 0.2, Reason.NOT_IN_KB),
    ],
)
async def test_findings_are_kept_and_summed_up(
    found: list[Finding], outcome: Outcome, score: float | None, kind: Reason | None
) -> None:
    kept, run = await one(returning(found))
    assert kept == tuple(found)
    assert (run.outcome, run.score, run.kind, run.error_type) == (outcome, score, kind, None)
    assert (run.name, run.scope, run.shadow) == ("a", "sentence", False)
    assert run.duration_ms >= 0


def assert_broken(found: Any, run: Any, error: str) -> None:
    (finding,) = found
    assert (finding.kind, finding.severity) == (Reason.CHECK_FAILED, Severity.FAIL)
    assert (finding.check, finding.claim) == ("a", None)
    assert (run.outcome, run.error_type, run.kind) == (Outcome.ERROR, error, Reason.CHECK_FAILED)


@pytest.mark.parametrize(
    "error",
    [ValueError(PLANTED), KeyError(PLANTED), Exception(), RuntimeError(), StopAsyncIteration()],
)
async def test_a_check_that_raises_has_not_passed(error: Exception) -> None:
    found, run = await one(raising(error))
    assert_broken(found, run, type(error).__name__)


@pytest.mark.parametrize("behave", [for_ever, ignoring_cancellation, raising(TimeoutError())])
async def test_a_check_that_takes_too_long_has_not_passed(behave: Behaviour) -> None:
    assert_broken(*await one(behave, 5), "timeout")


async def test_a_check_that_blocks_the_loop_for_too_long_has_not_passed() -> None:
    async def busy() -> Any:
        sum(range(1_000_000))
        return []

    assert_broken(*await one(busy, 0.01), "timeout")


@pytest.mark.parametrize("several", [False, True])
async def test_a_check_that_cancels_itself_has_not_passed(several: bool) -> None:
    broken = Check(Made(raising(asyncio.CancelledError())))
    others = [Check(Made(returning([GOOD]), "b"))] if several else []
    found, runs = await run_checks([broken, *others], Scope.SENTENCE, TEXT, TURN)
    assert_broken(found[:1], runs[0], "cancelled")
    assert len(runs) == 1 + several


@pytest.mark.parametrize("count", [1, 3])
async def test_who_is_cancelled_stops_its_checks(count: int) -> None:
    entered, stopped = asyncio.Semaphore(0), []

    async def behave() -> Any:
        entered.release()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.append(True)

    checks = [Check(Made(behave, f"c{n}")) for n in range(count)]
    task = asyncio.create_task(run_checks(checks, Scope.SENTENCE, TEXT, TURN))
    for _ in range(count):
        await entered.acquire()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(stopped) == count


@pytest.mark.parametrize(
    "returned",
    [
        None,
        3,
        "fail",
        [None],
        [{"kind": "not_in_kb"}],
        [GOOD, "BAD"],
        [Finding("a", None, "fail")],  # type: ignore[arg-type]  # a stranger's check is not typed
        [Finding("a", "not_in_kb", Severity.FAIL)],  # type: ignore[arg-type]  # the same
    ],
)
async def test_what_is_no_finding_is_no_pass(returned: Any) -> None:
    assert_broken(*await one(returning(returned)), "TypeError")


async def test_what_an_error_says_is_kept_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    result = await one(raising(ValueError(PLANTED)))
    assert PLANTED not in repr(result)
    assert PLANTED not in caplog.text


async def test_a_shadow_check_is_recorded_without_consequence() -> None:
    found, run = await one(returning([GOOD, BAD]), shadow=True)
    assert [f.severity for f in found] == [Severity.INFO, Severity.INFO]
    assert [f.claim for f in found] == [None, None]
    assert [f.kind for f in found] == [None, Reason.NOT_IN_KB]
    assert (run.shadow, run.outcome, run.kind) == (True, Outcome.FAIL, Reason.NOT_IN_KB)
    assert run.score == 0.2


async def test_a_shadow_check_that_breaks_has_no_consequence_either() -> None:
    (finding,), run = await one(raising(ValueError()), shadow=True)
    assert finding.severity is Severity.INFO
    assert (run.outcome, run.error_type, run.shadow) == (Outcome.ERROR, "ValueError", True)


async def test_only_the_checks_of_a_scope_run() -> None:
    made = {scope: Made(returning([GOOD]), scope.value, scope) for scope in Scope}
    checks = [Check(validator) for validator in made.values()]
    for scope in Scope:
        _, runs = await run_checks(checks, scope, TEXT, TURN)
        assert [run.name for run in runs] == [scope.value]
    assert [validator.seen for validator in made.values()] == [[(TEXT, TURN)]] * 3
    assert await run_checks([], Scope.SENTENCE, TEXT, TURN) == ((), ())


async def test_several_checks_run_at_once_and_keep_their_order() -> None:
    first_may_go = asyncio.Event()

    async def waits() -> Any:
        await first_may_go.wait()
        return [GOOD]

    async def opens() -> Any:
        first_may_go.set()
        return [BAD]

    checks = [
        Check(Made(waits, "a")),
        Check(Made(raising(ValueError()), "b")),
        Check(Made(opens, "c")),
    ]
    found, runs = await run_checks(checks, Scope.SENTENCE, TEXT, TURN)
    assert [run.name for run in runs] == ["a", "b", "c"]
    assert [run.outcome for run in runs] == [Outcome.PASS, Outcome.ERROR, Outcome.FAIL]
    assert [finding.kind for finding in found] == [None, Reason.CHECK_FAILED, Reason.NOT_IN_KB]

"""Run checks together, each within its time, and never let one fail open."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from policies.findings import CheckRun, Finding, Outcome, Reason, Severity
from policies.text import Redacted
from policies.turn import Turn
from validators.base import Scope, Validator


@dataclass(frozen=True, slots=True)
class Check:
    """A validator as configured."""

    validator: Validator
    timeout_ms: float = 2000
    shadow: bool = False
    """Recorded, but without consequence."""


Checked = tuple[tuple[Finding, ...], tuple[CheckRun, ...]]


async def run_checks(checks: Sequence[Check], scope: Scope, text: Redacted, turn: Turn) -> Checked:
    """Run every check of one scope on a text, concurrently.

    A check that raises, takes too long or returns anything but findings gives a
    `check_failed` finding and an `error` outcome, never a pass; only the type of its error
    is kept, because a message may quote the text.
    """
    chosen = [check for check in checks if check.validator.scope is scope]
    results = (
        [await _run(chosen[0], text, turn)]
        if len(chosen) == 1
        else await asyncio.gather(*(_run(check, text, turn) for check in chosen))
    )
    findings = tuple(finding for found, _ in results for finding in found)
    return findings, tuple(run for _, run in results)


async def _run(check: Check, text: Redacted, turn: Turn) -> tuple[tuple[Finding, ...], CheckRun]:
    start = time.perf_counter()
    error: str | None = None
    found: tuple[Finding, ...] = ()
    try:
        async with asyncio.timeout(check.timeout_ms / 1000):
            found = _valid(await check.validator.check(text, turn))
    except TimeoutError:
        error = "timeout"
    except asyncio.CancelledError:
        if (task := asyncio.current_task()) is None or task.cancelling():
            raise
        error = "cancelled"
    except Exception as raised:  # noqa: BLE001 - whatever a check raises, it has not passed
        error = type(raised).__name__
    ms = (time.perf_counter() - start) * 1000
    if error is None and ms > check.timeout_ms:
        # It blocked the loop or ignored its cancellation.
        error = "timeout"
    if error is not None:
        found = (_broken(check.validator.name, error),)
    report = _report(check, found, error, ms)
    if check.shadow:
        found = tuple(replace(f, severity=Severity.INFO, claim=None) for f in found)
    return found, report


def _valid(found: Sequence[Finding]) -> tuple[Finding, ...]:
    """Refuse what `decide` could overlook: a severity that is only a word, say."""
    for finding in found:
        if not isinstance(finding, Finding) or not isinstance(finding.severity, Severity):
            raise TypeError("a check returns findings with a severity")
        if not isinstance(finding.kind, Reason | None):
            raise TypeError("the kind of a finding is a reason or None")
    return tuple(found)


def _broken(name: str, error: str) -> Finding:
    return Finding(
        check=name,
        kind=Reason.CHECK_FAILED,
        severity=Severity.FAIL,
        reason=f"the check {name} could not be completed ({error})",
    )


def _report(check: Check, found: tuple[Finding, ...], error: str | None, ms: float) -> CheckRun:
    severities = {finding.severity for finding in found}
    if error is not None:
        outcome = Outcome.ERROR
    elif Severity.FAIL in severities:
        outcome = Outcome.FAIL
    elif Severity.WARN in severities:
        outcome = Outcome.WARN
    else:
        outcome = Outcome.PASS
    scores = [finding.score for finding in found if finding.score is not None]
    return CheckRun(
        name=check.validator.name,
        scope=check.validator.scope.value,
        outcome=outcome,
        duration_ms=ms,
        score=min(scores) if scores else None,
        kind=next((f.kind for f in found if f.kind is not None), None),
        error_type=error,
        shadow=check.shadow,
    )

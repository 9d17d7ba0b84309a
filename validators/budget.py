"""What checks spend with paid models, kept within limits per hour and per day.

A call reserves the most that it can cost before it is made, so that calls under way
together can't overdraw a limit, and settles what it did cost afterwards.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

_HOUR_S = 3600
_DAY_S = 86_400
_STEP_S = 60


@dataclass(frozen=True, slots=True)
class Spent:
    """An amount."""

    usd: float = 0.0
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """The most within any 60 minutes and any 24 hours; None: no such limit."""

    usd_per_hour: float | None = None
    usd_per_day: float | None = None
    tokens_per_hour: int | None = None
    tokens_per_day: int | None = None

    @property
    def any(self) -> bool:
        """Tell whether anything is limited."""
        return self.usd or not (self.tokens_per_hour is None and self.tokens_per_day is None)

    @property
    def usd(self) -> bool:
        """Tell whether money is limited, which needs known prices."""
        return not (self.usd_per_hour is None and self.usd_per_day is None)

    def allow(self, hour: Spent, day: Spent) -> bool:
        """Tell whether so much within the last hour and the last day is within the limits."""
        return all(
            limit is None or spent <= limit
            for limit, spent in (
                (self.usd_per_hour, hour.usd),
                (self.usd_per_day, day.usd),
                (self.tokens_per_hour, hour.tokens),
                (self.tokens_per_day, day.tokens),
            )
        )


@dataclass(frozen=True, slots=True)
class Reservation:
    """Room kept for a call under way."""

    account: str
    step: int
    most: Spent


@dataclass(slots=True)
class Ledger:
    """Spending per account over the last day, to the minute. In memory: a restart forgets.

    For one event loop, not for several threads.
    """

    clock: Callable[[], float] = time.monotonic
    """In seconds."""
    _accounts: dict[str, dict[int, Spent]] = field(default_factory=dict)

    def reserve(self, account: str, most: Spent, limits: Limits) -> Reservation | None:
        """Keep room for a call that costs at most so much; None if a limit leaves none."""
        step = int(self.clock() // _STEP_S)
        steps = self._accounts.setdefault(account, {})
        for old in [s for s in steps if s <= step - _DAY_S // _STEP_S]:
            del steps[old]
        hour = _sum(most, [v for s, v in steps.items() if s > step - _HOUR_S // _STEP_S])
        day = _sum(most, list(steps.values()))
        if not limits.allow(hour, day):
            return None
        steps[step] = _sum(most, [steps.get(step, Spent())])
        return Reservation(account, step, most)

    def settle(self, reservation: Reservation, spent: Spent) -> None:
        """Replace what was reserved by what was spent. Once per reservation."""
        steps = self._accounts.get(reservation.account, {})
        if (kept := steps.get(reservation.step)) is not None:
            most = reservation.most
            usd = max(0.0, kept.usd - most.usd + spent.usd)
            tokens = max(0, kept.tokens - most.tokens + spent.tokens)
            steps[reservation.step] = Spent(usd, tokens)


def _sum(first: Spent, more: list[Spent]) -> Spent:
    usd = first.usd + sum(m.usd for m in more)
    return Spent(usd, first.tokens + sum(m.tokens for m in more))

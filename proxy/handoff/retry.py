"""When a delivery is tried again. Pure."""

from proxy.handoff.outbox import MAX_WAIT_S

LONGEST_S = 2 * 3600.0
"""The pause between two tries grows up to here."""
_DOUBLINGS = 40


def pause_s(attempt: int, first_s: float, *, chance: float, asked_s: float | None = None) -> float:
    """Return the pause after a failed try, in seconds, at most `MAX_WAIT_S`.

    It doubles from try to try. `chance` (0 to 1) spreads the tries of many deliveries over
    half of the pause, so that they don't come back together. What the sink asked for
    (`Retry-After`) is the least.
    """
    doubled = first_s * 2.0 ** min(max(attempt - 1, 0), _DOUBLINGS)
    spread = min(doubled, LONGEST_S) * (0.5 + 0.5 * min(max(chance, 0.0), 1.0))
    return min(max(spread, asked_s or 0.0), MAX_WAIT_S)

"""Connections to Redis. The only module that imports redis."""

import threading
import time
from collections.abc import Callable
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from policies.errors import StoreError

FAILURES = (redis.RedisError, OSError)
"""What a call may raise; foreign messages may quote a command or the URL."""

Connection = redis.Redis


def connect(url: str, timeout_s: float) -> Connection:
    """Prepare for the server at `url` (`redis://`, `rediss://` or `unix://`).

    Nothing is sent yet. `timeout_s` is for connecting and for each answer. Raises `StoreError`
    for a URL that is none.
    """
    try:
        return redis.Redis.from_url(
            url,
            socket_timeout=timeout_s,
            socket_connect_timeout=timeout_s,
            retry=Retry(NoBackoff(), 1),
            protocol=2,
        )
    except ValueError:
        msg = "[stores] shared is not a URL like redis://host:6379/0"
        raise StoreError(msg) from None


class RedisCommands:
    """Sends single commands; satisfies the cache's `Commands`. Thread-safe.

    After a failure, calls fail at once for `rest_s` seconds: no request waits again and again
    for a server that is gone.
    """

    def __init__(
        self,
        url: str,
        *,
        timeout_s: float = 0.25,
        rest_s: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """See `connect`."""
        self._db = connect(url, timeout_s)
        self._rest_s = rest_s
        self._clock = clock
        self._resting_until = 0.0
        self._lock = threading.Lock()

    def __call__(self, *command: str | bytes | float) -> Any:  # noqa: ANN401 - Redis has several types
        """Send one command and return its answer. Raises `StoreError`."""
        with self._lock:
            resting = self._clock() < self._resting_until
        if resting:
            msg = "Redis could not be reached a moment ago"
            raise StoreError(msg)
        try:
            return self._db.execute_command(*command)  # type: ignore[no-untyped-call]
        except FAILURES as error:
            with self._lock:
                self._resting_until = self._clock() + self._rest_s
            msg = f"Redis can't be used ({type(error).__name__})"
            raise StoreError(msg) from None

    def close(self) -> None:
        """Close the connections."""
        try:
            self._db.close()
        except FAILURES:
            return

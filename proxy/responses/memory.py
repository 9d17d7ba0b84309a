"""Kept responses that last as long as their process: for tests."""

import threading
from collections.abc import Sequence

from proxy.responses.base import Kept, ancestry


class MemoryResponses:
    """Satisfies `ResponseStore` with a dictionary; safe to use from several threads."""

    def __init__(self) -> None:
        """Start empty."""
        self._lock = threading.Lock()
        self._rows: dict[str, tuple[Kept, float]] = {}

    def keep(self, response: Kept, expires: float) -> None:
        """See `ResponseStore`."""
        with self._lock:
            self._rows[response.id] = (response, expires)
            for name, (row, _) in self._rows.items():
                if (row.tenant, row.thread) == (response.tenant, response.thread):
                    self._rows[name] = (row, expires)

    def thread(self, tenant: str, response_id: str, now: float) -> Sequence[Kept]:
        """See `ResponseStore`."""
        with self._lock:
            rows = {n: r for n, (r, until) in self._rows.items() if until > now}
        return ancestry({n: r for n, r in rows.items() if r.tenant == tenant}, response_id)

    def one(self, tenant: str, response_id: str, now: float) -> Kept | None:
        """See `ResponseStore`."""
        with self._lock:
            row, until = self._rows.get(response_id, (None, 0.0))
        return row if row is not None and row.tenant == tenant and until > now else None

    def delete(self, tenant: str, response_id: str) -> str | None:
        """See `ResponseStore`."""
        with self._lock:
            row, _ = self._rows.get(response_id, (None, 0.0))
            if row is None or row.tenant != tenant:
                return None
            del self._rows[response_id]
            left = any((r.tenant, r.thread) == (tenant, row.thread) for r, _ in self._rows.values())
        return None if left else row.thread

    def threads(
        self, tenant: str, *, conversations: Sequence[str] = (), customers: Sequence[str] = ()
    ) -> Sequence[str]:
        """See `ResponseStore`."""
        with self._lock:
            rows = [row for row, _ in self._rows.values() if row.tenant == tenant]
        return sorted(
            {
                row.thread
                for row in rows
                if row.conversation in conversations
                or row.thread in conversations
                or row.customer_ref in customers
            }
        )

    def erase(self, tenant: str, threads: Sequence[str]) -> int:
        """See `ResponseStore`."""
        with self._lock:
            gone = [
                name
                for name, (row, _) in self._rows.items()
                if row.tenant == tenant and row.thread in threads
            ]
            for name in gone:
                del self._rows[name]
        return len(gone)

    def close(self) -> None:
        """Do nothing."""

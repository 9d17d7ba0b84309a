"""Bots' keys, kept as hashes in one small JSON file."""

import json
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from policies.errors import ConfigError, Problem
from proxy.stages.authenticate import KeyEntry, key_hash

PREFIX = "hk_"


class KeyFile:
    """Reads the file again only when it has changed."""

    def __init__(self, path: Path) -> None:
        """`path` need not exist: then there are no keys."""
        self.path = path
        self._stamp: tuple[int, int] | None = None
        self._entries: tuple[KeyEntry, ...] = ()
        self.entries()

    def entries(self) -> Sequence[KeyEntry]:
        """Return all keys. Raises `ConfigError` if the file is damaged.

        A file that has vanished or broken while serving must not open the door: then the
        keys known before stay in force.
        """
        try:
            stat = self.path.stat()
        except OSError:
            return self._entries
        stamp = (stat.st_mtime_ns, stat.st_size)
        if stamp != self._stamp:
            try:
                self._entries = _read(self.path)
            except ConfigError:
                if self._stamp is None:
                    raise
            self._stamp = stamp
        return self._entries

    def add(self, bot: str, tenant: str = "default", *, allow_shadow: bool = False) -> str:
        """Make a key and return it: the only time that it is seen in clear."""
        key = PREFIX + secrets.token_urlsafe(32)
        entry = KeyEntry(
            id=f"key_{secrets.token_hex(6)}",
            sha256=key_hash(key),
            bot=bot,
            tenant=tenant,
            allow_shadow=allow_shadow,
        )
        self._write([*self.entries(), entry])
        return key

    def remove(self, key_id: str) -> bool:
        """Revoke a key by its id."""
        kept = [entry for entry in self.entries() if entry.id != key_id]
        if len(kept) == len(self._entries):
            return False
        self._write(kept)
        return True

    def _write(self, entries: Sequence[KeyEntry]) -> None:
        rows = [{name: getattr(e, name) for name in KeyEntry.__slots__} for e in entries]
        fresh = self.path.with_suffix(".new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump({"version": 1, "keys": rows}, file, indent=1)
        fresh.replace(self.path)


def _read(path: Path) -> tuple[KeyEntry, ...]:
    try:
        rows = json.loads(path.read_text())["keys"]
        return tuple(KeyEntry(**row) for row in rows)
    except (OSError, ValueError, TypeError, KeyError) as error:
        text = f"is not a key file ({type(error).__name__}); restore it or make keys anew"
        raise ConfigError(Problem(str(path), None, "", text)) from None

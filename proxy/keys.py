"""Bots' keys, kept as hashes in one small JSON file."""

import json
import os
import re
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from policies.errors import ConfigError, Problem
from proxy.stages.authenticate import KeyEntry, key_hash

PREFIX = "hk_"
NOBODY = KeyEntry(id="nobody", sha256="", bot="nobody")
_HASH = re.compile("[0-9a-f]{64}")


class KeyFile:
    """Reads the file again only when it has changed."""

    def __init__(self, path: Path) -> None:
        """`path` need not exist: then there are no keys."""
        self.path = path
        self._stamp: tuple[int, ...] | None = None
        self._entries: tuple[KeyEntry, ...] = ()
        self.entries()

    def entries(self) -> Sequence[KeyEntry]:
        """Return all keys. Raises `ConfigError` if the file is damaged.

        A file that has vanished or broken while serving must not open the door: then the
        keys known before stay in force. Nor must revoking the last key: then an entry that
        no key fits takes its place.
        """
        try:
            stat = self.path.stat()
        except OSError:
            return self._entries
        # Not the time alone: two writes may fall into one tick, and it can be set back.
        stamp = (stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino)
        if stamp != self._stamp:
            try:
                self._entries = _read(self.path) or ((NOBODY,) if self._entries else ())
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
        self._write([*self._written(), entry])
        return key

    def remove(self, key_id: str) -> bool:
        """Revoke a key by its id."""
        known = self._written()
        kept = [entry for entry in known if entry.id != key_id]
        if len(kept) == len(known):
            return False
        self._write(kept)
        return True

    def _written(self) -> Sequence[KeyEntry]:
        return [entry for entry in self.entries() if entry is not NOBODY]

    def _write(self, entries: Sequence[KeyEntry]) -> None:
        rows = [{name: getattr(e, name) for name in KeyEntry.__slots__} for e in entries]
        fresh = self.path.with_suffix(".new")
        fresh.unlink(missing_ok=True)  # what is left of a crash keeps the mode it had
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump({"version": 1, "keys": rows}, file, indent=1)
        fresh.replace(self.path)


def _read(path: Path) -> tuple[KeyEntry, ...]:
    try:
        rows = json.loads(path.read_text())["keys"]
        return tuple(_entry(row) for row in rows)
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        text = f"is not a key file ({type(error).__name__}); restore it or make keys anew"
        raise ConfigError(Problem(str(path), None, "", text)) from None


def _entry(row: Mapping[str, Any]) -> KeyEntry:
    entry = KeyEntry(**row)
    names = (entry.id, entry.sha256, entry.bot, entry.tenant)
    if not all(isinstance(name, str) for name in names) or not _HASH.fullmatch(entry.sha256):
        raise TypeError("a key has an id, a hash, a bot and a tenant")
    # A word in the place of a switch would count as true.
    if not isinstance(entry.allow_shadow, bool):
        raise TypeError("allow_shadow is true or false")
    if not isinstance(entry.expires_at, int | float | None):
        raise TypeError("expires_at is a time in seconds")
    return entry

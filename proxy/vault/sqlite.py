"""The vault as one encrypted SQLite file: the default."""

import os
import sqlite3
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from policies.errors import StoreError
from policies.turn import Vault
from proxy.vault.base import DEFAULT_TTL_S, Clock
from proxy.vault.crypt import MasterKey, Sealer, decoded, encoded

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS tenants (tenant BLOB PRIMARY KEY, wrapped BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS conversations (
    id BLOB PRIMARY KEY, customer BLOB, expires REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS conversations_customer ON conversations (customer);
CREATE INDEX IF NOT EXISTS conversations_expires ON conversations (expires);
CREATE TABLE IF NOT EXISTS vault (
    conversation BLOB NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    placeholder TEXT NOT NULL,
    box BLOB NOT NULL,
    own INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (conversation, placeholder)
) WITHOUT ROWID;
"""
_PRAGMAS = (
    "journal_mode = WAL",
    # Every turn writes and a customer waits for it: a power cut may cost the values of the last
    # moments, which the bot still has. A crash of the process costs nothing.
    "synchronous = NORMAL",
    "secure_delete = ON",
    "foreign_keys = ON",
)
_BUSY_S = 2.0
"""How long a writer waits for another process: a request waits with it."""


class SqliteVault:
    """Satisfies `VaultStore`; several processes may use one file.

    On disk are keyed hashes of tenant, conversation and customer, placeholders, times,
    and sealed boxes: no value, no name of anybody. Erased rows are overwritten.
    """

    def __init__(
        self, path: Path, master: bytes, *, ttl_s: float = DEFAULT_TTL_S, now: Clock = time.time
    ) -> None:
        """Open or create `path` (0600) and its folder (0700 if it is new).

        `master` has at least 16 bytes, else `ValueError`; values live `ttl_s` seconds after
        the last turn of their conversation. Raises `StoreError` if the file can't be used or
        was written under another key.
        """
        self._master = MasterKey(master)
        self._name = path.name
        self._ttl_s = ttl_s
        self._now = now
        self._lock = threading.Lock()
        self._sealers: dict[str, Sealer] = {}
        with self._translated():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            path.chmod(0o600)
            self._db = sqlite3.connect(
                path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
            )
            for pragma in _PRAGMAS:
                self._db.execute(f"PRAGMA {pragma}")
            self._db.executescript(_SCHEMA)
        self._prove_key()

    def remember(
        self,
        tenant: str,
        conversation_id: str,
        values: Mapping[str, str],
        *,
        customer_ref: str | None = None,
        own: Collection[str] = (),
    ) -> Vault:
        """See `VaultStore`."""
        key = self._master.index(tenant, conversation_id)
        customer = None if customer_ref is None else self._master.index(tenant, "", customer_ref)
        expires = self._now() + self._ttl_s
        with self._transaction() as db:
            sealer = self._sealer(tenant)
            db.execute(
                "INSERT INTO conversations VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
                " expires = excluded.expires, customer = coalesce(excluded.customer, customer)",
                (key, customer, expires),
            )
            known = self._boxes(key)
            rows = (
                (key, name, sealer.seal(encoded(value), tenant, conversation_id, name), 0)
                for name, value in values.items()
                if name not in known
            )
            db.executemany("INSERT INTO vault VALUES (?, ?, ?, ?)", rows)
            db.executemany(
                "UPDATE vault SET own = 1 WHERE conversation = ? AND placeholder = ? AND own = 0",
                [(key, name) for name in own],
            )
        before = {
            name: decoded(sealer.open(known[name], tenant, conversation_id, name))
            for name in values
            if name in known
        }
        return Vault({**values, **before}, set(own) & set(values))

    def recall(self, tenant: str, conversation_id: str) -> Vault:
        """See `VaultStore`."""
        key = self._master.index(tenant, conversation_id)
        # No transaction: reading waits for no writer.
        with self._lock, self._translated():
            rows = self._db.execute(
                "SELECT placeholder, box, own FROM vault JOIN conversations ON id = conversation"
                " WHERE conversation = ? AND expires > ?",
                (key, self._now()),
            ).fetchall()
            sealer = self._sealer(tenant) if rows else None
        if sealer is None:
            return Vault()
        return Vault(
            {
                name: decoded(sealer.open(box, tenant, conversation_id, name))
                for name, box, _ in rows
            },
            (name for name, _, own in rows if own),
        )

    def forget_conversation(self, tenant: str, conversation_id: str) -> int:
        """See `VaultStore`."""
        return self._erase("id = ?", self._master.index(tenant, conversation_id))

    def forget_customer(self, tenant: str, customer_ref: str) -> int:
        """See `VaultStore`."""
        return self._erase("customer = ?", self._master.index(tenant, "", customer_ref))

    def purge(self) -> int:
        """See `VaultStore`."""
        return self._erase("expires <= ?", self._now())

    def close(self) -> None:
        """See `VaultStore`."""
        with self._lock, self._translated():
            self._sealers.clear()
            self._db.close()

    def _erase(self, condition: str, value: bytes | float) -> int:
        with self._transaction() as db:
            chosen = f"SELECT id FROM conversations WHERE {condition}"  # noqa: S608 - one of three literals
            count: int = db.execute(
                f"DELETE FROM vault WHERE conversation IN ({chosen})",  # noqa: S608 - see above
                (value,),
            ).rowcount
            db.execute(f"DELETE FROM conversations WHERE {condition}", (value,))  # noqa: S608 - see above
        if count:
            # Until then the log beside the file still holds the erased boxes.
            with self._lock, self._translated():
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return count

    def _prove_key(self) -> None:
        """Open what the first process sealed: a wrong key must not look like an empty vault."""
        with self._transaction() as db:
            db.execute(
                "INSERT OR IGNORE INTO meta VALUES ('key', ?)", (self._master.wrapped_key(""),)
            )
            (proof,) = db.execute("SELECT value FROM meta WHERE name = 'key'").fetchone()
        try:
            self._master.unwrap(proof, "")
        except StoreError:
            self._db.close()
            raise

    def _boxes(self, key: bytes) -> dict[str, bytes]:
        rows = self._db.execute("SELECT placeholder, box FROM vault WHERE conversation = ?", (key,))
        return dict(rows.fetchall())

    def _sealer(self, tenant: str) -> Sealer:
        """Return the tenant's data key, made on first use; under the lock."""
        if tenant not in self._sealers:
            index = self._master.index(tenant)
            self._db.execute(
                "INSERT OR IGNORE INTO tenants VALUES (?, ?)",
                (index, self._master.wrapped_key(tenant)),
            )
            found = self._db.execute("SELECT wrapped FROM tenants WHERE tenant = ?", (index,))
            self._sealers[tenant] = self._master.unwrap(found.fetchone()[0], tenant)
        return self._sealers[tenant]

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._translated():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            msg = f"the vault {self._name} can't be used ({type(error).__name__})"
            raise StoreError(msg) from None

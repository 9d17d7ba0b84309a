"""The vault in Redis: for several replicas."""

import logging
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

from policies.errors import StoreError
from policies.turn import Vault
from proxy.redis_client import FAILURES, connect
from proxy.vault.base import DEFAULT_TTL_S, Clock
from proxy.vault.crypt import MasterKey, Sealer, decoded, encoded

log = logging.getLogger("handrail.vault")

_TIMEOUT_S = 1.0
"""To connect, and for each answer: a request waits with it."""
_BATCH = 500
_OWN = b"o:"
_VALUE = b"v:"

# One step, so that two replicas never give one placeholder to two values. Fields of a
# conversation: `expires`, `customer`, `v:PLACEHOLDER` -> box, `o:PLACEHOLDER` for own ones.
_REMEMBER = """
local kept = {}
local customer = ARGV[3]
if customer ~= '' then
  local before = redis.call('HGET', KEYS[1], 'customer')
  if before and before ~= customer then redis.call('SREM', ARGV[4] .. before, KEYS[1]) end
  redis.call('HSET', KEYS[1], 'customer', customer)
else
  customer = redis.call('HGET', KEYS[1], 'customer') or ''
end
local values, place = tonumber(ARGV[5]), 6
for _ = 1, values do
  if redis.call('HSETNX', KEYS[1], ARGV[place], ARGV[place + 1]) == 0 then
    kept[#kept + 1] = ARGV[place]
    kept[#kept + 1] = redis.call('HGET', KEYS[1], ARGV[place])
  end
  place = place + 2
end
for n = place, #ARGV do redis.call('HSET', KEYS[1], ARGV[n], '1') end
redis.call('HSET', KEYS[1], 'expires', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[1], KEYS[1])
if customer ~= '' then
  redis.call('SADD', ARGV[4] .. customer, KEYS[1])
  if redis.call('PTTL', ARGV[4] .. customer) < tonumber(ARGV[2]) then
    redis.call('PEXPIRE', ARGV[4] .. customer, ARGV[2])
  end
end
return kept
"""
_FORGET = """
local count = 0
for n = 2, #KEYS do
  local customer = redis.call('HGET', KEYS[n], 'customer')
  if customer then redis.call('SREM', ARGV[1] .. customer, KEYS[n]) end
  for _, field in ipairs(redis.call('HKEYS', KEYS[n])) do
    if string.sub(field, 1, 2) == 'v:' then count = count + 1 end
  end
  redis.call('DEL', KEYS[n])
  redis.call('ZREM', KEYS[1], KEYS[n])
end
return count
"""


class RedisVault:
    """Satisfies `VaultStore`; all replicas that share it need the same master key.

    In Redis are keyed hashes of tenant, conversation and customer, placeholders, times,
    and sealed boxes: no value, no name of anybody. Redis drops a conversation by itself when
    its time is over. It must not evict keys (`maxmemory-policy noeviction`).
    """

    def __init__(
        self,
        url: str,
        master: bytes,
        *,
        ttl_s: float = DEFAULT_TTL_S,
        now: Clock = time.time,
        prefix: str = "{handrail-vault}",
    ) -> None:
        """Prepare for the server at `url` (`redis://`, `rediss://` or `unix://`).

        `master` has at least 16 bytes, else `ValueError`; values live `ttl_s` seconds after
        the last turn of their conversation. Raises `StoreError` for a URL that is none and
        for values under another key. A server that can't be reached is only an alarm: the
        vault works once it can. `prefix` begins every key; its braces keep them in one slot.
        """
        self._master = MasterKey(master)
        self._ttl_s = ttl_s
        self._now = now
        self._prefix = prefix
        self._sealers: dict[str, Sealer] = {}
        self._lock = threading.Lock()
        self._proved = False
        self._db = connect(url, _TIMEOUT_S)
        self._remember = self._db.register_script(_REMEMBER)
        self._forget = self._db.register_script(_FORGET)
        try:
            self._prove_key()
        except _UnreachableError as error:
            log.warning("ALARM: %s; values are kept once it can be reached", error)

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
        self._prove_key()
        sealer = self._sealer(tenant)
        customer = "" if customer_ref is None else self._name(tenant, "", customer_ref)
        boxes = {
            name: sealer.seal(encoded(value), tenant, conversation_id, name)
            for name, value in values.items()
        }
        arguments: list[Any] = [self._now() + self._ttl_s, max(1, int(self._ttl_s * 1000))]
        arguments += [customer, f"{self._prefix}:customer:", len(boxes)]
        for name, box in boxes.items():
            arguments += [_VALUE + encoded(name), box]
        arguments += [_OWN + encoded(name) for name in own if name in values]
        keys = [self._conversation(tenant, conversation_id), f"{self._prefix}:expires"]
        with _translated():
            found = cast("list[bytes]", self._remember(keys=keys, args=arguments))
        before = {
            (name := decoded(field[len(_VALUE) :])): decoded(
                sealer.open(box, tenant, conversation_id, name)
            )
            for field, box in zip(found[::2], found[1::2], strict=True)
        }
        return Vault({**values, **before}, set(own) & set(values))

    def recall(self, tenant: str, conversation_id: str) -> Vault:
        """See `VaultStore`."""
        self._prove_key()
        key = self._conversation(tenant, conversation_id)
        with _translated():
            fields = cast("dict[bytes, bytes]", self._db.hgetall(key))
        if not fields or float(fields[b"expires"]) <= self._now():
            return Vault()
        sealer = self._sealer(tenant)
        names = {f: decoded(f[len(_VALUE) :]) for f in fields if f.startswith(_VALUE)}
        return Vault(
            {
                name: decoded(sealer.open(fields[field], tenant, conversation_id, name))
                for field, name in names.items()
            },
            (decoded(field[len(_OWN) :]) for field in fields if field.startswith(_OWN)),
        )

    def forget_conversation(self, tenant: str, conversation_id: str) -> int:
        """See `VaultStore`."""
        return self._erase([self._conversation(tenant, conversation_id)])

    def forget_customer(self, tenant: str, customer_ref: str) -> int:
        """See `VaultStore`."""
        known = f"{self._prefix}:customer:{self._name(tenant, '', customer_ref)}"
        with _translated():
            keys = cast("set[bytes]", self._db.smembers(known))
        return self._erase([key.decode() for key in keys])

    def purge(self) -> int:
        """See `VaultStore`; what Redis has dropped by itself is not counted."""
        count = 0
        while True:
            with _translated():
                found = cast(
                    "list[bytes]",
                    self._db.zrangebyscore(
                        f"{self._prefix}:expires", "-inf", self._now(), start=0, num=_BATCH
                    ),
                )
            if not found:
                return count
            count += self._erase([key.decode() for key in found])

    def close(self) -> None:
        """See `VaultStore`."""
        self._sealers.clear()
        with _translated():
            self._db.close()

    def _erase(self, keys: list[str]) -> int:
        count = 0
        for start in range(0, len(keys), _BATCH):
            batch = [f"{self._prefix}:expires", *keys[start : start + _BATCH]]
            with _translated():
                count += cast("int", self._forget(keys=batch, args=[f"{self._prefix}:customer:"]))
        return count

    def _conversation(self, tenant: str, conversation_id: str) -> str:
        return f"{self._prefix}:conversation:{self._name(tenant, conversation_id)}"

    def _name(self, *names: str) -> str:
        return self._master.index(*names).hex()

    def _prove_key(self) -> None:
        """Open what the first replica sealed: a wrong key must not look like an empty vault."""
        if not self._proved:
            self._master.unwrap(self._first(f"{self._prefix}:key", ""), "")
            self._proved = True

    def _sealer(self, tenant: str) -> Sealer:
        with self._lock:
            if tenant not in self._sealers:
                key = f"{self._prefix}:tenant:{self._name(tenant)}"
                self._sealers[tenant] = self._master.unwrap(self._first(key, tenant), tenant)
            return self._sealers[tenant]

    def _first(self, key: str, tenant: str) -> bytes:
        """Return the wrapped key that came first, made now if there is none."""
        with _translated():
            self._db.setnx(key, self._master.wrapped_key(tenant))
            return cast("bytes", self._db.get(key))


class _UnreachableError(StoreError):
    """Redis did not answer."""


@contextmanager
def _translated() -> Iterator[None]:
    """Keep foreign messages out: they may quote a command or the URL."""
    try:
        yield
    except FAILURES as error:
        msg = f"the vault in Redis can't be used ({type(error).__name__})"
        raise _UnreachableError(msg) from None

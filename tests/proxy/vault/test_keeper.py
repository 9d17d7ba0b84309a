import asyncio
import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from policies.errors import StoreError
from policies.turn import Vault
from proxy.telemetry.memory import MemoryTelemetry
from proxy.telemetry.names import VAULT_FAILURES
from proxy.vault.keeper import VaultKeeper
from proxy.vault.memory import MemoryVault
from proxy.vault.pseudonyms import Pseudonyms
from validators.offload import Offload

NAMES = Pseudonyms(b"a key for the tests alone")
ADA = Vault({"[PERSON_a2aa]": "Ada"}, ["[PERSON_a2aa]"])


@pytest.fixture
def offload() -> Iterator[Offload]:
    pool = Offload(1)
    yield pool
    pool.close()


def keeper(store: Any, offload: Offload, **more: Any) -> VaultKeeper:
    return VaultKeeper(store, NAMES, offload, MemoryTelemetry(), **more)


async def remember(kept: VaultKeeper, values: Vault, before: int = 0) -> Vault:
    return await kept.remember("t", "chat", values, customer_ref="ann@x.example", before=before)


async def test_values_are_kept_under_pseudonyms(offload: Offload) -> None:
    store = MemoryVault()
    kept = keeper(store, offload)
    assert dict(await remember(kept, ADA)) == dict(ADA)
    found = await kept.recall("t", "chat")
    assert (dict(found), found.own) == (dict(ADA), ADA.own)
    assert dict(store.recall("t", "chat")) == {}
    assert store.forget_customer("t", NAMES.customer("t", "ann@x.example")) == 1


class Broken(MemoryVault):
    def __init__(self) -> None:
        super().__init__()
        self.works = False

    def recall(self, tenant: str, conversation_id: str) -> Vault:
        if not self.works:
            raise StoreError("the vault is gone")
        return super().recall(tenant, conversation_id)

    def remember(self, *_: Any, **__: Any) -> Vault:
        raise RuntimeError("Ada")

    def purge(self) -> int:
        raise StoreError("the vault is gone")


async def test_failures_are_counted_and_told_once_in_a_row(
    offload: Offload, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    store = Broken()
    kept = keeper(store, offload)
    for _ in range(3):
        assert dict(await kept.recall("t", "chat")) == {}
    assert await remember(kept, ADA) is ADA
    await kept.purge()
    telemetry: Any = kept.telemetry
    counts = {
        n: telemetry.total(VAULT_FAILURES, operation=n) for n in ("recall", "remember", "purge")
    }
    assert counts == {"recall": 3, "remember": 1, "purge": 1}
    alarms = [r.message for r in caplog.records if "ALARM" in r.message]
    assert len(alarms) == 3
    assert "the vault is gone" in alarms[0]
    store.works = True
    await kept.recall("t", "chat")
    assert "can recall values again" in caplog.records[-1].message
    store.works = False
    await kept.recall("t", "chat")
    assert "ALARM" in caplog.records[-1].message
    assert "Ada" not in caplog.text


class Hangs(MemoryVault):
    def __init__(self) -> None:
        super().__init__()
        self.over = threading.Event()

    def recall(self, *_: Any) -> Vault:
        self.over.wait(60)
        return ADA


async def test_a_vault_that_hangs_is_not_waited_for(offload: Offload) -> None:
    store = Hangs()
    kept = keeper(store, offload, timeout_s=0.02)
    assert dict(await kept.recall("t", "chat")) == {}
    store.over.set()


async def test_a_conversation_can_not_grow_without_end(offload: Offload) -> None:
    kept = keeper(MemoryVault(), offload, most_values=2)
    assert await remember(kept, ADA, before=2) is ADA
    assert dict(await kept.recall("t", "chat")) == {}
    await remember(kept, ADA, before=1)
    assert len(await kept.recall("t", "chat")) == 1


class Counts(MemoryVault):
    def __init__(self, enough: asyncio.Event) -> None:
        super().__init__()
        self.times = 0
        self._loop = asyncio.get_running_loop()
        self._enough = enough

    def purge(self) -> int:
        self.times += 1
        if self.times == 3:
            self._loop.call_soon_threadsafe(self._enough.set)
        return 0


async def test_it_purges_again_and_again_until_it_is_stopped(offload: Offload) -> None:
    stop = asyncio.Event()
    store = Counts(stop)
    await asyncio.wait_for(keeper(store, offload).purge_hourly(stop, every_s=0.001), 30)
    assert store.times >= 3

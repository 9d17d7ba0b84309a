"""A part of the wiring: what outlives a reload."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cache.base import CacheStore
from policies.errors import ConfigError, Problem, StoreError
from proxy import __version__
from proxy.caching import open_cache
from proxy.config.load import Loaded
from proxy.keys import KeyFile
from proxy.records.base import RecordStore
from proxy.records.responses import SqlResponses
from proxy.records.sql import SqlRecordStore
from proxy.records.writer import RecordWriter
from proxy.responses.base import ResponseStore
from proxy.responses.memory import MemoryResponses
from proxy.secrets import derive, master_key, private_folder
from proxy.switch.base import SwitchStore
from proxy.switch.memory import MemorySwitchStore
from proxy.switch.open import open_switches
from proxy.telemetry.base import Telemetry
from proxy.telemetry.otel import OtelTelemetry
from proxy.vault.base import VaultStore
from proxy.vault.memory import MemoryVault
from proxy.vault.redis import RedisVault
from proxy.vault.sqlite import SqliteVault
from validators.budget import Ledger
from validators.knowledge.filling import Filling
from validators.offload import Offload

Metrics = Callable[[], tuple[bytes, str]]


@dataclass(frozen=True, slots=True)
class Stores:
    """What outlives a reload: files, connections, threads."""

    data_dir: Path
    master: bytes
    offload: Offload
    io: Offload
    records: RecordStore
    writer: RecordWriter
    cache: CacheStore | None
    keys: KeyFile
    telemetry: Telemetry
    metrics: Metrics
    ledger: Ledger = field(default_factory=Ledger)
    """What checks have spent with models."""
    filling: Filling | None = None
    """Makes dense indexes of the pages; None: pages are searched by their words only."""
    switches: SwitchStore = field(default_factory=MemorySwitchStore)
    """What operators have sent to people."""
    responses: ResponseStore = field(default_factory=MemoryResponses)
    """Responses that can be continued by their id."""
    vault: VaultStore = field(default_factory=MemoryVault)
    vault_io: Offload = field(default_factory=lambda: Offload(4, "handrail-vault"))
    """Threads of its own: a vault that hangs must not hold up handoffs."""
    long_texts: Offload = field(default_factory=lambda: Offload(1, "handrail-long-texts"))
    """A thread of its own: no message waits until a long text is redacted."""

    async def close(self) -> None:
        """Flush and release everything, in the order of importance."""
        await self.writer.flush(10)
        if self.filling is not None:
            await asyncio.to_thread(self.filling.close)
        await asyncio.to_thread(self.telemetry.close)
        self.records.close()
        self.responses.close()
        self.switches.close()
        if self.cache is not None:
            self.cache.close()
        self.offload.close()
        self.io.close()
        self.vault_io.close()
        self.long_texts.close()
        with suppress(StoreError):
            self.vault.close()


def open_stores(loaded: Loaded, telemetry: Telemetry | None = None) -> Stores:
    """Open files and connections. Raises `ConfigError` that says what to do."""
    config = loaded.config
    folder = private_folder(loaded.folder / config.stores.data_dir)
    master = master_key(folder)
    io = Offload(4, "handrail-io")
    try:
        records = open_records(folder)
        responses = open_responses(folder)
        vault = open_vault(loaded, folder, master)
        switches = open_switches(loaded)
        cache = open_cache(loaded, folder / "cache")
    except StoreError as error:
        raise ConfigError(Problem(str(folder), None, "", str(error))) from None
    keys_path = config.auth.keys_file
    keys = KeyFile(loaded.find(keys_path) if keys_path else folder / "keys.json")
    metrics: Metrics = lambda: (b"", "text/plain")  # noqa: E731 - a default of one line
    if telemetry is None:
        made = OtelTelemetry(
            config.telemetry.otlp_endpoint,
            console=config.telemetry.console,
            service_name=config.telemetry.service_name,
            version=__version__,
        )
        telemetry, metrics = made, made.render_metrics
    return Stores(
        data_dir=folder,
        master=master,
        offload=Offload(config.server.check_threads),
        io=io,
        records=records,
        writer=RecordWriter(records, io),
        cache=cache,
        keys=keys,
        telemetry=telemetry,
        metrics=metrics,
        filling=Filling(folder),
        vault=vault,
        switches=switches,
        responses=responses,
    )


def open_records(folder: Path) -> SqlRecordStore:
    """Open the records in the data folder. Raises `StoreError`."""
    return SqlRecordStore(f"sqlite:///{folder / 'records.db'}")


def open_responses(folder: Path) -> ResponseStore:
    """Open the kept responses, beside the records. Raises `StoreError`."""
    return SqlResponses(f"sqlite:///{folder / 'records.db'}")


def open_vault(loaded: Loaded, folder: Path, master: bytes) -> VaultStore:
    """Open the vault: in the data folder, or shared by replicas. Raises `StoreError`."""
    shared, ttl_s = loaded.config.stores.shared, loaded.config.pii.vault_ttl_s
    secret = derive(master, "vault")
    if shared != "local":
        return RedisVault(shared, secret, ttl_s=ttl_s)
    return SqliteVault(folder / "vault.db", secret, ttl_s=ttl_s)

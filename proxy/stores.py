"""A part of the wiring: what outlives a reload."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cache.base import CacheStore
from cache.disk import DiskCacheStore
from policies.errors import ConfigError, Problem, StoreError
from proxy import __version__
from proxy.config.load import Loaded
from proxy.keys import KeyFile
from proxy.records.base import RecordStore
from proxy.records.sql import SqlRecordStore
from proxy.records.writer import RecordWriter
from proxy.secrets import master_key, private_folder
from proxy.telemetry.base import Telemetry
from proxy.telemetry.otel import OtelTelemetry
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

    async def close(self) -> None:
        """Flush and release everything, in the order of importance."""
        await self.writer.flush(10)
        await asyncio.to_thread(self.telemetry.close)
        self.records.close()
        if self.cache is not None:
            self.cache.close()
        self.offload.close()
        self.io.close()


def open_stores(loaded: Loaded, telemetry: Telemetry | None = None) -> Stores:
    """Open files and connections. Raises `ConfigError` that says what to do."""
    config = loaded.config
    folder = private_folder(loaded.folder / config.stores.data_dir)
    master = master_key(folder)
    io = Offload(4, "handrail-io")
    try:
        records = SqlRecordStore(f"sqlite:///{folder / 'records.db'}")
        size = config.cache.size_mb * 2**20
        cache = DiskCacheStore(folder / "cache", size) if config.cache.enabled else None
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
    )

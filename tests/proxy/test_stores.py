from dataclasses import replace
from pathlib import Path

import pytest

from policies.errors import ConfigError
from proxy.config.load import Loaded, load_config
from proxy.secrets import master_key, private_folder
from proxy.stores import open_stores, open_vault
from proxy.telemetry.memory import MemoryTelemetry
from proxy.vault.redis import RedisVault
from proxy.vault.sqlite import SqliteVault

CONFIG = """version = 1
[providers.pages]
kind = "extractive"
[models.pages]
provider = "pages"
model = "extractive"
[tiers.standard]
models = ["pages"]
[aliases."*"]
tiers = ["standard"]
"""


def written(folder: Path, more: str = "") -> Loaded:
    (folder / "config.toml").write_text(CONFIG + more)
    return load_config(folder / "config.toml", {})


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


async def test_everything_lies_in_a_folder_of_this_user_alone(tmp_path: Path) -> None:
    stores = open_stores(written(tmp_path), MemoryTelemetry())
    try:
        data = tmp_path / "data"
        assert stores.data_dir == data
        assert mode(data) == 0o700
        assert mode(data / "vault.key") == 0o600
        assert mode(data / "records.db") == 0o600
        assert mode(data / "cache") == 0o700
    finally:
        await stores.close()


async def test_the_key_outlives_a_restart(tmp_path: Path) -> None:
    loaded = written(tmp_path)
    first = open_stores(loaded, MemoryTelemetry())
    await first.close()
    second = open_stores(loaded, MemoryTelemetry())
    await second.close()
    assert first.master == second.master


async def test_a_cache_that_is_off_is_not_made(tmp_path: Path) -> None:
    stores = open_stores(written(tmp_path, "[cache]\nenabled = false\n"), MemoryTelemetry())
    try:
        assert stores.cache is None
        assert not (tmp_path / "data" / "cache").exists()
    finally:
        await stores.close()


def test_a_data_folder_that_is_a_file_stops_the_start(tmp_path: Path) -> None:
    loaded = written(tmp_path)
    (tmp_path / "data").write_text("taken")
    with pytest.raises(ConfigError, match="data_dir under \\[stores\\]"):
        open_stores(loaded, MemoryTelemetry())


async def test_metrics_are_rendered_by_the_real_telemetry(tmp_path: Path) -> None:
    loaded = written(tmp_path)
    quiet = loaded.config.telemetry.model_copy(update={"otlp_endpoint": None})
    loaded = replace(loaded, config=loaded.config.model_copy(update={"telemetry": quiet}))
    stores = open_stores(loaded)
    try:
        stores.telemetry.count("handrail.requests", 1, {"action": "pass"})
        body, kind = stores.metrics()
        assert b"handrail_requests" in body
        assert kind.startswith("text/plain")
    finally:
        await stores.close()


async def test_values_of_conversations_are_kept_for_this_user_alone(tmp_path: Path) -> None:
    stores = open_stores(written(tmp_path), MemoryTelemetry())
    try:
        assert isinstance(stores.vault, SqliteVault)
        assert mode(tmp_path / "data" / "vault.db") == 0o600
    finally:
        await stores.close()


async def test_replicas_share_a_vault_in_redis_which_may_come_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shared = '[stores]\nshared = "redis://127.0.0.1:1/0"\n'
    stores = open_stores(written(tmp_path, shared), MemoryTelemetry())
    try:
        assert isinstance(stores.vault, RedisVault)
        assert not (tmp_path / "data" / "vault.db").exists()
        assert "ALARM: the vault in Redis can't be used" in caplog.text
    finally:
        await stores.close()


def test_a_vault_of_another_key_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = written(tmp_path)
    folder = private_folder(tmp_path / "data")
    open_vault(loaded, folder, master_key(folder, {})).close()
    monkeypatch.setenv("HANDRAIL_VAULT_KEY", "another key for this test")
    with pytest.raises(ConfigError, match="HANDRAIL_VAULT_KEY"):
        open_stores(loaded, MemoryTelemetry())

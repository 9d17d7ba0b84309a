import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cache.base import CacheEntry
from cache.redis import RedisCacheStore
from policies.errors import StoreError
from proxy.caching import open_cache
from proxy.config.load import Loaded, load_config

CONFIG = """
version = 1
[providers.pages]
kind = "extractive"
[models.pages]
provider = "pages"
model = "pages"
[tiers.standard]
models = ["pages"]
[aliases."*"]
tiers = ["standard"]
"""
ENTRY = CacheEntry("e1", "acme", "q", "a", 0.9, 0.0)


@pytest.fixture
def configured(tmp_path: Path) -> Callable[[str], Loaded]:
    def make(extra: str = "") -> Loaded:
        path = tmp_path / "config.toml"
        path.write_text(CONFIG + extra)
        return load_config(path)

    return make


def test_a_corrupt_file_is_replaced_by_an_empty_cache(
    configured: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "cache"
    folder.mkdir()
    (folder / "cache.db").write_bytes(b"this is no database" * 100)
    (folder / "mine.txt").write_text("kept")
    store = open_cache(configured(), folder)
    assert store is not None
    store.put("d", ENTRY, 60)
    assert store.get("d") == ENTRY
    assert (folder / "mine.txt").read_text() == "kept"
    assert "empty cache" in caplog.text
    store.close()


def test_a_folder_that_cannot_be_used_is_an_alarm_and_no_error(
    configured: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place = tmp_path / "cache"
    place.write_text("a file")
    with caplog.at_level(logging.WARNING):
        assert open_cache(configured(), place) is None
    assert "ALARM" in caplog.text


def test_off_is_off(configured: Any, tmp_path: Path) -> None:
    assert open_cache(configured("[cache]\nenabled = false"), tmp_path / "cache") is None
    assert not (tmp_path / "cache").exists()


def test_replicas_share_redis_and_its_absence_is_found_out_later(
    configured: Any, tmp_path: Path
) -> None:
    store = open_cache(configured('[stores]\nshared = "redis://127.0.0.1:1/0"'), tmp_path)
    assert isinstance(store, RedisCacheStore)
    with pytest.raises(StoreError):
        store.get("d")
    store.close()

import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cache.base import CacheEntry
from cache.disk import DiskCacheStore, JsonDisk
from policies.errors import StoreError

ENTRY = CacheEntry("e1", "acme", "how long?", "30 days, SECRET.", 0.9, 100.0)
PICKLE, TEXT_FILE, RAW = 4, 3, 1


def spoil(folder: Path, **columns: Any) -> None:
    """Write to the database as someone could who can write the folder."""
    changes = ", ".join(f"{name} = ?" for name in columns)
    with closing(sqlite3.connect(folder / "cache.db")) as database, database:
        changed = database.execute(f"UPDATE Cache SET {changes}", tuple(columns.values()))  # noqa: S608 - column names of this test
        assert changed.rowcount == 1


def attack(target: Path) -> bytes:
    """A pickle that makes a folder when it is loaded, written by hand."""
    return b"cposix\nmkdir\n(V" + str(target).encode() + b"\ntR."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A closed cache of one entry."""
    store = DiskCacheStore(tmp_path / "cache")
    store.put("d", ENTRY, 1e6)
    store.close()
    return tmp_path / "cache"


def test_entries_outlive_the_process(folder: Path) -> None:
    store = DiskCacheStore(folder)
    assert store.get("d") == ENTRY
    store.close()


def test_a_planted_pickle_is_a_miss_and_never_runs(folder: Path, tmp_path: Path) -> None:
    spoil(folder, mode=PICKLE, value=attack(tmp_path / "owned"))
    store = DiskCacheStore(folder)
    assert store.get("d") is None
    assert store.entries() == []
    assert not store.delete("e1")
    store.close()
    assert not (tmp_path / "owned").exists()


def test_a_planted_pickle_as_key_never_runs(folder: Path, tmp_path: Path) -> None:
    spoil(folder, raw=0, key=attack(tmp_path / "owned"))
    store = DiskCacheStore(folder)
    assert store.entries() == []
    store.close()
    assert not (tmp_path / "owned").exists()


def test_the_planted_pickle_would_run_in_diskcache_itself(folder: Path, tmp_path: Path) -> None:
    diskcache = pytest.importorskip("diskcache")
    spoil(folder, mode=PICKLE, value=attack(tmp_path / "owned"))
    with diskcache.Cache(str(folder)) as cache:
        cache.get("d")
    assert (tmp_path / "owned").exists()


@pytest.mark.parametrize("mode", [PICKLE, TEXT_FILE])
def test_a_row_that_names_a_file_neither_reads_nor_removes_it(
    folder: Path, tmp_path: Path, mode: int
) -> None:
    other = tmp_path / "other.txt"
    other.write_text("private")
    spoil(folder, mode=mode, filename=str(other), value=None)
    store = DiskCacheStore(folder)
    assert store.get("d") is None
    store.put("d", ENTRY, 60)
    assert store.get("d") == ENTRY
    store.close()
    assert other.read_text() == "private"


@pytest.mark.parametrize("value", ["", "{", '{"format":1}', b"\x00", 3, None])
def test_a_damaged_row_is_a_miss(folder: Path, value: Any) -> None:
    spoil(folder, mode=RAW, value=value)
    store = DiskCacheStore(folder)
    assert store.get("d") is None
    store.close()


def test_only_this_user_may_enter_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "cache"
    folder.mkdir(parents=True, mode=0o755)
    DiskCacheStore(folder).close()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_made_names_itself(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"file/cache.*delete it"):
        DiskCacheStore(tmp_path / "file" / "cache")


def test_a_broken_database_is_a_store_error(folder: Path) -> None:
    for file in folder.iterdir():
        file.write_bytes(b"no database " * 100)
    with pytest.raises(StoreError, match="can't be used"):
        DiskCacheStore(folder)


def test_planted_settings_do_no_harm(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "cache.db")) as database, database:
        database.execute("UPDATE Settings SET value = 2 WHERE key = 'disk_pickle_protocol'")
        database.execute("INSERT INTO Settings VALUES ('disk_unknown', 'x')")
    store = DiskCacheStore(folder)
    assert store.get("d") == ENTRY
    store.close()


def test_a_failure_while_running_is_a_store_error_without_text(folder: Path) -> None:
    store = DiskCacheStore(folder)
    with closing(sqlite3.connect(folder / "cache.db")) as database, database:
        database.execute("DROP TABLE Cache")
    with pytest.raises(StoreError, match="writing failed") as failed:
        store.put("d", ENTRY, 60)
    assert "SECRET" not in str(failed.value)
    with pytest.raises(StoreError, match="reading failed"):
        store.get("d")
    store.close()


def test_what_is_not_json_is_a_store_error(tmp_path: Path) -> None:
    store = DiskCacheStore(tmp_path / "cache")
    entry = CacheEntry("e", "t", "q", "a", 0.9, 0.0, ({"x": object()},))
    with pytest.raises(StoreError, match="writing failed"):
        store.put("d", entry, 60)
    store.close()


def test_the_cache_stays_within_its_limit(tmp_path: Path) -> None:
    limit = 400_000
    store = DiskCacheStore(tmp_path / "cache", limit)
    for number in range(60):
        answer = "x" * 20_000
        store.put(f"d{number}", CacheEntry(f"e{number}", "t", "q", answer, 0.9, number), 1e6)
    kept = store.entries(limit=100)
    store.close()
    assert kept[0].id == "e59"
    assert sum(len(e.answer) for e in kept) <= limit


def test_only_text_is_written(tmp_path: Path) -> None:
    disk = JsonDisk(str(tmp_path))
    with pytest.raises(TypeError, match="text"):
        disk.put(("a", "tuple"))
    with pytest.raises(TypeError, match="text"):
        disk.store({"a": "dict"}, read=False)

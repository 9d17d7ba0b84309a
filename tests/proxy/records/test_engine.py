import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import insert, text, update

from policies.errors import StoreError
from proxy.records.engine import open_engine, prepare
from proxy.records.tables import SCHEMA_VERSION, meta


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_sqlite_file_is_for_this_user_alone_and_durable(tmp_path: Path) -> None:
    engine, file = open_engine(f"sqlite:///{tmp_path}/data/records.db")
    assert file == tmp_path / "data" / "records.db"
    prepare(engine, "records.db")
    assert (mode(file.parent), mode(file)) == (0o700, 0o600)
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
    engine.dispose()


def test_preparing_twice_changes_nothing(tmp_path: Path) -> None:
    engine, _ = open_engine(f"sqlite:///{tmp_path}/records.db")
    prepare(engine, "records.db")
    prepare(engine, "records.db")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM meta")).scalar() == 1
    engine.dispose()


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    engine, _ = open_engine(f"sqlite:///{tmp_path}/records.db")
    prepare(engine, "records.db")
    with engine.begin() as connection:
        connection.execute(update(meta).values(value=str(SCHEMA_VERSION + 1)))
    with pytest.raises(StoreError, match="newer"):
        prepare(engine, "records.db")
    engine.dispose()


def test_a_damaged_version_is_an_error_that_says_so(tmp_path: Path) -> None:
    engine, _ = open_engine(f"sqlite:///{tmp_path}/records.db")
    prepare(engine, "records.db")
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM meta"))
        connection.execute(insert(meta).values(name="schema_version", value="x"))
    with pytest.raises(StoreError):
        prepare(engine, "records.db")
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("nonsense", "neither"),
        ("mysterydb://user:secret@host/db", "neither"),
    ],
)
def test_an_unusable_url_is_explained_without_its_password(url: str, said: str) -> None:
    with pytest.raises(StoreError, match=said) as caught:
        open_engine(url)
    assert "secret" not in str(caught.value)


def test_a_folder_that_is_a_file_is_explained(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("taken")
    with pytest.raises(StoreError, match="data_dir"):
        open_engine(f"sqlite:///{tmp_path}/data/records.db")


ELSEWHERE = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.execute("SELECT count(*) FROM meta").fetchone()
database.close()
"""


def test_opening_a_file_twice_drops_no_lock_of_the_first(tmp_path: Path) -> None:
    """Otherwise another process that closes the database takes the log away under us."""
    url = f"sqlite:///{tmp_path}/records.db"
    first, _ = open_engine(url)
    prepare(first, "records.db")
    with first.connect() as connection:
        connection.execute(insert(meta).values(name="kept", value="yes"))
        connection.commit()
        second, _ = open_engine(url)
        subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-c", ELSEWHERE, str(tmp_path / "records.db")], check=True, timeout=60
        )
        assert (tmp_path / "records.db-wal").exists()
        assert (tmp_path / "records.db-wal").stat().st_size > 0
    first.dispose()
    second.dispose()


def test_the_outbox_of_the_first_version_makes_room_once(tmp_path: Path) -> None:
    engine, _ = open_engine(f"sqlite:///{tmp_path}/records.db")
    prepare(engine, "records.db")
    old = "CREATE TABLE outbox (handoff_id TEXT REFERENCES handoffs (id), sink TEXT, status TEXT)"
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE outbox"))
        connection.execute(text(old))
        connection.execute(text("UPDATE meta SET value = '1' WHERE name = 'schema_version'"))
    for _ in range(2):
        prepare(engine, "records.db")
    with engine.connect() as connection:
        columns = connection.execute(text("SELECT name FROM pragma_table_info('outbox')"))
        assert {"due_at", "lease", "attempts"} <= set(columns.scalars())
        version = "SELECT value FROM meta WHERE name = 'schema_version'"
        assert connection.execute(text(version)).scalar() == str(SCHEMA_VERSION)
    engine.dispose()

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

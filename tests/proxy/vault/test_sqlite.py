import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from policies.errors import StoreError
from proxy.vault.sqlite import SqliteVault

KEY = b"a master key for the tests alone"
MARKERS = ("planted-value-77", "planted-customer-77", "planted-conversation-77", "planted-tenant")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "new" / "vault.db"


def fill(store: SqliteVault) -> None:
    value, customer, conversation, tenant = MARKERS
    store.remember(tenant, conversation, {"[PERSON_a2aa]": value}, customer_ref=customer)


def opens(store: SqliteVault, tenant: str, conversation: str) -> bool:
    try:
        return len(store.recall(tenant, conversation)) > 0
    except StoreError:
        return False


def on_disk(file: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(file.parent.iterdir()))


def test_nothing_plain_is_ever_on_disk(file: Path) -> None:
    store = SqliteVault(file, KEY)
    fill(store)
    raw = on_disk(file)
    assert b"PERSON_a2aa" in raw
    store.close()
    raw += on_disk(file)
    assert [marker for marker in MARKERS if marker.encode() in raw] == []
    assert KEY not in raw


def test_file_and_folder_are_this_users_alone(file: Path) -> None:
    store = SqliteVault(file, KEY)
    fill(store)
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()} == {0o600}
    store.close()


def test_values_outlive_the_process_and_another_one_reads_them(file: Path) -> None:
    first, second = SqliteVault(file, KEY), SqliteVault(file, KEY)
    fill(first)
    assert dict(second.recall("planted-tenant", "planted-conversation-77")) == {
        "[PERSON_a2aa]": "planted-value-77"
    }
    first.close()
    second.close()


def test_another_master_key_opens_nothing_and_says_so(file: Path) -> None:
    store = SqliteVault(file, KEY)
    fill(store)
    store.close()
    with pytest.raises(StoreError, match="HANDRAIL_VAULT_KEY") as caught:
        SqliteVault(file, KEY[::-1])
    assert caught.value.__suppress_context__


def test_each_tenant_has_a_key_of_its_own_and_boxes_do_not_move(file: Path) -> None:
    store = SqliteVault(file, KEY)
    fill(store)
    store.remember("planted-tenant", "other", {"[PERSON_a2aa]": "x"})
    with closing(sqlite3.connect(file)) as database, database:
        boxes = [box for (box,) in database.execute("SELECT box FROM vault")]
        assert len(set(boxes)) == 2
        database.execute("UPDATE vault SET box = ?", (boxes[0],))
    places = [("planted-tenant", "other"), ("planted-tenant", "planted-conversation-77")]
    assert sum(opens(store, *place) for place in places) == 1
    store.remember("second", "c", {"[PERSON_a2aa]": "x"})
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("SELECT count(DISTINCT wrapped) FROM tenants").fetchone() == (2,)
    store.close()


def test_erased_boxes_are_gone_from_the_bytes(file: Path) -> None:
    store = SqliteVault(file, KEY)
    fill(store)
    with closing(sqlite3.connect(file)) as database:
        (box,) = database.execute("SELECT box FROM vault").fetchone()
    assert box in on_disk(file)
    assert store.forget_customer("planted-tenant", "planted-customer-77") == 1
    assert box not in on_disk(file)
    store.close()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    bad = tmp_path / "vault.db"
    bad.write_text("this is no database, whatever its name says" * 100)
    with pytest.raises(StoreError, match=r"vault\.db can't be used"):
        SqliteVault(bad, KEY)


def test_a_short_master_key_is_refused(file: Path) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        SqliteVault(file, b"short")

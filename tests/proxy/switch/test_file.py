import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.errors import StoreError
from proxy.switch.base import Change, Move
from proxy.switch.file import FILE, FileSwitchStore

CHANGE = Change("2026-01-01T00:00:00.000Z", "me", Move.TIGHTEN, "refund")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / FILE


def test_two_processes_see_the_same(path: Path) -> None:
    one, other = FileSwitchStore(path), FileSwitchStore(path)
    one.append(CHANGE)
    assert list(other.changes()) == [CHANGE]


def test_nobody_else_may_read_it(path: Path) -> None:
    FileSwitchStore(path).append(CHANGE)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_is_only_ever_appended_to(path: Path) -> None:
    store = FileSwitchStore(path)
    store.append(CHANGE)
    before = path.read_bytes()
    store.append(CHANGE)
    assert path.read_bytes().startswith(before)


@pytest.mark.parametrize("torn", [b'{"at": "2026', b"null", b"[]", b'{"what": "up"}', b"\xff\xfe"])
def test_a_damaged_line_counts_for_nothing_and_hides_none(
    path: Path, torn: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    store = FileSwitchStore(path)
    store.append(CHANGE)
    with path.open("ab") as file:
        file.write(torn)
    store.append(CHANGE)
    assert list(store.changes()) == [CHANGE, CHANGE]
    assert "line 2" in caplog.text


def test_what_can_not_be_read_or_written_says_so(tmp_path: Path) -> None:
    store = FileSwitchStore(tmp_path)
    with pytest.raises(StoreError, match="check the rights"):
        store.changes()
    with pytest.raises(StoreError, match="can't be written"):
        store.append(CHANGE)


@given(st.binary(max_size=300))
def test_any_file_can_be_read(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("switch") / FILE
    path.write_bytes(data)
    store = FileSwitchStore(path)
    before = len(store.changes())
    store.append(CHANGE)
    assert len(store.changes()) == before + 1

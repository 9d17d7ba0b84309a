import logging
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.errors import ConfigError
from proxy.secrets import VARIABLE, derive, master_key, private_folder

GOOD = "a secret of sixteen"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_variable_comes_first(tmp_path: Path) -> None:
    assert master_key(tmp_path, {VARIABLE: GOOD}) == GOOD.encode()
    assert list(tmp_path.iterdir()) == []


def test_a_newline_at_the_end_changes_nothing(tmp_path: Path) -> None:
    assert master_key(tmp_path, {VARIABLE: f" {GOOD}\n"}) == GOOD.encode()


@pytest.mark.parametrize("given", ["", "short", "x" * 15, " " * 40, "x" * 15 + "\n" * 9])
def test_a_short_variable_is_refused_and_not_repeated(tmp_path: Path, given: str) -> None:
    with pytest.raises(ConfigError, match="at least 16 characters") as raised:
        master_key(tmp_path, {VARIABLE: given})
    (problem,) = raised.value.problems
    assert (problem.file, problem.key) == ("environment", VARIABLE)
    assert not given.strip() or given.strip() not in str(raised.value)
    assert list(tmp_path.iterdir()) == []


def test_without_it_a_key_is_made_once_for_its_owner_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    old = os.umask(0)
    try:
        key = master_key(tmp_path, {})
    finally:
        os.umask(old)
    path = tmp_path / "vault.key"
    assert mode(path) == 0o600
    assert len(key) == 64
    assert caplog.messages == [f"{VARIABLE} is not set: made a key in {path}; keep a copy of it"]
    assert key.decode() not in caplog.text
    caplog.clear()
    caplog.set_level(logging.DEBUG)
    assert master_key(tmp_path, {}) == key
    assert caplog.messages == []


def test_two_keys_differ(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert master_key(tmp_path / "a", {}) != master_key(tmp_path / "b", {})


@pytest.mark.parametrize("data", [b"", b"short", b"\n\n", b"0123456789abcde\n"])
def test_a_damaged_file_is_not_replaced(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "vault.key"
    path.write_bytes(data)
    with pytest.raises(ConfigError, match="the key file is damaged"):
        master_key(tmp_path, {})
    assert path.read_bytes() == data


def test_a_link_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    (tmp_path / "vault.key").symlink_to(tmp_path / "none")
    with pytest.raises(ConfigError, match="the key file can't be used"):
        master_key(tmp_path, {})


def test_a_folder_that_can_not_hold_it_is_told(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    with pytest.raises(ConfigError, match=f"can't be used.*set {VARIABLE} instead"):
        master_key(blocked, {})
    (tmp_path / "vault.key").mkdir()
    with pytest.raises(ConfigError, match="can't be used"):
        master_key(tmp_path, {})


def test_a_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        folder = private_folder(tmp_path / "deep" / "data")
    finally:
        os.umask(old)
    assert mode(folder) == 0o700
    assert list(folder.iterdir()) == []
    assert private_folder(folder) == folder


@pytest.mark.parametrize("name", ["file", "file/data", "file/deep/data"])
def test_a_folder_that_can_not_be_written_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=r"set data_dir under \[stores\] to another folder"):
        private_folder(tmp_path / name)


def test_derivation_is_the_first_block_of_hkdf_expand() -> None:
    # RFC 5869, appendix A.3: no info.
    master = bytes.fromhex("19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04")
    assert derive(master, "").hex() == (
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
    )


@given(st.binary(max_size=40), st.text(max_size=9), st.text(max_size=9))
def test_each_purpose_has_a_key_of_its_own(master: bytes, one: str, other: str) -> None:
    assert len(derive(master, one)) == 32
    assert (derive(master, one) == derive(master, other)) is (one == other)

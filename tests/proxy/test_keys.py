import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from policies.errors import ConfigError, RequestError
from proxy.keys import PREFIX, KeyFile
from proxy.stages.authenticate import Authenticate, key_hash


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


def opens(file: KeyFile, key: str | None) -> bool:
    """Tell whether the proxy would take a key, read as it is read for each request."""
    try:
        Authenticate(file.entries).caller(key)
    except RequestError as error:
        return error.status != 401
    return True


def rewrite(path: Path, change: Any) -> None:
    content = json.loads(path.read_text())
    change(content["keys"])
    path.write_text(json.dumps(content))


def test_without_a_file_there_is_no_key(path: Path) -> None:
    assert tuple(KeyFile(path).entries()) == ()
    assert not path.exists()


def test_a_key_is_made_once_and_kept_as_a_hash(path: Path) -> None:
    file = KeyFile(path)
    key = file.add("helper", "shop", allow_shadow=True)
    assert key.startswith(PREFIX)
    assert len(key) >= len(PREFIX) + 43
    assert key not in path.read_text()
    (entry,) = KeyFile(path).entries()
    assert (entry.bot, entry.tenant, entry.allow_shadow) == ("helper", "shop", True)
    assert entry.sha256 == key_hash(key)
    assert entry.id not in key
    assert key not in repr(file.entries())


def test_keys_differ(path: Path) -> None:
    file = KeyFile(path)
    keys = {file.add("helper") for _ in range(5)}
    assert len(keys) == len({entry.id for entry in file.entries()}) == 5


def test_the_file_is_for_its_owner_alone(path: Path) -> None:
    file = KeyFile(path)
    old = os.umask(0)
    try:
        file.add("one")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.chmod(0o644)
        path.with_suffix(".new").touch(0o666)
        file.add("two")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    finally:
        os.umask(old)
    assert [name.name for name in path.parent.iterdir()] == ["keys.json"]


def test_a_new_key_works_and_a_revoked_one_stops_at_once(path: Path) -> None:
    serving, desk = KeyFile(path), KeyFile(path)
    first, second = desk.add("one"), desk.add("two")
    assert opens(serving, first)
    assert opens(serving, second)
    assert not opens(serving, "hk_other")
    assert not opens(serving, None)
    assert desk.remove(desk.entries()[0].id)
    assert not opens(serving, first)
    assert opens(serving, second)


def test_revoking_the_last_key_does_not_open_the_door(path: Path) -> None:
    serving, desk = KeyFile(path), KeyFile(path)
    key = desk.add("one")
    assert opens(serving, key)
    assert desk.remove(desk.entries()[0].id)
    for file in (serving, desk):
        assert not opens(file, key)
        assert not opens(file, None)
        assert not opens(file, "")
    assert json.loads(path.read_text())["keys"] == []
    again = desk.add("two")
    assert len(json.loads(path.read_text())["keys"]) == 1
    assert opens(serving, again)
    assert not opens(serving, key)


def test_a_change_is_seen_though_size_and_time_stay_the_same(path: Path) -> None:
    serving, desk = KeyFile(path), KeyFile(path)
    key = desk.add("one")
    os.utime(path, ns=(1, 1))
    assert opens(serving, key)
    size = path.stat().st_size
    desk.entries()
    desk.remove(desk.entries()[0].id)
    other = desk.add("two")
    os.utime(path, ns=(1, 1))
    assert path.stat().st_size == size
    assert not opens(serving, key)
    assert opens(serving, other)


def test_an_unknown_id_removes_nothing(path: Path) -> None:
    file = KeyFile(path)
    assert not file.remove("key_none")
    file.add("one")
    before = path.read_text()
    assert not file.remove("key_none")
    assert path.read_text() == before


def entry(**changes: Any) -> Any:
    return {"id": "key_1", "sha256": "0" * 64, "bot": "helper", **changes}


DAMAGED = [
    b"",
    b"{",
    b"[]",
    b"{}",
    b"null",
    b"\xff\xfe",
    b"[" * 100_000,
    *(
        json.dumps({"keys": keys}).encode()
        for keys in (
            3,
            None,
            {"a": 1},
            [3],
            ["key"],
            [{}],
            [entry(colour="red")],
            [entry(id=1)],
            [entry(bot=None)],
            [entry(sha256=None)],
            [entry(sha256="")],
            [entry(sha256="ü" * 64)],
            [entry(sha256="0" * 63)],
            [entry(allow_shadow="false")],
            [entry(allow_shadow=1)],
            [entry(expires_at="never")],
        )
    ),
]


@pytest.mark.parametrize("data", DAMAGED)
def test_a_damaged_file_stops_the_start(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    with pytest.raises(ConfigError, match="is not a key file") as raised:
        KeyFile(path)
    assert raised.value.problems[0].file == str(path)


@pytest.mark.parametrize("data", DAMAGED)
def test_a_file_damaged_while_serving_changes_nothing(path: Path, data: bytes) -> None:
    file = KeyFile(path)
    key = file.add("one")
    assert opens(file, key)
    path.write_bytes(data)
    for _ in range(2):
        assert opens(file, key)
        assert not opens(file, None)


def test_a_file_that_appears_damaged_opens_no_door(path: Path) -> None:
    file = KeyFile(path)
    path.write_text("{")
    for _ in range(2):
        with pytest.raises(ConfigError):
            file.entries()


def test_a_file_that_vanishes_while_serving_changes_nothing(path: Path) -> None:
    file = KeyFile(path)
    key = file.add("one")
    assert opens(file, key)
    path.unlink()
    assert opens(file, key)
    assert not opens(file, None)


def test_an_edited_file_is_read_again(path: Path) -> None:
    file = KeyFile(path)
    key = file.add("one")
    assert opens(file, key)
    rewrite(path, lambda keys: keys[0].update(expires_at=1.0))
    assert not opens(file, key)
    rewrite(path, lambda keys: keys[0].update(expires_at=None, allow_shadow=True))
    assert opens(file, key)
    assert file.entries()[0].allow_shadow


def test_a_folder_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        KeyFile(tmp_path / "none" / "keys.json").add("one")

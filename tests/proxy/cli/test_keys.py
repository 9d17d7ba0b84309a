import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., Any]


def test_a_key_is_shown_once_and_kept_as_a_hash(run: Run, config: Path) -> None:
    added = run("keys", "add", "--config", config, "--bot", "web", "--tenant", "acme")
    assert added.code == 0
    key = added.out.strip()
    file = config.parent / "data" / "keys.json"
    assert key.startswith("hk_")
    assert key not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    listed = run("keys", "list", "--config", config, "--json")
    (row,) = json.loads(listed.out)
    assert (row["bot"], row["tenant"], row["allow_shadow"]) == ("web", "acme", False)
    assert key not in listed.out


def test_a_key_is_revoked_by_its_id(run: Run, config: Path) -> None:
    args = ("keys", "add", "--config", config, "--bot", "web", "--allow-shadow", "--json")
    made = json.loads(run(*args).out)
    assert "shadow" in run("keys", "list", "--config", config).out
    assert run("keys", "remove", "--config", config, made["id"]).code == 0
    assert json.loads(run("keys", "list", "--config", config, "--json").out) == []


def test_an_unknown_id_is_an_error_that_lists_the_known(run: Run, config: Path) -> None:
    made = json.loads(run("keys", "add", "--config", config, "--bot", "web", "--json").out)
    gone = run("keys", "remove", "--config", config, "key_none")
    assert gone.code == 1
    assert made["id"] in gone.err


def test_listing_makes_no_folder(run: Run, config: Path) -> None:
    listed = run("keys", "list", "--config", config)
    assert listed.code == 0
    assert "no key" in listed.err
    assert not (config.parent / "data").exists()


def test_a_key_file_of_its_own(run: Run, config: Path) -> None:
    config.write_text(config.read_text() + '\n[auth]\nkeys_file = "bots.json"\n')
    assert run("keys", "add", "--config", config, "--bot", "web").code == 0
    assert (config.parent / "bots.json").exists()


def test_a_key_file_that_cannot_be_written_says_so(run: Run, config: Path) -> None:
    config.write_text(config.read_text() + '\n[auth]\nkeys_file = "no/folder/bots.json"\n')
    added = run("keys", "add", "--config", config, "--bot", "web")
    assert added.code == 1
    assert "can't be written" in added.err


def test_a_bot_must_be_named(run: Run, config: Path) -> None:
    assert run("keys", "add", "--config", config).code == 2

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from proxy.cli.handoffs import command
from proxy.records.sql import SqlRecordStore

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


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlRecordStore]:
    """Return the records of a server that is running."""
    (tmp_path / "config.toml").write_text(CONFIG)
    made = SqlRecordStore(f"sqlite:///{tmp_path}/data/records.db")
    for number in (1, 2):
        packet = {
            "handoff_id": f"h{number}",
            "idempotency_key": f"k{number}",
            "created_at": "2026-01-01T00:00:00.000Z",
            "tenant": "acme",
            "conversation": {"id": f"c{number}", "summary": "SECRET"},
            "trigger": {"reason_code": "not_in_kb"},
            "routing": {"owner": "shop"},
        }
        made.open_handoff(packet, sinks=["desk"])
    [found] = made.outbox.claim("desk", now=1e9, lease_s=1, limit=1)
    made.outbox.bury(found, now=1e9, error="http_422")
    yield made
    made.close()


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """Undo what the command does to the root logger."""
    root = logging.getLogger()
    kept = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = kept


def run(folder: Path, *args: str) -> Result:
    return CliRunner().invoke(command, [args[0], "--config", f"{folder}/config.toml", *args[1:]])


def listed(folder: Path, *args: str) -> Any:
    done = run(folder, "list", "--json", *args)
    assert done.exit_code == 0
    return json.loads(done.stdout)


@pytest.mark.usefixtures("store")
def test_the_list_tells_where_each_delivery_is(tmp_path: Path) -> None:
    done = run(tmp_path, "list")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "h1  handoff.created to desk  dead  1 try  last error http_422",
        "h2  handoff.created to desk  pending  0 tries",
    ]
    assert "sink desk: 1 pending, the oldest for" in done.stderr
    assert "SECRET" not in done.output


@pytest.mark.usefixtures("store")
def test_the_list_is_filtered_and_there_for_machines(tmp_path: Path) -> None:
    found = listed(tmp_path, "--status", "dead", "--sink", "desk")
    assert [row["handoff_id"] for row in found["deliveries"]] == ["h1"]
    [waiting] = found["waiting"]
    assert (waiting["sink"], waiting["pending"], waiting["dead"]) == ("desk", 1, 1)
    assert listed(tmp_path, "--sink", "nobody")["deliveries"] == []


def test_a_replayed_delivery_is_tried_by_the_server_that_runs(
    tmp_path: Path, store: SqlRecordStore
) -> None:
    done = run(tmp_path, "replay", "h1")
    assert (done.exit_code, done.stdout) == (0, "1 delivery will be tried again.\n")
    assert "replayed h1 to all sinks: 1 deliveries" in done.stderr
    assert len(store.outbox.claim("desk", now=2e9, lease_s=1, limit=9)) == 2


@pytest.mark.usefixtures("store")
def test_all_can_be_replayed_and_none_is_no_failure(tmp_path: Path) -> None:
    assert json.loads(run(tmp_path, "replay", "--all", "--json").stdout) == {"replayed": 1}
    again = run(tmp_path, "replay", "--all", "--json")
    assert (again.exit_code, json.loads(again.stdout)) == (0, {"replayed": 0})


@pytest.mark.usefixtures("store")
def test_a_handoff_that_was_not_given_up_is_a_failed_replay(tmp_path: Path) -> None:
    assert run(tmp_path, "replay", "h2").exit_code == 1
    assert run(tmp_path, "replay", "h1", "--sink", "nobody").exit_code == 1


@pytest.mark.parametrize("args", [["replay"], ["replay", "h1", "--all"]])
@pytest.mark.usefixtures("store")
def test_a_replay_names_one_or_says_all(tmp_path: Path, args: list[str]) -> None:
    done = run(tmp_path, *args)
    assert done.exit_code == 2
    assert "name one handoff, or say --all" in done.stderr


def test_nothing_waits_in_a_new_folder(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG)
    assert "Nothing waits to be delivered." in run(tmp_path, "list").stderr

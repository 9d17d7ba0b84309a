import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from proxy.handoff.sinks.base import DeliveryError
from proxy.handoff.sinks.file import FileSink
from proxy.handoff.sinks.webhook import cloud_event
from validators.offload import Offload


@pytest.fixture
def io() -> Iterator[Offload]:
    made = Offload(1, "test-file")
    yield made
    made.close()


def listed(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


async def test_an_event_becomes_a_file_for_this_user_only(
    tmp_path: Path, io: Offload, delivery: Any
) -> None:
    folder = tmp_path / "new" / "desk"
    assert await FileSink("desk", folder, io).deliver(delivery()) == "01HX.json"
    [file] = folder.iterdir()
    assert json.loads(file.read_text()) == cloud_event(delivery())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


async def test_the_same_event_again_is_the_same_file(
    tmp_path: Path, io: Offload, delivery: Any
) -> None:
    sink = FileSink("desk", tmp_path, io)
    await sink.deliver(delivery())
    (tmp_path / "01HX.new").write_text("left by a crash")
    await sink.deliver(delivery(attempt=2))
    assert listed(tmp_path) == ["01HX.json"]


async def test_an_id_cannot_lead_out_of_the_folder(
    tmp_path: Path, io: Offload, delivery: Any
) -> None:
    name = await FileSink("desk", tmp_path / "in", io).deliver(delivery(event_id="../../out"))
    assert name == ".._.._out.json"
    assert listed(tmp_path) == ["in"]


async def test_a_folder_that_cannot_be_written_is_told(
    tmp_path: Path, io: Offload, delivery: Any
) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(DeliveryError, match="can't write in its folder") as caught:
        await FileSink("desk", tmp_path / "taken", io).deliver(delivery())
    assert (caught.value.kind, caught.value.final) == ("folder", False)

"""What every switch store does alike."""

from collections.abc import Callable
from pathlib import Path

import pytest

from proxy.switch.base import Change, Move, SwitchStore
from proxy.switch.file import FileSwitchStore
from proxy.switch.memory import MemorySwitchStore

MAKERS: dict[str, Callable[[Path], SwitchStore]] = {
    "memory": lambda _: MemorySwitchStore(),
    "file": lambda folder: FileSwitchStore(folder / "switches.jsonl"),
}
FIRST = Change("2026-01-01T00:00:00.000Z", "Zoë (shell)", Move.TIGHTEN, "refund")
SECOND = Change("2026-01-01T00:00:01.000Z", "me", Move.RELAX, "refund")


@pytest.fixture(params=MAKERS.values(), ids=MAKERS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> SwitchStore:
    made: SwitchStore = request.param(tmp_path)
    return made


def test_a_new_store_was_never_switched(store: SwitchStore) -> None:
    assert list(store.changes()) == []


def test_changes_come_back_in_order(store: SwitchStore) -> None:
    store.append(FIRST)
    store.append(SECOND)
    assert list(store.changes()) == [FIRST, SECOND]

"""Random conversations, fewer than `bench/roundtrip.py` holds: all must come back exactly."""

from pathlib import Path

import pytest

from bench import roundtrip
from proxy.vault.base import VaultStore
from proxy.vault.memory import MemoryVault
from proxy.vault.sqlite import SqliteVault


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
async def test_random_conversations_come_back_byte_by_byte(tmp_path: Path, kind: str) -> None:
    store: VaultStore = MemoryVault()
    if kind == "sqlite":
        store = SqliteVault(tmp_path / "vault.db", b"a master key for the tests alone")
    tally = await roundtrip.run(60, 7, store)
    store.close()
    assert tally.conversations == 60
    assert tally.splits > 1000
    assert tally.problems == []


def test_a_text_that_does_not_come_back_is_told() -> None:
    tally = roundtrip.Tally()
    roundtrip.check("[PERSON_k7q2]!", "Ada?", {"[PERSON_k7q2]": "Ada"}, tally)
    assert set(tally.problems) == {
        "a text did not come back",
        "a stream did not come back",
        "arguments of a tool call did not come back",
    }

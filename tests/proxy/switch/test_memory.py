from proxy.switch.base import Change, Move
from proxy.switch.memory import MemorySwitchStore


def test_it_can_begin_with_changes() -> None:
    first = Change("t", "me", Move.TIGHTEN, "*")
    store = MemorySwitchStore([first])
    store.append(first)
    assert store.changes() == (first, first)

from proxy.vault.memory import MemoryVault


def test_the_conversations_untouched_longest_go_first() -> None:
    store = MemoryVault(conversations=2)
    for conversation in ("a", "b", "a", "c"):
        store.remember("t", conversation, {"[PERSON_a2aa]": "x"})
    assert [len(store.recall("t", c)) for c in "abc"] == [1, 0, 1]


def test_closing_forgets() -> None:
    store = MemoryVault()
    store.remember("t", "c", {"[PERSON_a2aa]": "x"})
    store.close()
    assert len(store.recall("t", "c")) == 0

from typing import Any

import pytest

from cache.base import CacheEntry
from cache.redis import RedisCacheStore
from policies.errors import StoreError

ENTRY = CacheEntry("e1", "acme", "q", "a", 0.9, 100.0)


class Answers:
    """A connection that answers the same to every command."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.sent: list[tuple[Any, ...]] = []

    def __call__(self, *command: Any) -> Any:
        self.sent.append(command)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def close(self) -> None:
        self.sent.append(("close",))


@pytest.mark.parametrize("answer", [None, b"", b"{}", b"\xff\xfe", b"null", 7, "text"])
def test_whatever_else_lies_there_is_a_miss(answer: Any) -> None:
    assert RedisCacheStore(Answers(answer)).get("d") is None


@pytest.mark.parametrize(
    "call",
    [
        lambda s: s.get("d"),
        lambda s: s.alike("f"),
        lambda s: s.put("d", ENTRY, 60),
        lambda s: s.delete("e1"),
        lambda s: s.entries(),
    ],
)
def test_a_server_that_is_gone_is_a_store_error(call: Any) -> None:
    with pytest.raises(StoreError):
        call(RedisCacheStore(Answers(StoreError("gone"))))


def test_every_key_is_in_one_slot_and_expires() -> None:
    commands = Answers(1)
    RedisCacheStore(commands, "{x}").put("d", ENTRY, 60, ["f"])
    assert all(str(sent[1]).startswith("{x}:") for sent in commands.sent)
    expiring = {sent[1] for sent in commands.sent if "PX" in sent or sent[0] == "PEXPIRE"}
    assert expiring == {"{x}:entry:d", "{x}:id:e1", "{x}:form:f"}

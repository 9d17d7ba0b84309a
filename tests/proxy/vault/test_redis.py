import logging
import socket
from collections.abc import Iterator
from typing import Any

import pytest
import redis

from policies.errors import StoreError
from proxy.vault.redis import RedisVault

KEY = b"a master key for the tests alone"
MARKERS = ("planted-value-77", "planted-customer-77", "planted-conversation-77", "planted-tenant")

needs_server = pytest.mark.redis


@pytest.fixture
def client() -> Iterator[Any]:
    made = redis.Redis.from_url("redis://127.0.0.1:6379/0")
    yield made
    made.close()


def fill(store: RedisVault) -> None:
    value, customer, conversation, tenant = MARKERS
    store.remember(tenant, conversation, {"[PERSON_a2aa]": value}, customer_ref=customer)


def everything(client: Any, prefix: str) -> bytes:
    keys = list(client.scan_iter(f"{prefix}*", count=1000))
    return b"\n".join([*keys, *(client.dump(key) for key in keys)])


@needs_server
def test_nothing_plain_is_in_redis(redis_place: tuple[str, str], client: Any) -> None:
    url, prefix = redis_place
    store = RedisVault(url, KEY, prefix=prefix)
    fill(store)
    raw = everything(client, prefix)
    assert b"PERSON_a2aa" in raw
    assert [marker for marker in MARKERS if marker.encode() in raw] == []
    store.close()


@needs_server
def test_replicas_share_values_and_keys(redis_place: tuple[str, str]) -> None:
    url, prefix = redis_place
    first, second = (RedisVault(url, KEY, prefix=prefix) for _ in range(2))
    fill(first)
    assert dict(second.recall("planted-tenant", "planted-conversation-77")) == {
        "[PERSON_a2aa]": "planted-value-77"
    }
    first.close()
    second.close()


@needs_server
def test_redis_drops_a_conversation_by_itself(redis_place: tuple[str, str], client: Any) -> None:
    url, prefix = redis_place
    store = RedisVault(url, KEY, prefix=prefix, ttl_s=900)
    fill(store)
    for kind in ("conversation", "customer"):
        [key] = client.scan_iter(f"{prefix}:{kind}:*", count=1000)
        assert 890_000 < client.pttl(key) <= 900_000
    store.close()


@needs_server
def test_erasing_leaves_no_trace_of_a_conversation(
    redis_place: tuple[str, str], client: Any
) -> None:
    url, prefix = redis_place
    store = RedisVault(url, KEY, prefix=prefix)
    fill(store)
    assert store.forget_customer("planted-tenant", "planted-customer-77") == 1
    left = {key.decode().split(":")[1] for key in client.scan_iter(f"{prefix}*", count=1000)}
    assert left == {"key", "tenant"}
    store.close()


@needs_server
def test_another_master_key_opens_nothing_and_says_so(redis_place: tuple[str, str]) -> None:
    url, prefix = redis_place
    RedisVault(url, KEY, prefix=prefix).close()
    with pytest.raises(StoreError, match="HANDRAIL_VAULT_KEY"):
        RedisVault(url, KEY[::-1], prefix=prefix)


@needs_server
def test_a_box_that_was_moved_does_not_open(redis_place: tuple[str, str], client: Any) -> None:
    url, prefix = redis_place
    store = RedisVault(url, KEY, prefix=prefix)
    fill(store)
    store.remember("planted-tenant", "other", {"[PERSON_a2aa]": "x"})
    one, two = client.scan_iter(f"{prefix}:conversation:*", count=1000)
    client.hset(one, b"v:[PERSON_a2aa]", client.hget(two, b"v:[PERSON_a2aa]"))
    failed = 0
    for conversation in ("planted-conversation-77", "other"):
        try:
            store.recall("planted-tenant", conversation)
        except StoreError:
            failed += 1
    assert failed == 1
    store.close()


def test_a_server_that_can_not_be_reached_is_an_alarm_and_no_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    caplog.set_level(logging.WARNING)
    store = RedisVault(f"redis://:hunter2@127.0.0.1:{port}/0", KEY)
    assert "ALARM: the vault in Redis can't be used (ConnectionError)" in caplog.text
    with pytest.raises(StoreError, match="ConnectionError") as caught:
        fill(store)
    told = f"{caught.value!r}{caplog.text}"
    assert [word for word in (*MARKERS, "hunter2") if word in told] == []
    assert caught.value.__suppress_context__
    store.close()


@pytest.mark.parametrize("url", ["http://x", "redis://x:port", "nothing"])
def test_a_url_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(StoreError, match=r"\[stores\] shared"):
        RedisVault(url, KEY)


def test_a_short_master_key_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        RedisVault("redis://127.0.0.1:6379/0", b"short")

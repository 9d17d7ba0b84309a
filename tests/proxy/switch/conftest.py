import secrets
from collections.abc import Callable, Iterator
from typing import NoReturn

import pytest
import redis

URL = "redis://127.0.0.1:6379/0"


@pytest.fixture
def redis_place(lacking: Callable[[str], NoReturn]) -> Iterator[tuple[str, str]]:
    """The URL of a real server, and a prefix of this test's own."""
    client = redis.Redis.from_url(URL, socket_connect_timeout=1)
    try:
        client.ping()
    except redis.ConnectionError:
        lacking("there is no Redis server at 127.0.0.1:6379")
    prefix = f"{{switch-{secrets.token_hex(6)}}}"
    yield URL, prefix
    for key in client.scan_iter(f"{prefix}*", count=1000):
        client.delete(key)
    client.close()

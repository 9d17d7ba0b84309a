import socket

import pytest

from policies.errors import StoreError
from proxy.redis_client import RedisCommands, connect

SECRET = "s3cret-of-the-url"


def closed_port() -> int:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        port: int = place.getsockname()[1]
    return port


def test_a_url_that_is_none_is_refused() -> None:
    with pytest.raises(StoreError, match="redis://host:6379/0"):
        connect(f"postgres://u:{SECRET}@h", 1)


def test_a_server_that_is_gone_costs_one_try_and_then_rests() -> None:
    now = [0.0]
    url = f"redis://:{SECRET}@127.0.0.1:{closed_port()}/0"
    commands = RedisCommands(url, rest_s=5, clock=lambda: now[0])
    with pytest.raises(StoreError, match="can't be used") as first:
        commands("PING")
    with pytest.raises(StoreError, match="a moment ago"):
        commands("PING")
    now[0] = 6.0
    with pytest.raises(StoreError, match="can't be used"):
        commands("PING")
    assert SECRET not in str(first.value)
    commands.close()

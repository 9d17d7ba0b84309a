"""A provider on 127.0.0.1 that does exactly what a test tells it, byte by byte."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

Answer = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Upstream:
    """Answers requests in turn; the last answer serves all further ones."""

    answers: list[Answer] = field(default_factory=list)
    requests: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    connections: int = 0
    disconnected: asyncio.Event = field(default_factory=asyncio.Event)
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.disconnected.set()
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.requests.append((first, headers, json.loads(body or b"null")))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, bytes):
            writer.write(answer)
            await writer.drain()
            return b"connection: close" not in answer
        watch = asyncio.ensure_future(reader.read(1))
        work = asyncio.ensure_future(answer(writer))
        await asyncio.wait({watch, work}, return_when=asyncio.FIRST_COMPLETED)
        for task in (watch, work):
            task.cancel()
        await asyncio.gather(watch, work, return_exceptions=True)
        return False


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    state = Upstream()
    tasks: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        await state.serve(reader, writer)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    state.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    yield state
    server.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _http(
    body: bytes | str | Mapping[str, Any] | list[Any],
    status: int = 200,
    kind: str = "application/json",
    length: int | None = None,
    **headers: str,
) -> bytes:
    raw = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else None
    raw = json.dumps(body).encode() if raw is None else raw
    lines = [f"HTTP/1.1 {status} X", f"content-length: {len(raw) if length is None else length}"]
    lines += [f"content-type: {kind}"] if kind else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + raw


@pytest.fixture
def http() -> Callable[..., bytes]:
    """Write an HTTP answer; `length` may lie."""
    return _http


def _sse(*chunks: Any, done: bool = True, **options: Any) -> bytes:
    lines = [c if isinstance(c, str) else f"data: {json.dumps(c)}" for c in chunks]
    text = "\n\n".join([*lines, *(["data: [DONE]"] if done else [])]) + "\n\n"
    return _http(text, kind="text/event-stream; charset=utf-8", **options)


@pytest.fixture
def sse() -> Callable[..., bytes]:
    """Write a stream of server-sent events."""
    return _sse

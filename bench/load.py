"""Load one endpoint with questions that are new each time; print one JSON line.

python load.py http://127.0.0.1:8080/v1 --name handrail --pids 123 --concurrency 16
CPU is user plus system time of the named processes and their children.
"""

import argparse
import asyncio
import json
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from statistics import median
from typing import Any

import aiohttp
import psutil

SYSTEM = (
    "You are the support assistant of Brackenfield, an online shop for kitchen goods. Answer "
    "only from the shop's policies and never invent prices, dates or promises. Keep each answer "
    "under 120 words."
)


def body(*, stream: bool, nonce: str) -> bytes:
    """Return a conversation of six messages with personal data in the last."""
    turns = [
        ("system", SYSTEM),
        ("user", f"Hello, my kettle from parcel {nonce} has stopped working."),
        ("assistant", "I am sorry to hear that. When did you buy it?"),
        ("user", "Eight months ago, in your online shop."),
        ("assistant", "Thank you. To find it I only need the e-mail address of your account."),
        (
            "user",
            (
                f"My name is Miriam Oakley, miriam.oakley+{nonce}@example.com, and I paid with "
                "card 4111 1111 1111 1111. Can it be repaired, or do I have to send it back for "
                "a refund?"
            ),
        ),
    ]
    messages = [{"role": role, "content": text} for role, text in turns]
    return json.dumps({"model": "bench", "messages": messages, "stream": stream}).encode()


def _tree(pids: list[int]) -> Iterator[psutil.Process]:
    for pid in pids:
        process = psutil.Process(pid)
        yield from [process, *process.children(recursive=True)]


def _cpu(pids: list[int]) -> float:
    return sum(p.cpu_times().user + p.cpu_times().system for p in _tree(pids))


def _ms(values: list[float], share: float) -> float | None:
    ordered = sorted(values)
    return (
        round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 2)
        if ordered
        else None
    )


async def _run(args: argparse.Namespace) -> tuple[list[float], list[float], Counter[str]]:
    latency: list[float] = []
    first: list[float] = []
    seen: Counter[str] = Counter()
    todo = iter(range(args.requests))
    headers = {"content-type": "application/json", "authorization": "Bearer bench"}

    async def worker(session: aiohttp.ClientSession) -> None:
        for _ in todo:
            data = body(stream=args.stream, nonce=uuid.uuid4().hex[:8])
            start = time.perf_counter()
            url = args.url + "/chat/completions"
            async with session.post(url, data=data, headers=headers) as response:
                got, parts = None, []
                async for block in response.content.iter_any():
                    got = got or time.perf_counter() - start
                    parts.append(block)
            latency.append(time.perf_counter() - start)
            first.append(got or 0.0)
            seen[_outcome(response.status, b"".join(parts))] += 1

    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        await asyncio.gather(*(worker(session) for _ in range(args.concurrency)))
    return latency, first, seen


def _outcome(status: int, data: bytes) -> str:
    if status != 200:  # noqa: PLR2004 - HTTP
        return f"status {status}"
    for action in ("pass", "rewrite", "escalate", "block"):
        if b'"action":"%b"' % action.encode() in data:
            return action
    return "answered"


def main() -> None:
    """Run once and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--name", default="")
    parser.add_argument("--pids", default="")
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--stream", action="store_true")
    args = parser.parse_args()
    pids = [int(pid) for pid in args.pids.split(",") if pid]
    before, start = _cpu(pids), time.perf_counter()
    latency, first, seen = asyncio.run(_run(args))
    wall = time.perf_counter() - start
    row: dict[str, Any] = {
        "name": args.name,
        "stream": args.stream,
        "concurrency": args.concurrency,
        "n": args.requests,
        "rps": round(args.requests / wall, 1),
        "p50_ms": round(median(latency) * 1000, 2),
        "p99_ms": _ms(latency, 0.99),
        "first_byte_p50_ms": _ms(first, 0.5),
        "cpu_ms": round((_cpu(pids) - before) / args.requests * 1000, 3),
        "rss_mb": round(sum(p.memory_info().rss for p in _tree(pids)) / 2**20),
        "outcomes": dict(seen),
    }
    print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()

"""Kill a real server again and again, under load, and see whether a promised handoff is lost.

    .venv/bin/python bench/kill_drill.py [--kills 500] [--minutes 30] [--seed 1]

A server process gets SIGKILL at random moments: while it starts, while it answers, while it
delivers. Bots go on asking and repeat what got no answer, as SDKs do. The sink is a webhook
receiver that verifies each signature, takes each `webhook-id` once, and misbehaves now and
then: errors before and after taking, 429, silence, broken connections. At the end one server
may drain the outbox, and everything that a customer was told is looked up.

What is killed is Handrail as it is served, but for redaction and classification, whose models
would take seconds to load at each of the starts: a fork of a process that has imported
everything starts in less than a second. `--full` kills `handrail serve` itself instead.
"""

import argparse
import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from policies.messages import Message
from policies.turn import Classification
from proxy.records.sql import SqlRecordStore

KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()
TIMEOUT_S = 2.0
CONFIG = """
version = 1
validators = []
[server]
port = {port}
admin_port = {admin}
shutdown_s = 5
[providers.pages]
kind = "extractive"
[models.pages]
provider = "pages"
model = "extractive"
[tiers.standard]
models = ["pages"]
[aliases."*"]
tiers = ["standard"]
[knowledge]
sources = ["pages/*.md"]
watch = false
dense = false
[policy]
file = "policy.toml"
[cache]
enabled = false
[handoff.sinks.desk]
url = "http://127.0.0.1:{sink}/hook"
secret = "{secret}"
private = true
timeout_s = {timeout}
retry_s = 0.2
max_attempts = 1000
"""
POLICY = """
version = 1
id = "drill"
[defaults]
escalation_text = "A colleague takes over. Your reference is {reference}."
[intents.fraud]
examples = ["someone used my card", "there is a payment that I did not make", "my card was stolen"]
automation = "immediate"
cache = false
"""
SAID = "Someone used my card for a payment that I did not make."


class AllFraud:
    """A classifier that sends everybody to people."""

    async def classify(self, conversation: Sequence[Message]) -> Classification:
        """Say so."""
        del conversation
        return Classification("fraud", 0.99)


@dataclass
class Sink:
    """A receiver that honours `webhook-id` and is not always well."""

    chance: random.Random
    tickets: dict[str, bytes] = field(default_factory=dict)
    """What it took, by `webhook-id`."""
    posts: int = 0
    repeated: int = 0
    unsigned: int = 0
    differing: int = 0
    """Repeated ids with another content."""
    moods: Counter[str] = field(default_factory=Counter)
    well: bool = False

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Serve POST /hook."""
        body = await request.read()
        self.posts += 1
        mood = "well" if self.well else self.mood()
        self.moods[mood] += 1
        if mood == "error":
            return web.Response(status=500)
        if mood == "busy":
            return web.Response(status=429, headers={"retry-after": "1"})
        if not signed(request.headers, body):
            self.unsigned += 1
            return web.Response(status=401)
        name = request.headers["webhook-id"]
        if name in self.tickets:
            self.repeated += 1
            self.differing += self.tickets[name] != body
        self.tickets.setdefault(name, body)
        if mood == "error_after":
            return web.Response(status=502)
        if mood == "silent":
            await asyncio.sleep(TIMEOUT_S + 1)
        if mood == "broken" and request.transport is not None:
            request.transport.abort()
        return web.Response(status=204)

    def mood(self) -> str:
        """Draw how it is."""
        moods = ("well", "error", "busy", "error_after", "silent", "broken")
        return self.chance.choices(moods, (80, 5, 3, 5, 2, 5))[0]


def signed(headers: Any, body: bytes) -> bool:  # noqa: ANN401 - any mapping of headers
    """Verify as Standard Webhooks asks of a receiver, independently of Handrail's own code."""
    stamp = headers["webhook-timestamp"]
    if abs(time.time() - int(stamp)) > 300:  # noqa: PLR2004 - five minutes, as usual
        return False
    expected = hmac.new(KEY, f"{headers['webhook-id']}.{stamp}.".encode() + body, hashlib.sha256)
    given = [part.split(",", 1) for part in headers["webhook-signature"].split(" ")]
    return any(
        version == "v1" and hmac.compare_digest(base64.b64decode(code), expected.digest())
        for version, code in given
    )


@dataclass
class Told:
    """What customers were told."""

    answers: int = 0
    handoffs: dict[str, set[str]] = field(default_factory=dict)
    """References by conversation."""
    unavailable: int = 0
    failed: int = 0
    """Requests that got no whole answer."""
    other: Counter[str] = field(default_factory=Counter)


async def bot(url: str, name: str, told: Told, stop: asyncio.Event) -> None:
    """Ask for one conversation after the other; repeat what got no answer."""
    number = 0
    timeout = aiohttp.ClientTimeout(total=10)
    async with aiohttp.ClientSession(timeout=timeout) as http:
        while not stop.is_set():
            number += 1
            conversation = f"{name}-{number}"
            body = {
                "model": "drill",
                "messages": [{"role": "user", "content": SAID}],
                "metadata": {"conversation_id": conversation},
            }
            while not stop.is_set():
                try:
                    async with http.post(f"{url}/v1/chat/completions", json=body) as answer:
                        status, data = answer.status, await answer.read()
                except (aiohttp.ClientError, TimeoutError, OSError):
                    told.failed += 1
                    await asyncio.sleep(0.05)
                    continue
                note(told, conversation, status, data)
                break


def note(told: Told, conversation: str, status: int, data: bytes) -> None:
    """Keep what an answer promises."""
    told.answers += 1
    if status != 200:  # noqa: PLR2004 - HTTP
        told.other[f"status {status}"] += 1
        return
    parsed = json.loads(data)
    text = parsed["choices"][0]["message"]["content"]
    handoff = parsed["handrail"].get("handoff")
    if handoff is None:
        told.unavailable += 1
        return
    if handoff["id"] not in text:
        told.other["reference missing in the text"] += 1
    told.handoffs.setdefault(conversation, set()).add(handoff["id"])


def zygote(folder: Path) -> None:
    """Import everything, then fork a server for each line on standard input; print its pid."""
    import uvloop  # noqa: PLC0415 - only this process needs it

    from proxy.cli.options import log_to_stderr  # noqa: PLC0415
    from proxy.config.load import load_config  # noqa: PLC0415
    from proxy.serve import _run, bind  # noqa: PLC0415
    from proxy.snapshot import Live  # noqa: PLC0415
    from proxy.wiring import Overrides, build, open_stores  # noqa: PLC0415
    from validators.testing import FakeRedactor  # noqa: PLC0415

    async def serve() -> None:
        loaded = load_config(folder / "config.toml")
        ports = bind(loaded)
        with ports.proxy, ports.admin:
            stores = await asyncio.to_thread(open_stores, loaded)
            overrides = Overrides(redactor=FakeRedactor({}), classifier=AllFraud())
            live = Live(await asyncio.to_thread(build, loaded, stores, overrides))
            await _run(loaded, stores, live, ports)
            await stores.close()

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # ended children leave nothing behind
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            log_to_stderr()
            try:
                uvloop.run(serve())
            except Exception:  # noqa: BLE001 - whatever it is, this process must not go on
                traceback.print_exc()
            finally:
                os._exit(0)
        print(child, flush=True)


@dataclass
class Servers:
    """Starts one server after the other."""

    folder: Path
    full: bool
    maker: subprocess.Popen[str] | None = None
    last: subprocess.Popen[bytes] | None = None

    def start(self) -> int:
        """Start a server; return its process id at once."""
        environ = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        if self.full:
            command = [sys.executable, "-m", "proxy", "serve", "--config", "config.toml"]
            root = str(Path(__file__).resolve().parent.parent)
            with (self.folder / "log.txt").open("ab") as log:
                self.last = subprocess.Popen(  # noqa: S603 - our own command
                    command, cwd=self.folder, env={**environ, "PYTHONPATH": root}, stderr=log
                )
            return self.last.pid
        if self.maker is None:
            with (self.folder / "log.txt").open("ab") as log:
                self.maker = subprocess.Popen(  # noqa: S603 - our own command
                    [sys.executable, __file__, "--zygote", str(self.folder)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    env=environ,
                    text=True,
                )
        if self.maker.stdin is None or self.maker.stdout is None:
            raise RuntimeError("the server's maker has no pipes")
        self.maker.stdin.write("\n")
        self.maker.stdin.flush()
        return int(self.maker.stdout.readline())

    def close(self) -> None:
        """End what is left."""
        if self.maker is not None and self.maker.stdin is not None:
            self.maker.stdin.close()
            self.maker.wait(10)


async def ready(url: str, within_s: float) -> bool:
    """Wait until a server answers."""
    end = time.monotonic() + within_s
    async with aiohttp.ClientSession() as http:
        while time.monotonic() < end:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError):
                async with http.get(f"{url}/livez", timeout=aiohttp.ClientTimeout(1)) as answer:
                    if answer.status == 200:  # noqa: PLR2004 - HTTP
                        return True
            await asyncio.sleep(0.02)
    return False


async def kill_again_and_again(
    servers: Servers, url: str, chance: random.Random, kills: int, until: float
) -> Counter[str]:
    """Start, wait for a random moment, kill."""
    moments: Counter[str] = Counter()
    start_s = 1.0
    while moments.total() < kills and time.monotonic() < until:
        began = time.monotonic()
        pid = await asyncio.to_thread(servers.start)
        if chance.random() < 0.1:  # noqa: PLR2004 - some never get to serve
            await asyncio.sleep(chance.uniform(0, start_s))
            moment = "while starting"
        elif await ready(url, 40):
            start_s = time.monotonic() - began
            await asyncio.sleep(min(chance.expovariate(2.5), 2.0))
            moment = "while serving"
        else:
            raise RuntimeError("a server did not start; see log.txt")
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        await gone(servers, pid)
        moments[moment] += 1
        if moments.total() % 50 == 0:
            print(f"{moments.total()} kills", file=sys.stderr, flush=True)
    return moments


async def gone(servers: Servers, pid: int) -> None:
    """Wait until a killed process is no more: as long as one thread of it is, it has its ports."""
    if servers.last is not None:
        await asyncio.to_thread(servers.last.wait)
    while (Path("/proc") / str(pid)).exists():  # noqa: ASYNC110 - nothing tells
        await asyncio.sleep(0.005)


async def drained(file: Path, within_s: float) -> int:
    """Wait until nothing is pending; return what is left."""
    end = time.monotonic() + within_s
    left = -1
    while time.monotonic() < end:
        left = await asyncio.to_thread(pending, file)
        if left == 0:
            break
        await asyncio.sleep(0.5)
    return left


def pending(file: Path) -> int:
    """Count deliveries that no sink has confirmed."""
    with contextlib.closing(sqlite3.connect(file, timeout=10)) as database:
        found = database.execute("SELECT count(*) FROM outbox WHERE status = 'pending'").fetchone()
    return int(found[0])


def verdict(file: Path, told: Told, sink: Sink) -> dict[str, Any]:
    """Look up everything that was promised."""
    store = SqlRecordStore(f"sqlite:///{file}")
    try:
        promised = {name for names in told.handoffs.values() for name in names}
        stored = {name: store.handoff(name) for name in promised}
        without_decision = [
            name
            for name, found in stored.items()
            if found is not None and store.decision(found["packet"]["result_id"]) is None
        ]
        waiting = store.outbox.waiting(time.time())
    finally:
        store.close()
    with contextlib.closing(sqlite3.connect(file)) as database:
        kept = {row[0] for row in database.execute("SELECT id FROM handoffs")}
        doubled = database.execute(
            "SELECT count(*) FROM (SELECT conversation_id FROM handoffs GROUP BY 1 "
            "HAVING count(*) > 1)"
        ).fetchone()[0]
        intact = database.execute("PRAGMA integrity_check").fetchone()[0]
    return {
        "answers": told.answers,
        "requests_without_answer": told.failed,
        "promised_handoffs": len(promised),
        "promised_without_packet": sum(found is None for found in stored.values()),
        "promised_without_decision": len(without_decision),
        "promised_and_never_delivered": len(promised - set(sink.tickets)),
        "stored_handoffs": len(kept),
        "stored_and_never_delivered": len(kept - set(sink.tickets)),
        "delivered_without_handoff": len(set(sink.tickets) - kept),
        "conversations_with_two_handoffs": doubled,
        "conversations_told_two_references": sum(len(n) > 1 for n in told.handoffs.values()),
        "posts": sink.posts,
        "tickets": len(sink.tickets),
        "repeats_recognised_by_key": sink.repeated,
        "repeats_with_another_content": sink.differing,
        "bad_signatures": sink.unsigned,
        "still_pending": sum(w.pending for w in waiting),
        "dead": sum(w.dead for w in waiting),
        "unavailable": told.unavailable,
        "other_answers": dict(told.other),
        "moods_of_the_sink": dict(sink.moods),
        "database": intact,
    }


LOSSES = (
    "promised_without_packet",
    "promised_without_decision",
    "promised_and_never_delivered",
    "stored_and_never_delivered",
    "delivered_without_handoff",
    "conversations_with_two_handoffs",
    "conversations_told_two_references",
    "repeats_with_another_content",
    "bad_signatures",
    "still_pending",
    "dead",
)


def free_ports(count: int, chance: random.Random) -> list[int]:
    """Return ports that nobody listens on.

    Below those that the system gives to outgoing connections: a bot that calls while no
    server listens could be given the server's own port, and hold it.
    """
    found: list[int] = []
    while len(found) < count:
        port = chance.randrange(20_000, 32_000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            found.append(port)
    return found


async def drill(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Run the whole drill."""
    chance = random.Random(options.seed)  # noqa: S311 - moments, no secrets
    sink, told, stop = Sink(random.Random(options.seed + 1)), Told(), asyncio.Event()  # noqa: S311
    port, admin, sink_port = free_ports(3, random.Random())  # noqa: S311
    (folder / "pages").mkdir()
    (folder / "pages" / "page.md").write_text("# Returns\n\nParcels go back within 30 days.\n")
    (folder / "policy.toml").write_text(POLICY)
    places = {"port": port, "admin": admin, "sink": sink_port, "secret": SECRET}
    (folder / "config.toml").write_text(CONFIG.format(**places, timeout=TIMEOUT_S))
    app = web.Application(client_max_size=2**24)
    app.router.add_post("/hook", sink.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", sink_port).start()
    servers, url = Servers(folder, options.full), f"http://127.0.0.1:{port}"
    bots = [asyncio.create_task(bot(url, f"bot{n}", told, stop)) for n in range(options.bots)]
    began = time.monotonic()
    file = folder / "data" / "records.db"
    try:
        until = began + 60 * options.minutes
        moments = await kill_again_and_again(servers, url, chance, options.kills, until)
        stop.set()
        await asyncio.gather(*bots)
        sink.well = True
        pid = await asyncio.to_thread(servers.start)
        await ready(url, 120)
        await drained(file, 600)
        os.kill(pid, signal.SIGTERM)
        await asyncio.sleep(3)
    finally:
        for task in bots:
            task.cancel()
        servers.close()
        await runner.cleanup()
    seconds = round(time.monotonic() - began)
    return {
        "kills": moments.total(),
        "moments": dict(moments),
        "seconds": seconds,
        **await asyncio.to_thread(verdict, file, told, sink),
    }


def main() -> int:
    """Print the outcome as JSON; 1 if anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--minutes", type=float, default=30, help="stop killing after this time")
    parser.add_argument("--bots", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--full", action="store_true", help="kill `handrail serve` itself")
    parser.add_argument("--zygote", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.zygote is not None:
        zygote(options.zygote)
        return 0
    with tempfile.TemporaryDirectory(prefix="handrail-drill-") as folder:
        outcome: dict[str, Any] = {}
        try:
            outcome = asyncio.run(drill(Path(folder), options))
        finally:
            if not outcome or any(outcome[name] for name in LOSSES):
                print((Path(folder) / "log.txt").read_text()[-4000:], file=sys.stderr)
    print(json.dumps(outcome, indent=1))
    return 1 if any(outcome[name] for name in LOSSES) else 0


if __name__ == "__main__":
    sys.exit(main())

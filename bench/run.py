"""Cost side by side: Handrail and the limit, in turn, in one run on this machine.

make bench, or: python bench/run.py [--kit FOLDER --knowledge FILE] [--rounds 5 --requests 200]

Starts a mock upstream, the limit and Handrail on loopback, loads each in turn for several
rounds, prints the medians and what each stage took, and saves JSON under bench/results/.
With --kit another mock upstream, limit, load client and page are used: a folder that holds
mock_upstream.py, passthrough.py, load.py and northwind.md.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent


@dataclass(frozen=True)
class Kit:
    """The pieces to measure with."""

    folder: Path
    upstream: str
    limit: str
    page: Path


@dataclass
class Target:
    """One server to load."""

    name: str
    url: str
    pid: int
    rows: list[dict[str, Any]] = field(default_factory=list)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--kit", type=Path)
    parser.add_argument("--knowledge", type=Path, help="a further knowledge file to serve")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--requests", type=int, default=100)
    args = parser.parse_args()
    kit = Kit(HERE, "upstream", "limit", HERE / "page.md")
    if args.kit:
        folder = args.kit.resolve()
        kit = Kit(folder, "mock_upstream", "passthrough", folder / "northwind.md")
    with ExitStack() as stack:
        report = _measure(kit, args, stack)
    _save(report)


def _measure(kit: Kit, args: argparse.Namespace, stack: ExitStack) -> dict[str, Any]:
    upstream_port = _free_port()
    base = f"http://127.0.0.1:{upstream_port}/v1"
    stack.enter_context(_uvicorn(kit.folder, kit.upstream, upstream_port, {}))
    targets = []
    port = _free_port()
    pid = stack.enter_context(_uvicorn(kit.folder, kit.limit, port, {"UPSTREAM": base}))
    targets.append(Target("limit", f"http://127.0.0.1:{port}/v1", pid))
    work = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    admin = 0
    for name, off in (("handrail", False), ("all checks off", True)):
        proxy_port, admin_port = _free_port(), _free_port()
        config = _config(work / name.replace(" ", "-"), base, kit, args.knowledge, off=off)
        pid = stack.enter_context(_handrail(config, proxy_port, admin_port))
        targets.append(Target(name, f"http://127.0.0.1:{proxy_port}/v1", pid))
        admin = admin if off else admin_port
    print(
        f"configuration {_get(admin, '/readyz')['config']}, {args.rounds} rounds of {args.requests}"
    )
    for target in targets:  # warm up
        _load(kit, target, concurrency=4, requests=20, stream=False)
    for _ in range(args.rounds):
        for stream in (False, True):
            for concurrency in (1, 16):
                for target in targets:
                    count = args.requests * (10 if target.name == "limit" else 1)
                    row = _load(kit, target, concurrency=concurrency, requests=count, stream=stream)
                    target.rows.append(row)
    decisions = _get(admin, "/handrail/v1/decisions?limit=500")["data"]
    return {"results": [r for t in targets for r in _medians(t)], "stages": _stages(decisions)}


def _load(
    kit: Kit, target: Target, *, concurrency: int, requests: int, stream: bool
) -> dict[str, Any]:
    command = [sys.executable, str(kit.folder / "load.py"), target.url, "--name", target.name]
    command += ["--pids", str(target.pid), "--concurrency", str(concurrency)]
    command += ["--requests", str(requests), *(["--stream"] if stream else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own script
    row: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return row


def _medians(target: Target) -> Iterator[dict[str, Any]]:
    for stream in (False, True):
        for concurrency in (1, 16):
            rows = [
                r for r in target.rows if r["stream"] == stream and r["concurrency"] == concurrency
            ]
            cpu = [r["cpu_ms"] for r in rows]
            row = {
                "name": target.name,
                "stream": stream,
                "concurrency": concurrency,
                "cpu_ms": median(cpu),
                "cpu_spread": [min(cpu), max(cpu)],
                "p50_ms": median(r["p50_ms"] for r in rows),
                "p99_ms": median(r["p99_ms"] for r in rows),
                "first_byte_p50_ms": median(r["first_byte_p50_ms"] for r in rows),
                "rss_mb": rows[-1]["rss_mb"],
                "errors": sum(r.get("errors", 0) for r in rows),
            }
            print(json.dumps(row))
            yield row


def _stages(decisions: list[dict[str, Any]]) -> dict[str, Any]:
    """Return milliseconds per stage (wall time, under load) and how answers ended."""
    names = sorted({name for d in decisions for name in d["marks"]})
    table = {name: round(median(d["marks"].get(name, 0.0) for d in decisions), 3) for name in names}
    passed = sum(d["action"] == "pass" for d in decisions)
    print("stage medians in ms (wall, under load):", json.dumps(table))
    print(f"passed {passed} of {len(decisions)}")
    return {"ms": table, "passed": passed, "of": len(decisions)}


def _config(folder: Path, base: str, kit: Kit, knowledge: Path | None, *, off: bool) -> Path:
    folder.mkdir()
    sources = [str(kit.page), *([str(knowledge.resolve())] if knowledge else [])]
    path = folder / "config.toml"
    path.write_text(f"""version = 1
[providers.local]
kind = "openai"
base_url = "{base}"
api_key = "none"
[models.small]
provider = "local"
model = "mock-model"
[tiers.standard]
models = ["small"]
[aliases."*"]
tiers = ["standard"]
profile = "{"utility" if off else "support"}"
[knowledge]
sources = {json.dumps(sources)}
internal_titles = ["^Internal:"]
watch = false
[policy]
file = "{ROOT / "policies" / "support.toml"}"
[stores]
data_dir = "data"
""")
    return path


@contextmanager
def _uvicorn(folder: Path, module: str, port: int, env: dict[str, str]) -> Iterator[int]:
    command = [sys.executable, "-m", "uvicorn", f"{module}:app", "--port", str(port)]
    command += ["--loop", "uvloop", "--http", "httptools", "--log-level", "error"]
    with _process(command, folder, env, port) as pid:
        yield pid


@contextmanager
def _handrail(config: Path, port: int, admin: int) -> Iterator[int]:
    command = [sys.executable, "-m", "proxy", "serve", "--config", str(config)]
    command += ["--port", str(port), "--admin-port", str(admin)]
    with _process(command, ROOT, {}, port) as pid:
        _get(port, "/readyz")
        yield pid


@contextmanager
def _process(command: list[str], cwd: Path, env: dict[str, str], port: int) -> Iterator[int]:
    log = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
    process = subprocess.Popen(  # noqa: S603 - our own servers
        command, cwd=cwd, env={**os.environ, **env}, stdout=log, stderr=log
    )
    try:
        _wait(port, process, log)
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait(port: int, process: subprocess.Popen[bytes], log: Any) -> None:  # noqa: ANN401 - a file
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if process.poll() is not None:
            log.seek(0)
            sys.exit(f"a server did not start:\n{log.read().decode()}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)  # noqa: TID251 - a script, not the server
            continue
        return
    sys.exit("a server did not start within 60 s")


def _get(port: int, path: str) -> Any:  # noqa: ANN401 - any JSON
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as response:
        return json.load(response)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _save(report: dict[str, Any]) -> None:
    folder = HERE / "results"
    folder.mkdir(exist_ok=True)
    path = folder / f"bench-{time.strftime('%Y%m%d-%H%M%S')}.json"
    path.write_text(json.dumps(report, indent=1))
    print(f"saved {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()

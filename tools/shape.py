"""Check the shape of the tree: module size, mirrored tests, names that must stay clear.

Run by `make lint`. Exits 1 and names every file that breaks a rule.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("policies", "validators", "cache", "proxy")
MAX_LINES = 300
AIM_LINES = 200
# Modules that hold no behaviour of their own, or that only an end-to-end test can exercise.
UNTESTED = {
    "proxy/__main__.py": "one call",
    "policies/errors.py": "classes without behaviour, used by every test",
    "policies/messages.py": "a frozen value",
    "policies/decision.py": "frozen values; rank is tested through decide",
    "validators/base.py": "protocols",
    "proxy/stage.py": "a protocol",
    "proxy/models/base.py": "values and a protocol",
    "proxy/records/base.py": "values and a protocol",
    "proxy/telemetry/base.py": "protocols",
    "proxy/telemetry/names.py": "constants",
    "proxy/stream/events.py": "frozen values",
    "proxy/vault/base.py": "a protocol",
    "proxy/records/memory.py": "held by the contract suite, test_contract.py",
    "proxy/responses/memory.py": "held by the contract suite, test_contract.py",
    "proxy/records/tables.py": "declarations; held by the contract suite",
}
# Host names of package registries, and absolute paths of somebody's machine.
FORBIDDEN = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.npmjs\.org|deb\.debian\.org|/root/|/home/[a-z]"
)


def main() -> int:
    """Print every problem; return the exit code."""
    problems = [*sizes(), *mirrored(), *orphans(), *forbidden()]
    for problem in problems:
        print(problem)
    print(f"shape: {len(problems)} problems")
    return 1 if problems else 0


def modules() -> Iterator[Path]:
    """Yield the project's own modules."""
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def sizes() -> Iterator[str]:
    """Modules stay small enough to read in one sitting."""
    for path in modules():
        lines = len(path.read_text().splitlines())
        if lines > MAX_LINES:
            yield f"{path.relative_to(ROOT)}: {lines} lines, {MAX_LINES} at most"


def mirrored() -> Iterator[str]:
    """Each module has its test file in the same place under tests/."""
    for path in modules():
        relative = path.relative_to(ROOT)
        if path.name == "__init__.py" or str(relative) in UNTESTED:
            continue
        expected = ROOT / "tests" / relative.parent / f"test_{path.stem}.py"
        if not expected.exists():
            yield f"{relative}: no test file {expected.relative_to(ROOT)}"


def orphans() -> Iterator[str]:
    """Each test file tests a module that exists."""
    for package in PACKAGES:
        for path in sorted((ROOT / "tests" / package).rglob("test_*.py")):
            relative = path.relative_to(ROOT / "tests")
            module = ROOT / relative.parent / f"{path.stem.removeprefix('test_')}.py"
            whole = (
                path.stem == "test_contract" or (ROOT / relative.parent / path.stem[5:]).is_dir()
            )
            if not module.exists() and not whole:
                yield f"tests/{relative}: tests no module"


def forbidden() -> Iterator[str]:
    """Nothing committed names a registry host or a path of one machine."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in listed.split("\0"):
        path = ROOT / name
        if not name or name == "tools/shape.py" or not path.is_file():
            continue
        data = path.read_bytes()
        if b"\0" in data:
            continue
        for number, line in enumerate(data.decode(errors="replace").splitlines(), 1):
            if FORBIDDEN.search(line):
                yield f"{name}:{number}: names a registry host or a path of one machine"


if __name__ == "__main__":
    sys.exit(main())

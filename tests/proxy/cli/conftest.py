"""Runs the command line in this process, in a folder made by `handrail init`."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from policies.findings import Claim, ClaimVerdict, Finding, Reason, Severity
from policies.knowledge import Evidence
from policies.load import load_policy
from policies.text import Raw, Redacted
from policies.turn import Answer, Classification, Sentence, Turn
from proxy.cli.init import starter_files
from proxy.cli.main import main

LOGS = ("", "handrail", "handrail.start", "presidio-analyzer")


@dataclass(frozen=True, slots=True)
class Ran:
    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """Commands set up logging for a process of their own."""
    root = logging.getLogger()
    handlers, levels = list(root.handlers), {n: logging.getLogger(n).level for n in LOGS}
    yield
    root.handlers[:] = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run_(*args: str | Path) -> Ran:
        with pytest.raises(SystemExit) as ended:
            main([str(arg) for arg in args])
        out, err = capsys.readouterr()
        code = ended.value.code
        return Ran(code if isinstance(code, int) else 0, out, err)

    return run_


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What `init` writes."""
    for name, text in starter_files().items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def config(folder: Path) -> Path:
    return folder / "config.toml"


@pytest.fixture
def make_turn(folder: Path) -> Callable[..., Turn]:
    policy = load_policy(folder / "policies" / "support.toml")

    def make(**changes: object) -> Turn:
        free, late = Redacted("Returns are free. "), Redacted("They take a year.")
        page = Evidence("returns", "Returns and refunds", "Returns are free of charge.")
        good = Claim(free, (0, 18), ClaimVerdict.SUPPORTED, 0.9, (page,))
        bad = Claim(late, (18, 35), ClaimVerdict.CONTRADICTED, 0.1, (page,))
        turn = Turn(
            id="hr_1",
            request_id="req_1",
            created=0.0,
            received=Raw(None),
            policy=policy,
            classification=Classification("returns", 0.8),
            answers=(Answer(0, (Sentence(free, 0), Sentence(late, 18)), finish_reason="stop"),),
            findings=(
                Finding("grounding", None, Severity.INFO, claim=good, sentence=0),
                Finding(
                    "grounding",
                    Reason.CONTRADICTS_KB,
                    Severity.FAIL,
                    "the page says [b]otherwise[/b]",
                    claim=bad,
                    sentence=1,
                ),
            ),
            confidence=0.1,
        )
        return turn.but(**changes)

    return make

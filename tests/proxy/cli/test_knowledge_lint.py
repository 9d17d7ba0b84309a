import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., Any]

LAMP = "# Lamp prices\n\nShipping a floor lamp costs 5 EUR.\n"
OTHER = "# Floor lamps\n\nShipping a floor lamp costs 7 EUR.\n"


def add(config: Path, name: str, text: str) -> None:
    (config.parent / "knowledge" / name).write_text(text)


def contradicting(config: Path) -> None:
    add(config, "lamp.md", LAMP)
    add(config, "other.md", OTHER)


def test_both_quotes_files_and_lines_are_shown(run: Run, config: Path) -> None:
    contradicting(config)
    shown = run("knowledge", "lint", "--config", config)
    assert shown.code == 0
    for part in (
        "contradiction (",
        "knowledge/lamp.md:3",
        "knowledge/other.md:3",
        "Shipping a floor lamp costs 5 EUR.",
        "Shipping a floor lamp costs 7 EUR.",
        "Floor lamps",
    ):
        assert part in shown.out
    assert "1 contradiction" in shown.err


def test_the_same_for_machines(run: Run, config: Path) -> None:
    contradicting(config)
    report = json.loads(run("knowledge", "lint", "--config", config, "--json").out)
    assert report["counts"]["contradiction"] == 1
    (remark,) = report["remarks"]
    assert remark["kind"] == "contradiction"
    assert [p["line"] for p in remark["places"]] == [3, 3]
    assert report["pages"] == 3


def test_only_strict_fails(run: Run, config: Path) -> None:
    assert run("knowledge", "lint", "--config", config, "--strict").code == 0
    contradicting(config)
    assert run("knowledge", "lint", "--config", config).code == 0
    assert run("knowledge", "lint", "--config", config, "--strict").code == 1


def test_rows_are_named_by_their_line(run: Run, config: Path) -> None:
    rows = [{"id": i, "title": "Lamps", "content": f"A lamp costs {i} EUR."} for i in ("5", "7")]
    add(config, "rows.jsonl", "\n".join(map(json.dumps, rows)))
    text = config.read_text().replace('"knowledge/', '"knowledge/*.jsonl", "knowledge/', 1)
    config.write_text(text)
    shown = run("knowledge", "lint", "--config", config)
    assert "rows.jsonl:1" in shown.out
    assert "rows.jsonl:2" in shown.out


def test_check_warns_and_never_fails_for_it(run: Run, config: Path) -> None:
    contradicting(config)
    checked = run("check", "--config", config, "--strict")
    assert checked.code == 0
    assert "knowledge/lamp.md:3: warning: contradiction" in checked.err
    assert "1 contradiction; all: handrail knowledge lint" in checked.err
    shown = json.loads(run("check", "--config", config, "--json").out)
    assert shown["knowledge_lint"]["counts"]["contradiction"] == 1
    assert shown["warnings"] == []

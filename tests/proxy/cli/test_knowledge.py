import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., Any]


def add_page(config: Path, name: str, text: str) -> None:
    (config.parent / "knowledge" / name).write_text(text)


def test_alone_it_lists_the_pages(run: Run, config: Path) -> None:
    add_page(config, "fees.md", "---\ntitle: Fees\nscope: {market: DE}\n---\nIt costs 5 EUR.\n")
    listed = run("knowledge", "--config", config)
    assert listed.code == 0
    assert "knowledge/returns  customer  -" in listed.out
    assert "knowledge/fees  customer  market=DE  1  Fees" in listed.out


def test_the_list_for_machines(run: Run, config: Path) -> None:
    shown = json.loads(run("knowledge", "list", "--config", config, "--json").out)
    assert [p["id"] for p in shown["pages"]] == ["knowledge/returns"]
    assert len(shown["revision"]) == 64


def test_search_shows_what_retrieval_finds(run: Run, config: Path) -> None:
    args = ("knowledge", "search", "how long do refunds take", "--config", config)
    assert "knowledge/returns#0  Returns and refunds" in run(*args).out
    best = json.loads(run(*args, "--json", "--limit", "1").out)
    assert len(best) == 1
    assert best[0]["page"] == "knowledge/returns"
    assert best[0]["score"] > 0


def test_search_keeps_to_the_scope(run: Run, config: Path) -> None:
    add_page(config, "fees.md", "---\ntitle: Fees\nscope: {market: DE}\n---\nA reminder: 5 EUR.\n")
    args = ("knowledge", "--config", config, "search", "reminder", "--json")
    assert json.loads(run(*args).out) == []
    found = json.loads(run(*args, "--scope", "market=de").out)
    assert [p["page"] for p in found] == ["knowledge/fees"]


def test_nothing_found_is_no_failure(run: Run, config: Path) -> None:
    nothing = run("knowledge", "search", "zebra", "--config", config)
    assert nothing.code == 0
    assert "Nothing" in nothing.err


def test_show_gives_the_passages_of_a_page(run: Run, config: Path) -> None:
    shown = run("knowledge", "show", "knowledge/returns", "--config", config)
    assert "[knowledge/returns#0] Returns and refunds" in shown.out
    rows = json.loads(
        run("knowledge", "show", "knowledge/returns", "--config", config, "--json").out
    )
    assert rows[0]["audience"] == "customer"


def test_an_unknown_page_is_an_error(run: Run, config: Path) -> None:
    gone = run("knowledge", "show", "nothing", "--config", config)
    assert gone.code == 1
    assert "handrail knowledge list" in gone.err


def test_lint_tells_copies(run: Run, config: Path) -> None:
    text = (config.parent / "knowledge" / "returns.md").read_text()
    add_page(config, "copy.md", text.replace("/help/returns", "/help/copy"))
    assert "say the same" in run("knowledge", "lint", "--config", config).out
    report = json.loads(run("knowledge", "lint", "--config", config, "--json").out)
    assert {remark["kind"] for remark in report["remarks"]} == {"duplicate"}


def test_broken_pages_are_told(run: Run, config: Path) -> None:
    add_page(config, "bad.md", "")
    broken = run("knowledge", "list", "--config", config)
    assert broken.code == 1
    assert "bad.md" in broken.err

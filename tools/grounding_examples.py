"""Labelled texts to fit the grounding rules on."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from policies.knowledge import Passage
from validators.grounding.passages import split

SOURCES = ("ragtruth_qa", "ragtruth_summary", "real")
"""Of the sentences that models wrote: those in answers and summaries, not in dialogue."""
_EACH = 3
_OTHERS = 3
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled text with its page."""

    kind: str
    group: str
    """Examples of one group are never split between fitting and testing."""
    pages: tuple[Passage, ...]
    question: str
    text: str
    supported: bool


def read(folder: Path) -> list[Example]:
    """Read every labelled file of a folder."""
    rows = [r for file in sorted(folder.glob("*_pages.jsonl")) for r in _rows(file)]
    pages = {r["page_id"]: Passage(r["page_id"], r["page_id"], r["title"], r["text"]) for r in rows}
    company = {r["page_id"]: r["company"] for r in rows}
    return [
        Example(
            pattern,
            company[row["page_id"]],
            (pages[row["page_id"]],),
            row.get("question") or "",
            row.get("claim") or row["answer"],
            row["label"] == "supported",
        )
        for pattern in ("claim", "answer")
        for file in sorted(folder.glob(f"*_{pattern}s.jsonl"))
        for row in _rows(file)
    ]


def sentences(file: Path) -> list[Example]:
    """Read sentences that models wrote, of the sources that are like answers."""
    return [
        Example(
            row["source"],
            row["context"][0][:80],
            tuple(Passage(f"c{n}", f"c{n}", "", text) for n, text in enumerate(row["context"])),
            row.get("question") or "",
            row["answer"],
            row["label"] == "supported",
        )
        for row in _rows(file)
        if row["source"] in SOURCES
    ]


def _rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def among_others(examples: Sequence[Example], chance: random.Random) -> list[Example]:
    """Show half of the examples among other pages of the company, as a search would."""
    shelves: dict[str, dict[str, Passage]] = {}
    for e in examples:
        shelves.setdefault(e.group, {})[e.pages[0].id] = e.pages[0]
    found = []
    for e in examples:
        others = [p for key, p in shelves[e.group].items() if key != e.pages[0].id]
        chance.shuffle(others)
        more = tuple(others[:_OTHERS]) if chance.random() < _HALF else ()
        found.append(replace(e, pages=e.pages + more))
    return found


def made(examples: Sequence[Example], chance: random.Random) -> list[Example]:
    """Make supported examples of the pages' own words and unsupported ones of other pages'."""
    claims = [e for e in examples if e.kind == "claim"]
    pages = {e.pages[0].id: e for e in examples}
    found = []
    for e in pages.values():
        whole = [u.text for u in split(e.pages[0]) if u.text.endswith(".")]
        found += [
            Example("page", e.group, e.pages, "", text, supported=True)
            for text in chance.sample(whole, min(_EACH, len(whole)))
        ]
        for _ in range(_EACH):
            other = chance.choice(claims)
            if other.group != e.group:
                foreign = Example("foreign", e.group, e.pages, "", other.text, supported=False)
                found.append(foreign)
    return found


def load(folder: Path, files: Sequence[Path]) -> list[Example]:
    """Read and make all examples; the same ones each time."""
    chance = random.Random(3)  # noqa: S311 - a sample, no secret
    examples = read(folder)
    examples = [*among_others(examples, chance), *made(examples, chance)]
    for file in files:
        examples += sentences(file)
    return examples

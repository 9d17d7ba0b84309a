"""Examples for the cross-encoder of the grounding check; used by train_judge.py.

Each example is what the model reads at run time: the claim with its question, and the
sentences aligned with it under their headings.
"""

import json
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from policies.knowledge import Passage
from validators.grounding.align import Pool, Subject, align
from validators.grounding.claims import Statement, statements
from validators.grounding.passages import split
from validators.grounding.reading import Reading
from validators.grounding.second import pair

PUBLIC = {
    "mnli": 15000, "snli": 5000, "begin_wow": 1700, "fever_sym": 600, "wice": 50, "conjnli": 12,
    "ragtruth_qa": 900, "ragtruth_summary": 700, "ragtruth_data2txt": 900,
}  # fmt: skip
"""Examples taken of each source; unsupported ones first where they are rare."""
RARE = ("ragtruth_qa", "ragtruth_summary", "ragtruth_data2txt", "wice", "conjnli")
ABSENT, JUNK, COPIES = 700, 250, 350
JUNK_SENTENCES = (
    "The {x} is a non-profit organization that supports communities around the world.",
    "{x} was founded in 1998 and is headquartered in California.",
    "The {x} is a type of service that allows users to access their information online.",
    "As a {x} customer you have access to a dedicated personal adviser at any hour.",
    "The {x} is designed to be easy to use and is available in many colors.",
    "{x} offers a 10% loyalty bonus to everyone who signs up this month.",
    "The {x} comes with free travel insurance and airport lounge access.",
    "You can find the {x} in the settings menu under the advanced options.",
    "The {x} uses artificial intelligence to give you the best possible experience.",
    "To get started with {x}, simply download the mobile app and create an account.",
    "{x} is one of the most popular options and is trusted by millions of people.",
    "The {x} is regulated by the government and protected by federal law.",
)


@dataclass(frozen=True, slots=True)
class Example:
    """One pair to read and whether it is supported."""

    texts: tuple[str, str]
    label: float
    weight: float = 1.0
    group: str = ""
    """Examples of one group are ranked against each other."""


@dataclass(slots=True)
class Page:
    """A page with its units ready, and what was said about it."""

    id: str
    company: str
    sector: str
    pool: Pool
    claims: list[dict[str, str]] = field(default_factory=list)
    answers: list[dict[str, str]] = field(default_factory=list)


def read(file: Path) -> list[dict[str, Any]]:
    """Read a file of JSON lines."""
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def pool_of(source: str, title: str, text: str) -> Pool:
    """Split a page into units."""
    return Pool(split(Passage(source, source, title, text)))


def shown(statement: Statement, question: str, pool: Pool) -> tuple[str, str]:
    """Return what the model reads about a statement."""
    asked = Reading(question)
    claim, sentence = Reading(statement.text), Reading(statement.sentence)
    subject = Subject(claim, sentence, asked, Reading(statement.recent), asked)
    return pair(subject, align(subject, pool), pool.units)


def plain(text: str) -> Statement:
    """Take a whole sentence as one statement."""
    return Statement(text, 0, len(text), text, "")


def pages(folder: Path) -> list[Page]:
    """Read the corpus."""
    found: dict[str, Page] = {}
    for file in sorted(folder.glob("*_pages.jsonl")):
        for row in read(file):
            pool = pool_of(row["page_id"], row["title"], row["text"])
            sector = file.name.split("_")[0]
            found[row["page_id"]] = Page(row["page_id"], row["company"], sector, pool)
    for file in sorted(folder.glob("*_claims.jsonl")):
        for row in read(file):
            found[row["page_id"]].claims.append(row)
    for file in sorted(folder.glob("*_answers.jsonl")):
        for row in read(file):
            found[row["page_id"]].answers.append(row)
    return list(found.values())


def divide(corpus: Sequence[Page], folder: Path) -> tuple[list[Page], list[Page]]:
    """Return the pages of the train companies and those of the test companies."""
    splits = json.loads((folder / "splits.json").read_text("utf-8"))
    train, test = set(splits["train"]), set(splits["test"])
    return [p for p in corpus if p.company in train], [p for p in corpus if p.company in test]


def claims_of(page: Page) -> Iterator[Example]:
    """Yield the claims about a page."""
    for row in page.claims:
        good = float(row["label"] == "supported")
        yield Example(shown(plain(row["claim"]), "", page.pool), good, 1.0, row.get("pair") or "")


def answers_of(page: Page) -> Iterator[Example]:
    """Yield the statements of the answers about a page; the bad sentence's are unsupported."""
    for row in page.answers:
        bad = row.get("bad_sentence") or ""
        parts = list(statements(row["answer"]))
        wrong = [s for s in parts if bad and (s.sentence in bad or bad in s.sentence)]
        for s in parts:
            label, weight = (0.0, 1 / len(wrong)) if s in wrong else (1.0, 1.0)
            yield Example(shown(s, row["question"], page.pool), label, weight)


def cheap(corpus: Sequence[Page], chance: random.Random) -> Iterator[Example]:
    """Yield absent topics, sentences as small models invent them, and faithful quotes."""
    sectors = defaultdict(list)
    for page in corpus:
        sectors[page.sector].append(page)
    for _ in range(ABSENT):
        page = chance.choice(corpus)
        claim = chance.choice([r for r in page.claims if r["label"] == "supported"])["claim"]
        other = chance.choice([p for p in sectors[page.sector] if p is not page])
        yield Example(shown(plain(claim), "", other.pool), 0.0)
    for _ in range(JUNK):
        page = chance.choice(corpus)
        words = page.pool.units[0].title.text.split()[: chance.choice((2, 3))]
        name = chance.choice((page.company, " ".join(words)))
        text = chance.choice(JUNK_SENTENCES).format(x=name)
        yield Example(shown(plain(text), "", page.pool), 0.0)
    for _ in range(COPIES):
        page = chance.choice(corpus)
        texts = [u.text for u in page.pool.units if 5 < len(u.text.split()) < 32]  # noqa: PLR2004 - as long as a claim
        if texts:
            yield Example(shown(plain(chance.choice(texts)), "", page.pool), 1.0)


def public(folder: Path, chance: random.Random) -> Iterator[Example]:
    """Yield a sample of the public data."""
    sources: Mapping[str, list[dict[str, Any]]] = defaultdict(list)
    for file in sorted(folder.glob("train.*.jsonl")):
        for row in read(file):
            sources[row["source"]].append(row)
    for source, limit in PUBLIC.items():
        rows = sources[source]
        chance.shuffle(rows)
        if source in RARE:
            rows.sort(key=lambda r: r["label"] == "supported")
        for row in rows[:limit]:
            pool = pool_of("p", "", "\n".join(row["context"]))
            if pool.units:
                good = float(row["label"] == "supported")
                yield Example(shown(plain(row["answer"]), "", pool), good)

"""Retrieval over many passages: time until words and meaning can be searched, memory, ms.

Makes pages out of the sentences of real ones: each is about one of fifty products and has
one to three sections of eight sentences, in which numbers are replaced. Runs in this process
with the shipped encoders; times of single searches are of one thread.

    python bench/retrieval.py --passages 100000 --sources 'knowledge/**/*.md'
"""

import argparse
import json
import os
import random
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import mean, median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from validators.knowledge.filling import Filling  # noqa: E402 - run from a checkout
from validators.knowledge.hybrid import Hybrid  # noqa: E402 - run from a checkout
from validators.knowledge.knowledge import LexicalKnowledge, load_knowledge  # noqa: E402 - run from a checkout
from validators.knowledge.page import Block, Page  # noqa: E402 - run from a checkout
from validators.knowledge.passages import split_sentences  # noqa: E402 - run from a checkout

COLOURS = ("Gold", "Silver", "Bronze", "Blue", "Green", "Beige", "Emerald", "Platinum", "Cobalt")
KINDS = ("Account", "Card", "Saver", "Loan", "Plan")
SENTENCES = 8
WARM = 20
Report = dict[str, object]


def main() -> None:
    """Build, measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--sources", nargs="+", default=["knowledge/**/*.md"])
    args = parser.parse_args()
    luck = random.Random(7)  # noqa: S311 - test data
    material = load_knowledge(ROOT, args.sources)
    report: Report = {"rss_mb_start": _rss_mb()}
    started, pages = time.perf_counter(), _pages(luck, material, args.passages)
    pages = list(pages)
    report |= {"made_s": _since(started), "rss_mb_pages": _rss_mb()}
    started = time.perf_counter()
    knowledge = LexicalKnowledge(pages)
    report |= {
        "passages": len(knowledge),
        "lexical_s": _since(started),
        "rss_mb_lexical": _rss_mb(),
    }
    del pages
    questions = [_query(luck, material) for _ in range(args.queries)]
    report["lexical_question_ms"] = _timed(knowledge.search, questions)
    hybrid = _filled(knowledge, report)
    queries = [f"{question} {_query(luck, material)}" for question in questions]
    report["lexical_question_and_sentence_ms"] = _timed(knowledge.search, queries)
    if hybrid is not None:
        report |= _dense(hybrid, questions)
    report |= {"rss_mb_end": _rss_mb(), "rss_mb_peak": _peak_mb()}
    print(json.dumps(report, indent=1))


def _filled(knowledge: LexicalKnowledge, report: Report) -> Hybrid | None:
    with tempfile.TemporaryDirectory() as folder:
        for name in ("dense", "again"):
            filling = Filling(Path(folder))
            started, cpu = time.perf_counter(), time.process_time()
            filling.want(knowledge)
            filling.wait()
            report[f"{name}_s"] = _since(started)
            report[f"{name}_cpu_s"] = round(time.process_time() - cpu, 1)
            report[f"rss_mb_{name}"] = _rss_mb()
        report["file_mb"] = round(sum(f.stat().st_size for f in Path(folder).iterdir()) / 2**20)
        report["retrieval"] = filling.state(knowledge)
    return filling.ready(knowledge)


def _dense(hybrid: Hybrid, questions: Sequence[str]) -> Report:
    encoder, index = hybrid.encoder, hybrid.index
    vectors = {question: encoder.encode([question])[0] for question in questions}
    return {
        "windows": len(index.rows),
        "encode_ms": _timed(lambda question: encoder.encode([question]), questions),
        "nearest_ms": _timed(lambda question: index.nearest(vectors[question]), questions),
        "fused_question_ms": _timed(hybrid.search, questions),
    }


def _pages(luck: random.Random, material: LexicalKnowledge, passages: int) -> Iterator[Page]:
    """Yield pages of one to three sections, about a passage each."""
    sentences = [
        sentence
        for passage in material.passages
        for line in passage.text.split("\n")
        for sentence in split_sentences(line)
    ]
    made = number = 0
    while made < passages:
        sections = luck.randint(1, 3)
        product = f"{luck.choice(COLOURS)} {luck.choice(KINDS)}"
        about = luck.choice(material.passages)
        blocks = tuple(
            Block(
                (f"{luck.choice(material.passages).title} {section}",),
                "\n".join(_varied(luck, luck.choice(sentences)) for _ in range(SENTENCES)),
            )
            for section in range(sections)
        )
        title = f"{product} {number % 997}: {about.title}"
        yield Page(f"{product.replace(' ', '_')}_{number}", title, blocks)
        made, number = made + sections, number + 1


def _varied(luck: random.Random, sentence: str) -> str:
    return re.sub(r"\d+", lambda _: str(luck.randint(1, 900)), sentence)


def _query(luck: random.Random, material: LexicalKnowledge) -> str:
    line = luck.choice(luck.choice(material.passages).text.split("\n"))
    return f"{luck.choice(COLOURS)} {luck.choice(KINDS)} {' '.join(line.split()[:12])}"


def _timed(search: Callable[[str], object], queries: Sequence[str]) -> dict[str, float]:
    """Milliseconds per call: median and 95th percentile of wall time, mean of processor time."""
    for query in queries[:WARM]:
        search(query)
    wall, cpu = [], []
    for query in queries:
        started, spent = time.perf_counter(), time.thread_time()
        search(query)
        cpu.append((time.thread_time() - spent) * 1000)
        wall.append((time.perf_counter() - started) * 1000)
    late = sorted(wall)[int(len(wall) * 0.95)]
    return {"p50": round(median(wall), 2), "p95": round(late, 2), "cpu": round(mean(cpu), 2)}


def _since(started: float) -> float:
    return round(time.perf_counter() - started, 1)


def _rss_mb() -> int:
    resident = int(Path("/proc/self/statm").read_text().split()[1])
    return round(resident * os.sysconf("SC_PAGE_SIZE") / 2**20)


def _peak_mb() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    main()

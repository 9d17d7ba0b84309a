"""Measures one look into the answer cache: processor time at 1,000, 10,000 and 100,000 entries.

    .venv/bin/python bench/cache_lookup.py

Hits in other words, hits in the same words and misses, with all comparisons. Nothing but the
store, the keys and the comparison: no redaction, no classification, no search in the pages.
"""

import json
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from cache.base import CacheEntry, CacheKey, CacheStore
from cache.disk import DiskCacheStore
from cache.match import Questions, find_match, form_digests
from cache.memory import MemoryCacheStore
from cache.normalise import normalise
from proxy.answers import build_questions
from proxy.config.model import Config

SIZES = (1_000, 10_000, 100_000)
LOOKS = 300
PAIRS = Path(__file__).parent / "questions" / "dev.jsonl"
KEY = CacheKey("shop", "p@1", "", "en", "{}", "customer", "", "bot", "", "")


def fill(store: CacheStore, questions: Questions, count: int) -> list[tuple[str, str]]:
    """Store `count` answers; return pairs of a stored question and one like it."""
    rows = [json.loads(line) for line in PAIRS.read_text().splitlines()]
    asked: list[tuple[str, str]] = []
    for n in range(count):
        row = rows[n % len(rows)]
        turn = n // len(rows)
        tail = f" for model kx{turn}" if turn else ""
        known, like = (f"{row[name].rstrip('?. ')}{tail}" for name in ("cached", "query"))
        key = replace(KEY, question=normalise(known))
        entry = CacheEntry(f"e{n}", "shop", known, "An answer. " * 30, 0.9, float(n))
        store.put(key.digest(), entry, 86_400, form_digests(key, known, questions))
        asked.append((known, like))
    return asked


def measure(store: CacheStore, questions: Questions, asked: list[str]) -> dict[str, float]:
    """Look for each question once; milliseconds of processor time."""
    times: list[float] = []
    hits = 0
    for question in asked:
        start = time.process_time()
        key = replace(KEY, question=normalise(question))
        hits += find_match(store, key, question, questions) is not None
        times.append((time.process_time() - start) * 1000)
    ranked = sorted(times)
    return {
        "looks": len(times),
        "hits": hits,
        "median_ms": round(statistics.median(times), 3),
        "p99_ms": round(ranked[int(len(ranked) * 0.99) - 1], 3),
    }


def main() -> None:
    """Print one line per store and size."""
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            for name in ("memory", "disk"):
                filling = build_questions(Config(version=1))
                looking = build_questions(Config(version=1))
                if filling is None or looking is None:
                    return
                store: CacheStore = (
                    MemoryCacheStore(capacity=2 * size)
                    if name == "memory"
                    else DiskCacheStore(Path(folder) / "cache", 2**30)
                )
                known = fill(store, filling, size)
                step = max(1, size // LOOKS)
                same = measure(store, looking, [a for a, _ in known[::step]])
                other = measure(store, looking, [b for _, b in known[::step]])
                print(json.dumps({"store": name, "entries": size, "same": same, "other": other}))
                store.close()


if __name__ == "__main__":
    main()

"""The answer cache: how often does it help, how often would it give a wrong answer?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cache.base import CacheEntry, CacheKey
from cache.match import Questions, find_match, form_digests
from cache.memory import MemoryCacheStore
from cache.normalise import normalise
from proxy.evals.base import Figures, Progress, Result, Stopwatch, rounded, silent
from proxy.evals.metrics import ratio, upper_bound
from proxy.evals.rows import Row

Same = Callable[[str, str], bool]
"""Tells whether the answer to the first question would be given to the second."""
_TTL_S = 60.0


@dataclass(frozen=True, slots=True)
class Case:
    """A question whose answer is cached, and another one."""

    cached: str
    query: str
    same: bool
    kind: str = ""


def parse(row: Row) -> Case:
    """Read `{"cached", "query", "same", "kind"?}`. Raises `ConfigError`."""
    return Case(row.text("cached"), row.text("query"), row.truth("same"), row.optional("kind"))


def looked_up(questions: Questions | None) -> Same:
    """Return what really happens: one answer is stored, then the other question is looked up."""

    def same(cached: str, query: str) -> bool:
        store = MemoryCacheStore(clock=lambda: 0.0)
        entry = CacheEntry("e", "default", cached, "answer", 1.0, 0.0)
        key = _key(cached)
        store.put(key.digest(), entry, _TTL_S, form_digests(key, cached, questions))
        return find_match(store, _key(query), query, questions) is not None

    return same


def _key(question: str) -> CacheKey:
    """All hard parts alike: what is measured is the comparison of the questions."""
    return CacheKey("default", "", "", "", "{}", "customer", "", "", "", normalise(question))


def run(cases: Sequence[Case], same: Same, progress: Progress = silent) -> Result:
    """Look up each query in a cache that holds the other question."""
    watch = Stopwatch()
    hits: list[bool] = []
    for case in progress(cases):
        with watch.item():
            hit = same(case.cached, case.query)
        hits.append(hit)
    predictions = tuple({"hit": hit, "score": float(hit)} for hit in hits)
    return Result({**score(cases, hits), **watch.figures()}, predictions)


def score(cases: Sequence[Case], hits: Sequence[bool]) -> Figures:
    """Hit rate over pairs that mean the same, false-hit rate over those that do not."""
    pairs = list(zip(cases, hits, strict=True))
    same = [hit for case, hit in pairs if case.same]
    other = [hit for case, hit in pairs if not case.same]
    kinds = sorted({case.kind for case in cases if case.kind})
    return {
        "n": len(pairs),
        "same": len(same),
        "different": len(other),
        "hit_rate": rounded(ratio(sum(same), len(same))),
        "false_hit_rate": rounded(ratio(sum(other), len(other))),
        "false_hit_upper_95": rounded(upper_bound(sum(other), len(other))),
        "per_kind": {kind: _per_kind([p for p in pairs if p[0].kind == kind]) for kind in kinds},
    }


def _per_kind(pairs: Sequence[tuple[Case, bool]]) -> Figures:
    hits = sum(hit for _, hit in pairs)
    return {"n": len(pairs), "hits": hits, "hit_rate": rounded(ratio(hits, len(pairs)))}

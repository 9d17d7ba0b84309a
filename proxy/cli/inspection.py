"""Looks at everything that a configuration names, without serving it."""

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from policies.errors import ConfigError, HandrailError, Problem
from policies.policy import Policy
from policies.strict import dotted, locate, read_toml
from proxy.cli.parts import NoKnowledge, NotNeeded, apart, data_folder, load_pages
from proxy.config.load import Loaded
from proxy.config.policy import policy_file, read_policy
from proxy.telemetry.memory import MemoryTelemetry
from proxy.wiring import Overrides, build, build_checks, open_stores
from validators.knowledge.knowledge import LexicalKnowledge
from validators.offload import Offload
from validators.run import Check

T = TypeVar("T")
Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found."""

    problems: tuple[Problem, ...] = ()
    """Nothing is served until these are solved."""
    warnings: tuple[Problem, ...] = ()
    summary: Mapping[str, int] = field(default_factory=dict)
    calibration: str = ""
    """What the policy's confidence was calibrated on."""


def inspect(loaded: Loaded) -> Inspection:
    """Load policy, knowledge and validators, and report on all of them. Takes seconds."""
    problems: list[Problem] = []
    policy = _try(lambda: read_policy(loaded), problems)
    pages = _try(lambda: load_pages(loaded), problems)
    checks = _try(lambda: _checks(loaded), problems)
    if pages is not None and not problems:
        _try(lambda: asyncio.run(_build(loaded, pages)), problems)
    summary = {
        "pages": pages.page_count if pages else 0,
        "passages": len(pages) if pages else 0,
        "intents": len(policy.intents) if policy else 0,
        "validators": len(checks) if checks else 0,
    }
    warnings = [*_in_clear(loaded), *_warnings(loaded, policy, pages)]
    label = policy.calibration.label if policy else ""
    return Inspection(tuple(problems), tuple(warnings), summary, label)


def _try(load: Callable[[], T], problems: list[Problem]) -> T | None:
    try:
        return load()
    except ConfigError as error:
        problems += error.problems
    except HandrailError as error:
        problems.append(Problem("handrail", None, "", str(error)))
    return None


def _checks(loaded: Loaded) -> tuple[Check, ...]:
    offload = Offload(1)
    try:
        return build_checks(loaded, NoKnowledge(), offload)
    finally:
        offload.close()


async def _build(loaded: Loaded, pages: LexicalKnowledge) -> None:
    """Build everything else as `serve` would: providers, stores. No model is loaded."""
    idle = NotNeeded()
    with apart(loaded) as trial:
        stores = open_stores(trial, MemoryTelemetry())
        try:
            build(trial, stores, Overrides(redactor=idle, classifier=idle, knowledge=pages))
        finally:
            await stores.close()


def _in_clear(loaded: Loaded) -> Iterator[Problem]:
    """The loader's own warnings name the file first."""
    for warning in loaded.warnings:
        yield Problem(str(loaded.path), None, "", warning.removeprefix(f"{loaded.path}: "))


def _warnings(
    loaded: Loaded, policy: Policy | None, pages: LexicalKnowledge | None
) -> Iterator[Problem]:
    _, text = read_toml(loaded.path)
    lines = dict(locate(text))
    for place, message in (*_unused(loaded), *_unchecked(loaded), *_stores(loaded)):
        yield Problem(str(loaded.path), lines.get(place), dotted(place), message)
    if policy is not None:
        yield from _policy(loaded, policy)
    if pages is not None:
        yield from _pages(loaded, pages)


def _unused(loaded: Loaded) -> Iterator[tuple[Place, str]]:
    config = loaded.config
    tiers = {name for alias in config.aliases.values() for name in alias.tiers}
    judges = (block.options.get("judge") for block in config.validators)
    tiers |= {str(judge.get("tier")) for judge in judges if isinstance(judge, dict)}
    models = {name for tier in config.tiers.values() for name in tier.models}
    providers = {model.provider for model in config.models.values()}
    for table, known, used, user in (
        ("tiers", config.tiers, tiers, "alias"),
        ("models", config.models, models, "tier"),
        ("providers", config.providers, providers, "model"),
    ):
        for name in known:
            if name not in used:
                yield (table, name), f"no {user} uses it"


def _unchecked(loaded: Loaded) -> Iterator[tuple[Place, str]]:
    if not any(block.mode == "enforce" for block in loaded.config.validators):
        yield ("validators",), "no check is enforced: every answer leaves as the model wrote it"


def _stores(loaded: Loaded) -> Iterator[tuple[Place, str]]:
    folder = data_folder(loaded)
    if not _writable(folder):
        yield ("stores", "data_dir"), f"{folder} can't be written by this user"


def _writable(folder: Path) -> bool:
    """Whether the folder can be written, or made if it is missing; nothing is made here."""
    nearest = next(p for p in (folder, *folder.parents) if p.exists())
    return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)


def _policy(loaded: Loaded, policy: Policy) -> Iterator[Problem]:
    """Tiers that a policy asks for and no alias leads to: the cheapest would serve instead."""
    path = str(policy_file(loaded))
    reachable = {name for alias in loaded.config.aliases.values() for name in alias.tiers}
    for name, rule in policy.intents.items():
        if rule.tier is not None and rule.tier not in reachable:
            message = f"no alias leads to tier {rule.tier!r}; the cheapest tier serves instead"
            yield Problem(path, None, f"intents.{name}.tier", message)


def _pages(loaded: Loaded, pages: LexicalKnowledge) -> Iterator[Problem]:
    if not pages.page_count:
        text = "no page is known, so every claim goes to a person"
        yield Problem(str(loaded.path), None, "knowledge.sources", text)
    for name in pages.page_ids():
        if not pages.pages([name]):
            yield Problem(name, None, "", "is a page without text")

"""From `[[validators]]` blocks to checks. Built-ins come in by the same door as a stranger's."""

import importlib
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from policies.errors import ConfigError, Problem
from validators.base import Scope, Services, ValidatorConfig
from validators.run import Check

GROUP = "handrail.validators"


def load_checks(
    blocks: Sequence[ValidatorConfig], services: Services, *, file: str = "config.toml"
) -> tuple[Check, ...]:
    """Import and construct every validator that is not off.

    Raises `ConfigError` with one problem per block that can't be loaded: a guardrail that
    is configured and missing must stop the start, not be skipped.
    """
    checks: list[Check] = []
    problems: list[Problem] = []
    known = _installed()
    for n, block in enumerate(blocks):
        if block.mode == "off":
            continue
        try:
            validator = _build(_find(block.use, known), block, services)
        except ConfigError as error:
            problems += error.problems
        except Exception as error:  # noqa: BLE001 - a stranger's constructor may raise anything
            text = f"{block.use!r} can't be loaded ({type(error).__name__}: {error})"
            problems.append(Problem(file, None, f"validators[{n}]", text))
        else:
            checks.append(Check(validator, block.timeout_ms, block.mode == "shadow"))
    if problems:
        raise ConfigError(*problems)
    return tuple(checks)


def _installed() -> dict[str, list[EntryPoint]]:
    """Return the entry points by name; several that mean the same are one."""
    known: dict[str, list[EntryPoint]] = {}
    for entry in entry_points(group=GROUP):
        same = known.setdefault(entry.name, [])
        if entry.value not in {other.value for other in same}:
            same.append(entry)
    return known


def _find(use: str, known: dict[str, list[EntryPoint]]) -> Any:  # noqa: ANN401 - a class of any shape
    if use in known:
        first, *others = known[use]
        if others:
            listed = ", ".join(entry.value for entry in known[use])
            raise LookupError(f"several packages offer that name; write one of {listed}")
        return first.load()
    module, _, name = use.partition(":")
    if not name:
        listed = ", ".join(sorted(known)) or "none installed"
        raise LookupError(f"no built-in of that name; known: {listed}; or write module:Class")
    return getattr(importlib.import_module(module), name)


def _build(factory: Any, block: ValidatorConfig, services: Services) -> Any:  # noqa: ANN401 - see `_find`
    build = getattr(factory, "build", None)
    allowed = replace(services, timeout_ms=block.timeout_ms)
    made = build(allowed, block.options) if build else factory(**block.options)
    scope = getattr(made, "scope", None)
    if not isinstance(scope, Scope) or not callable(getattr(made, "check", None)):
        raise TypeError("it has no scope or no check method; see validators/base.py")
    made.name = block.name
    return made

"""The policy that a configuration names, with the calibration of its confidence."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from policies.calibration import IDENTITY, load_calibration
from policies.errors import ConfigError, Problem
from policies.load import load_policy
from policies.policy import Policy
from proxy.config.load import Loaded

T = TypeVar("T")


def read_policy(loaded: Loaded) -> Policy:
    """Read policy and calibration. Raises `ConfigError` with the problems of both files."""
    problems: list[Problem] = []
    policy = _try(lambda: load_policy(policy_file(loaded)), problems)
    fitted = calibration_file(loaded)
    calibration = _try(lambda: load_calibration(fitted), problems) if fitted else IDENTITY
    if policy is None or calibration is None:
        raise ConfigError(*problems)
    return replace(policy, calibration=calibration)


def policy_file(loaded: Loaded) -> Path:
    """Return where the policy is."""
    return loaded.find(loaded.config.policy.file)


def calibration_file(loaded: Loaded) -> Path | None:
    """Return where the calibration is; None if none is named."""
    name = loaded.config.policy.calibration
    return None if name is None else loaded.find(name)


def _try(read: Callable[[], T], problems: list[Problem]) -> T | None:
    try:
        return read()
    except ConfigError as error:
        problems += error.problems
        return None

"""What `handrail check` says about a policy beyond whether it is valid."""

import re
from collections.abc import Iterator
from contextlib import closing

from policies.errors import Problem, StoreError
from policies.lint import lint
from policies.policy import Policy
from policies.rules import EVERYTHING
from policies.strict import line_of, locate, read_toml
from proxy.cli.parts import data_folder
from proxy.config.load import Loaded
from proxy.config.policy import policy_file, read_policy
from proxy.policy_log import unmet
from proxy.stores import open_records
from proxy.switch.base import tightened
from proxy.switch.open import open_switches
from proxy.wiring import closest_examples

LOGGED = 1000
"""Decisions that are looked at, the newest."""
_PART = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def lint_policy(loaded: Loaded) -> tuple[Problem, ...]:
    """Return what is valid and probably not meant. Takes a second or two.

    Raises `ConfigError` if the policy is not valid.
    """
    policy, path = read_policy(loaded), policy_file(loaded)
    _, text = read_toml(path)
    lines = dict(locate(text))
    found = [*lint(policy), *_collisions(policy), *_logged(loaded, policy), *_switched(loaded)]
    return tuple(Problem(str(path), line_of(lines, _place(key)), key, why) for key, why in found)


def _place(key: str) -> tuple[str | int, ...]:
    """Read `rules[0].hours` as a path."""
    return tuple(int(m[2]) if m[2] else m[1] for m in _PART.finditer(key))


def _collisions(policy: Policy) -> Iterator[tuple[str, str]]:
    for pair in closest_examples(policy):
        text = (
            f"{pair.text!r} is nearly the same as {pair.other_text!r} of intent "
            f"{pair.other_intent!r} (cosine {pair.cosine:.2f}); keep one of them"
        )
        yield f"intents.{pair.intent}.examples", text


def _logged(loaded: Loaded, policy: Policy) -> Iterator[tuple[str, str]]:
    """Thresholds that no answer meets, if there is a log."""
    folder = data_folder(loaded)
    if not (folder / "records.db").is_file():
        return
    try:
        records = open_records(folder)
        try:
            yield from unmet(policy, records.decisions(limit=LOGGED))
        finally:
            records.close()
    except StoreError as error:
        yield "", f"the decision log was not looked at: {error}"


def _switched(loaded: Loaded) -> Iterator[tuple[str, str]]:
    """What operators have sent to people."""
    try:
        with closing(open_switches(loaded)) as store:
            now = tightened(store.changes())
    except StoreError as error:
        yield "", f"everything goes to people: {error}"
        return
    for name, change in now.items():
        everything = name == EVERYTHING
        what, undo = ("everything", "--all") if everything else (f"intent {name}", name)
        text = (
            f"{what} goes to people since {change.at}, by {change.who}; "
            f"undo with: handrail policy relax {undo}"
        )
        yield "" if everything else f"intents.{name}", text

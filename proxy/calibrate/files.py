"""What `handrail calibrate` leaves in its folder, besides the plots."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from policies.calibration import calibration_text
from policies.errors import ConfigError, Problem
from policies.policy import Automation, Policy
from proxy.calibrate.answers import DEFAULTS
from proxy.calibrate.run import Outcome, Wish, current

CALIBRATION = "calibration.json"
PATCH = "policy_patch.toml"
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def write_files(folder: Path, outcome: Outcome, policy: Policy, wish: Wish) -> None:
    """Write calibration and patch. Raises `ConfigError` if the folder can't be written."""
    texts = {
        CALIBRATION: calibration_text(outcome.calibration),
        PATCH: patch_text(outcome, policy, wish),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"can't be written ({error.strerror}); choose another folder with --out"
        raise ConfigError(Problem(str(folder), None, "", message)) from None


def patch_text(outcome: Outcome, policy: Policy, wish: Wish) -> str:
    """Return the policy keys that would change, as TOML, with what speaks for each."""
    return "\n".join([*_head(outcome, policy, wish), *_tables(outcome, policy, wish)]) + "\n"


def _head(outcome: Outcome, policy: Policy, wish: Wish) -> Iterator[str]:
    aim = wish.aim
    name = one_line(f"{policy.id}@{policy.version}")
    yield f"# Proposed for policy {name}. Review; copy what you agree with."
    yield f"# Aim: at most {aim.risk:.2%} wrong among the answers delivered, per intent, shown with"
    yield f"# {aim.confidence:.0%} confidence (fixed-sequence test, Clopper-Pearson bound)."
    yield f"# Calibration: {one_line(outcome.calibration.label)}"
    yield "# These thresholds belong to it. In config.toml, beside the policy:"
    yield "#   [policy]"
    yield f'#   calibration = "{CALIBRATION}"'
    if outcome.fitted:
        yield "# Map and thresholds come from the same answers, each judged by a map that did not"
        yield "# see its group: the bounds are close, not exact. For exact ones, install the"
        yield "# calibration, then run again with --keep on answers that were not used here."


def _tables(outcome: Outcome, policy: Policy, wish: Wish) -> Iterator[str]:
    for name, verdict in outcome.verdicts.items():
        yield ""
        if verdict.threshold is None:
            yield f"# {_table(name)}: no threshold; {verdict.why}"
            continue
        yield _table(name)
        intent = None if name == DEFAULTS else name
        if policy.rule(intent).automation is not Automation.AUTO:
            yield "# The policy gives this intent to a person, whatever the confidence."
        if intent is None:
            yield "# Applies to every intent without a min_confidence of its own."
        shown = verdict.shown
        yield (
            f"# {verdict.answers} answers; {shown.delivered} delivered, {shown.wrong} of them "
            f"wrong; at most {shown.bound:.2%} wrong with {wish.aim.confidence:.0%} confidence"
        )
        yield f"min_confidence = {verdict.threshold:.2f}  # now {current(policy, name):g}"


def _table(name: str) -> str:
    if name == DEFAULTS:
        return name
    return f"[intents.{name if _BARE.fullmatch(name) else _quoted(name)}]"


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False).replace("\x7f", "\\u007f")


def one_line(text: str) -> str:
    """Return a text that ends no comment early: what can't be printed becomes a question mark."""
    return "".join(c if c.isprintable() else "?" for c in text)

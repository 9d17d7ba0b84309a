import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.calibration import Calibration, load_calibration
from policies.errors import ConfigError
from policies.load import load_policy
from policies.policy import Action, Automation, IntentRule, Policy, Release, Routing, Texts
from proxy.calibrate.answers import DEFAULTS, Judged
from proxy.calibrate.files import CALIBRATION, PATCH, one_line, patch_text, write_files
from proxy.calibrate.run import Outcome, Wish, calibrate
from proxy.calibrate.thresholds import Aim, Delivery, Verdict

Make = Callable[..., list[Judged]]
WISH = Wish("refunds, 600 answers", Aim(0.1))
HELD = Verdict(500, Delivery(0.8, 400, 10, 0.042))
REFUSED = Verdict(50, Delivery(0.5, 20, 0, 0.14), "too few labels: 50 answers")


def test_what_is_written_can_be_read(make: Make, policy: Policy, tmp_path: Path) -> None:
    answers = make(600, slope=3.0, shift=3.0, intent="refund")
    outcome = calibrate(answers, policy, WISH, "f")
    folder = tmp_path / "new" / "folder"
    write_files(folder, outcome, policy, WISH)
    assert load_calibration(folder / CALIBRATION) == outcome.calibration
    patch = tomllib.loads((folder / PATCH).read_text())
    threshold = outcome.verdicts["refund"].threshold
    assert patch == {"intents": {"refund": {"min_confidence": threshold}}}


def test_a_patch_tells_what_speaks_for_it(make: Make, policy: Policy) -> None:
    outcome = replace(
        calibrate(make(100), policy, WISH, "f"),
        verdicts={"refund": HELD, "dispute": HELD, DEFAULTS: HELD},
    )
    text = patch_text(outcome, policy, WISH)
    assert "# Aim: at most 10.00% wrong among the answers delivered, per intent" in text
    assert "# 500 answers; 400 delivered, 10 of them wrong; at most 4.20% wrong with 95%" in text
    assert "min_confidence = 0.80  # now 0.85" in text
    human = "# The policy gives this intent to a person"
    assert text.index("[intents.dispute]") < text.index(human) < text.index("[defaults]")
    assert text.count(human) == 1
    assert text.count("# Applies to every intent without a min_confidence of its own.") == 1


def test_a_refused_intent_is_a_comment(make: Make, policy: Policy) -> None:
    outcome = replace(calibrate(make(100), policy, WISH, "f"), verdicts={"refund": REFUSED})
    text = patch_text(outcome, policy, WISH)
    assert "# [intents.refund]: no threshold; too few labels: 50 answers" in text
    assert tomllib.loads(text) == {}


def test_bounds_of_a_map_fitted_at_once_are_called_close(make: Make, policy: Policy) -> None:
    fitted = calibrate(make(800), policy, WISH, "f")
    assert "the bounds are close, not exact" in patch_text(fitted, policy, WISH)
    assert "not exact" not in patch_text(replace(fitted, fitted=False), policy, WISH)


def test_a_patch_is_a_valid_policy(make: Make, policy: Policy, tmp_path: Path) -> None:
    outcome = replace(calibrate(make(100), policy, WISH, "f"), verdicts={DEFAULTS: HELD})
    path = tmp_path / "patched.toml"
    path.write_text("version = 1\n" + patch_text(outcome, policy, WISH))
    assert load_policy(path).fallback.min_confidence == 0.8


FALLBACK = IntentRule(
    name="defaults",
    examples=(),
    automation=Automation.AUTO,
    min_confidence=0.7,
    max_amount=None,
    release=Release.SENTENCE,
    on_ungrounded=Action.ESCALATE,
    cache=True,
    tier=None,
    routing=Routing(),
    escalation_text=Texts({"en": "x"}),
)
names = st.text(st.characters(exclude_categories=["Cs"]))


@given(names, names, names)
def test_any_name_stays_in_its_place(name: str, policy_id: str, label: str) -> None:
    policy, none = Policy(policy_id, "v1", {}, FALLBACK, {}), np.array([])
    outcome = Outcome(
        Calibration(label),
        fitted=False,
        fitting=(),
        before=none,
        after=none,
        verdicts={name: HELD, name + "-": REFUSED},
        pools={},
        figures={},
    )
    patch = tomllib.loads(patch_text(outcome, policy, WISH))
    assert patch == {"intents": {name: {"min_confidence": 0.8}}}


def test_a_folder_that_can_not_be_written_is_named(
    make: Make, policy: Policy, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("x")
    outcome = calibrate(make(100), policy, WISH, "f")
    with pytest.raises(ConfigError, match=r"can't be written .*choose another folder with --out"):
        write_files(tmp_path / "file", outcome, policy, WISH)


def test_one_line_is_one_line() -> None:
    assert one_line("a\nb\x1bc é") == "a?b?c é"

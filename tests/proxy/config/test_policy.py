from pathlib import Path

import pytest

from policies.calibration import IDENTITY
from policies.errors import ConfigError
from proxy.config.load import Loaded, load_config
from proxy.config.policy import calibration_file, policy_file, read_policy

BASE = 'version = 1\n[aliases."*"]\ntiers = []\n[policy]\nfile = "shop.toml"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shop.toml").write_text("version = 1\n")
    return tmp_path


def loaded(folder: Path, more: str = "") -> Loaded:
    path = folder / "config.toml"
    path.write_text(BASE.replace("tiers = []", 'tiers = ["t"]') + more + TIER)
    return load_config(path, {})


TIER = """
[providers.p]
kind = "extractive"
[models.m]
provider = "p"
model = "m"
[tiers.t]
models = ["m"]
"""


def test_without_a_calibration_scores_count_as_they_are(folder: Path) -> None:
    found = loaded(folder)
    assert read_policy(found).calibration == IDENTITY
    assert calibration_file(found) is None
    assert policy_file(found) == folder / "shop.toml"


def test_the_named_calibration_is_part_of_the_policy(folder: Path) -> None:
    (folder / "fitted.json").write_text('{"version": 1, "label": "ours", "shift": -0.5}')
    policy = read_policy(loaded(folder, 'calibration = "fitted.json"\n'))
    assert (policy.id, policy.calibration.label, policy.calibration.shift) == ("shop", "ours", -0.5)


def test_problems_of_both_files_are_told_at_once(folder: Path) -> None:
    (folder / "shop.toml").write_text("version = 2\n")
    with pytest.raises(ConfigError) as raised:
        read_policy(loaded(folder, 'calibration = "none.json"\n'))
    assert [Path(p.file).name for p in raised.value.problems] == ["shop.toml", "none.json"]

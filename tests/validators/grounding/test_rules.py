from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.errors import ConfigError
from validators.grounding.rules import Rules, load


def test_shipped_weights_load_and_know_their_means() -> None:
    rules = load()
    assert rules.weights.keys() == rules.means.keys()
    assert rules.slope > 0


def test_what_speaks_against_a_claim_names_the_aspect() -> None:
    rules = load()
    typical = dict(rules.means)
    assert rules.aspect({**typical, "value_plain": 1.0, "value_missing": 1.0}) == "number"
    assert rules.aspect({**typical, "antonym": 1.0}) == "negation"
    assert rules.aspect({**typical, "widened": 1.0, "add_universal": 1.0}) == "quantifier"


@given(st.dictionaries(st.sampled_from(["a", "b"]), st.floats(-1e6, 1e6)))
def test_a_probability_is_one(features: dict[str, float]) -> None:
    rules = Rules(0.1, {"a": 2.0, "b": -3.0}, {"a": 0.0, "b": 0.0})
    assert 0.0 <= rules.probability(features) <= 1.0


def test_more_of_a_bad_feature_is_never_better() -> None:
    rules = load()
    found = [rules.probability({**rules.means, "value_plain": x / 10}) for x in range(11)]
    assert found == sorted(found, reverse=True)


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_second_reader_moves_the_result_its_way(ours: float, theirs: float) -> None:
    rules = load()
    assert 0 <= rules.combined(ours, 0.0) <= rules.combined(ours, theirs)
    assert rules.combined(ours, theirs) <= rules.combined(ours, 1.0) <= 1


def test_low_odds_have_a_slope_of_their_own() -> None:
    rules = Rules(0.0, {"a": 1.0}, {"a": 0.0}, slope=2.0, slope_low=0.5)
    high, low = rules.probability({"a": 1.0}), rules.probability({"a": -1.0})
    assert 1 - low < high


@pytest.mark.parametrize(
    "text", [None, "", "{}", "not JSON", '{"second": [1, 2]}', "[]", '{"intercept": "x"}']
)
def test_a_missing_or_damaged_file_names_itself_and_the_cure(
    tmp_path: Path, text: str | None
) -> None:
    file = tmp_path / "rules.json"
    if text is not None:
        file.write_text(text)
    with pytest.raises(ConfigError, match="grounding rules can't be read") as caught:
        load(file)
    assert str(file) in str(caught.value)
    assert "reinstall" in str(caught.value)

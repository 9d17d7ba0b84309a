from hypothesis import given
from hypothesis import strategies as st

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

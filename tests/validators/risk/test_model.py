import tomllib
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.policy import Policy, Risk
from validators.intent.hashing import HashEncoder
from validators.risk.model import FIRED, RiskModel


@pytest.fixture(scope="module")
def model(policy: Policy) -> RiskModel:
    return RiskModel(HashEncoder(256), policy)


def _fired(model: RiskModel, text: str, *, earlier: bool = False) -> set[Risk]:
    (strengths,) = model.strengths([text], earlier=earlier)
    return {risk for risk, value in strengths.items() if value >= FIRED}


def test_learns_the_words_of_the_policy(model: RiskModel) -> None:
    assert Risk.HARDSHIP in _fired(model, "the zorblax ate all of our budget")


def test_one_sentence_in_a_long_message_counts(model: RiskModel) -> None:
    calm = "I ordered a lamp in May. It came on time and works well. The box was fine. " * 4
    assert Risk.HARDSHIP in _fired(model, f"{calm}The zorblax ate our budget. {calm}")


def test_ordinary_messages_are_quiet(model: RiskModel) -> None:
    assert _fired(model, "where is my parcel") == set()


def test_what_was_said_earlier_needs_more(model: RiskModel) -> None:
    text = "zorblax"
    ((now,), (before,)) = (model.strengths([text], earlier=early) for early in (False, True))
    assert all(before[risk] <= now[risk] for risk in Risk)
    assert any(before[risk] < now[risk] for risk in Risk)


@pytest.mark.parametrize("text", ["", "  ", "[PERSON_k7q2]", "!?"])
def test_no_words_show_nothing(model: RiskModel, text: str) -> None:
    assert _fired(model, text) == set()


def test_one_result_per_text(model: RiskModel) -> None:
    assert model.strengths([]) == []
    texts = ["zorblax. budget gone.", "", "where is my parcel"]
    together = model.strengths(texts)
    assert together[1] == {}
    for text, strengths in zip(texts, together, strict=True):
        (alone,) = model.strengths([text])
        assert strengths == pytest.approx(alone, abs=1e-4)


@given(st.text(max_size=120))
@settings(max_examples=40, deadline=None)
def test_strengths_are_between_0_and_1(model: RiskModel, text: str) -> None:
    (strengths,) = model.strengths([text])
    assert all(0 <= value <= 1 for value in strengths.values())


def test_a_smaller_budget_of_false_alarms_fires_less(policy: Policy) -> None:
    lax = RiskModel(HashEncoder(256), policy, false_alarms=0.2)
    strict = RiskModel(HashEncoder(256), policy, false_alarms=0.001)
    texts = ["I am so tired of my job", "can someone pay my rent", "who will close this"]
    for loose, tight in zip(lax.strengths(texts), strict.strengths(texts), strict=True):
        assert all(tight[risk] <= loose[risk] for risk in Risk)


def test_shipped_examples_cover_every_label_once() -> None:
    text = files("validators.risk").joinpath("examples.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    assert set(tables) == {risk.value for risk in Risk}
    every = [example.casefold() for examples in tables.values() for example in examples]
    assert len(every) == len(set(every))

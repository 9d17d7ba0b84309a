import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.calibration import (
    IDENTITY,
    Calibration,
    calibration_text,
    doubt,
    load_calibration,
)
from policies.errors import ConfigError

weights = st.floats(0, 100)
shifts = st.floats(-100, 100)
scores = st.floats(0, 1)
intents = st.sampled_from([None, "refund", "delivery"])
calibrations = st.builds(
    Calibration,
    label=st.just("any"),
    for_support=weights,
    against=weights,
    shift=shifts,
    second=weights,
    count=weights,
    intents=st.dictionaries(st.sampled_from(["refund", "delivery"]), shifts),
)
some = st.lists(scores, min_size=1, max_size=8)


@given(some)
def test_identity_is_the_weakest_claim(found: list[float]) -> None:
    assert IDENTITY.probability(found) == min(found)


@given(calibrations, some, intents)
def test_a_probability_whatever_the_weights(
    calibration: Calibration, found: list[float], intent: str | None
) -> None:
    assert 0 <= calibration.probability(found, intent) <= 1


@given(calibrations, some, scores, intents, st.integers(0, 8))
def test_a_further_claim_never_raises_it(
    calibration: Calibration, found: list[float], more: float, intent: str | None, place: int
) -> None:
    further = [*found[:place], more, *found[place:]]
    assert calibration.probability(further, intent) <= calibration.probability(found, intent)


@given(calibrations, some, scores, intents, st.data())
def test_a_lower_score_never_raises_it(
    calibration: Calibration,
    found: list[float],
    other: float,
    intent: str | None,
    data: st.DataObject,
) -> None:
    place = data.draw(st.integers(0, len(found) - 1))
    low, high = sorted((found[place], other))
    below, above = ([*found[:place], value, *found[place + 1 :]] for value in (low, high))
    assert calibration.probability(below, intent) <= calibration.probability(above, intent)


@given(calibrations, some)
def test_the_order_of_claims_does_not_matter(calibration: Calibration, found: list[float]) -> None:
    assert calibration.probability(found[::-1]) == calibration.probability(found)


@given(calibrations)
def test_what_certainly_fails_stays_at_zero(calibration: Calibration) -> None:
    assert calibration.probability([0.0, 1.0]) == 0.0


def test_terms_by_hand() -> None:
    made = Calibration("x", 2.0, 0.5, 0.25, second=0.4, count=0.3, intents={"refund": -1.0})
    odds = 2 * math.log(0.6) - 0.5 * math.log(0.4) + 0.25 - 0.4 * (1 - 0.7) - 0.3 * math.log(3)
    assert made.probability([0.9, 0.6, 0.7]) == pytest.approx(1 / (1 + math.exp(-odds)))
    odds -= 1
    assert made.probability([0.9, 0.6, 0.7], "refund") == pytest.approx(1 / (1 + math.exp(-odds)))


def test_doubt_is_about_the_second_weakest() -> None:
    assert doubt([]) == 0
    assert doubt([0.9, 0.75]) == 0.25


def test_no_claim_is_no_question() -> None:
    with pytest.raises(ValueError, match="not enough values"):
        IDENTITY.probability([])


@pytest.mark.parametrize("name", ["for_support", "against", "second", "count"])
@pytest.mark.parametrize("value", [-0.001, 101, math.nan, math.inf])
def test_weights_that_reward_doubt_are_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{name} must be a number from 0 to 100"):
        replace(IDENTITY, **{name: value})


@pytest.mark.parametrize("changed", [{"shift": math.nan}, {"intents": {"refund": math.inf}}])
def test_shifts_that_are_no_numbers_are_refused(changed: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="shifts must be numbers"):
        replace(IDENTITY, **changed)


@given(calibration=calibrations)
def test_a_file_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, calibration: Calibration
) -> None:
    path = tmp_path_factory.getbasetemp() / "calibration.json"
    path.write_text(calibration_text(calibration))
    assert load_calibration(path) == calibration


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("{", "is not valid JSON; write it anew with `handrail calibrate`"),
        ("[1]", "must be a JSON object, as `handrail calibrate` writes it"),
        ('{"version": 1}', "label: is required"),
        ('{"version": 2, "label": "x"}', "version: Input should be 1, got 2"),
        ('{"version": 1, "label": "x", "cuont": 1}', "cuont: unknown key; did you mean 'count'?"),
        ('{"version": 1, "label": "x", "count": -1}', "count: Input should be greater than"),
        ('{"version": 1, "label": "x", "shift": 1e9}', "shift: Input should be less than"),
    ],
)
def test_a_file_that_is_none_says_what_to_do(tmp_path: Path, written: str, told: str) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(written)
    with pytest.raises(ConfigError) as raised:
        load_calibration(path)
    assert told in str(raised.value)
    assert str(raised.value).startswith(str(path))


def test_a_missing_file_says_what_writes_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file; `handrail calibrate` writes one"):
        load_calibration(tmp_path / "none.json")
    with pytest.raises(ConfigError, match="can't be read"):
        load_calibration(tmp_path)


@given(st.text() | st.recursive(st.none() | st.floats() | st.text(), st.lists).map(json.dumps))
def test_any_content_is_a_calibration_or_a_problem(
    tmp_path_factory: pytest.TempPathFactory, content: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_text(content, encoding="utf-8", errors="replace")
    with pytest.raises(ConfigError):
        load_calibration(path)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.budget import Limits
from validators.grounding.adapters.judge_options import judge_options


def test_a_tier_is_enough() -> None:
    found = judge_options({"tier": "standard"})
    assert (found.low, found.high, found.max_calls, found.timeout_ms) == (0.35, 0.85, 4, 1500)
    assert found.limits == Limits()
    assert found.answer_tokens == 16


def test_all_is_read() -> None:
    found = judge_options(
        {
            "tier": "strong",
            "low": 0.2,
            "high": 0.9,
            "max_calls": 2,
            "timeout_ms": 900,
            "accuracy": 0.95,
            "usd_per_hour": 0.5,
            "usd_per_day": 2,
            "tokens_per_hour": 1000,
            "tokens_per_day": 5000,
            "parameters": {"max_completion_tokens": 300, "reasoning_effort": "low"},
        }
    )
    assert (found.tier, found.low, found.high, found.accuracy) == ("strong", 0.2, 0.9, 0.95)
    assert found.limits == Limits(0.5, 2, 1000, 5000)
    assert found.answer_tokens == 300


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"tier": ""}, r"judge\.tier"),
        ({"tier": 1}, r"judge\.tier"),
        ({"teir": "x"}, r"unknown option judge\.teir; known: tier, low"),
        ({"low": 0.9}, r"judge\.low must be below"),
        ({"low": -1}, r"judge\.low"),
        ({"high": "x"}, r"judge\.high"),
        ({"max_calls": 0}, r"judge\.max_calls"),
        ({"max_calls": 1.5}, r"judge\.max_calls"),
        ({"max_calls": True}, r"judge\.max_calls"),
        ({"timeout_ms": 0}, r"judge\.timeout_ms"),
        ({"accuracy": 0.5}, r"judge\.accuracy"),
        ({"accuracy": 1}, r"judge\.accuracy"),
        ({"usd_per_day": 0}, r"judge\.usd_per_day must be above 0"),
        ({"usd_per_day": float("nan")}, r"judge\.usd_per_day"),
        ({"tokens_per_day": 0.5}, r"judge\.tokens_per_day"),
        ({"parameters": []}, r"judge\.parameters"),
        ({"parameters": {"temperature": 0}}, r"needs max_tokens"),
        ({"parameters": {"max_tokens": 0}}, r"needs max_tokens"),
        ({"parameters": {"max_tokens": 5, "stop": "x"}}, r"judge\.parameters\.stop"),
        ({"parameters": {"max_tokens": 5, "seed": []}}, r"judge\.parameters\.seed"),
    ],
)
def test_bad_options_say_what_to_write(change: dict[str, object], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        judge_options({"tier": "standard", **change})


ANYTHING = st.from_type(object)
KEYS = st.sampled_from(["tier", "low", "parameters"])


@given(st.one_of(ANYTHING, st.dictionaries(KEYS, ANYTHING)))
def test_anything_else_is_a_value_error(given_: object) -> None:
    try:
        judge_options(given_)
    except ValueError as error:
        assert "judge" in str(error)  # noqa: PT017 - a good table raises nothing

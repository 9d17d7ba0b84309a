from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.models.price import Price, cost_usd

PRICE = Price(input=2.0, output=10.0, cached_input=0.5)


@pytest.mark.parametrize(
    ("usage", "price", "dollars"),
    [
        ({"prompt_tokens": 1_000_000, "completion_tokens": 100_000}, PRICE, 3.0),
        (
            {"prompt_tokens": 1_000_000, "prompt_tokens_details": {"cached_tokens": 400_000}},
            PRICE,
            1.4,
        ),
        (
            {"prompt_tokens": 1_000_000, "prompt_tokens_details": {"cached_tokens": 400_000}},
            Price(2.0, 10.0),
            2.0,
        ),
        ({"prompt_tokens": None, "completion_tokens": 1_000_000}, PRICE, 10.0),
        ({"prompt_tokens": 1, "prompt_tokens_details": None}, Price(0, 0), 0.0),
        ({}, PRICE, None),
        ({"prompt_tokens": 1}, None, None),
    ],
)
def test_cost(usage: dict[str, Any], price: Price | None, dollars: float | None) -> None:
    assert cost_usd(usage, price) == (None if dollars is None else pytest.approx(dollars))


values = st.none() | st.integers(-5, 10**9) | st.text(max_size=2)


@given(values, values, values)
def test_any_usage_costs_nothing_or_something(prompt: Any, completion: Any, cached: Any) -> None:
    usage = {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "prompt_tokens_details": {"cached_tokens": cached},
    }
    cost = cost_usd(usage, PRICE)
    assert cost is not None
    assert cost >= 0

from typing import Any

import pytest

from policies.text import Redacted
from proxy.stages.route import Route

ALIASES = {"bot": ("standard", "strong"), "cheap": ("standard",), "*": ("any",)}


@pytest.mark.parametrize(
    ("alias", "intent", "tier"),
    [
        ("bot", "returns", "standard"),
        ("bot", "premium", "strong"),
        ("cheap", "premium", "standard"),
        ("unheard-of", "returns", "any"),
    ],
)
async def test_the_cheapest_tier_that_the_intent_allows(
    make_turn: Any, alias: str, intent: str, tier: str
) -> None:
    turn = await Route(ALIASES)(make_turn(alias=alias, intent=intent))
    assert turn.tier == tier


async def test_without_any_tier_there_is_none(make_turn: Any) -> None:
    assert (await Route({})(make_turn())).tier is None


async def test_a_cached_answer_needs_no_tier(make_turn: Any) -> None:
    assert (await Route(ALIASES)(make_turn(cached=Redacted("x")))).tier is None

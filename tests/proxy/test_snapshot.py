from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from policies.errors import RequestError


def test_an_alias_is_found_by_its_name(lab: Any) -> None:
    assert lab.snapshot.alias("titles").profile == "utility"
    assert lab.snapshot.alias("bot").tiers == ["standard", "strong"]


@pytest.mark.parametrize("name", ["", "Bot", "unheard-of", "*"])
def test_an_unknown_model_is_the_404_that_clients_know(lab: Any, name: str) -> None:
    with pytest.raises(RequestError) as caught:
        lab.snapshot.alias(name)
    error = caught.value
    assert (error.status, error.param, error.code) == (404, "model", "model_not_found")


async def test_the_star_takes_what_has_no_name_of_its_own(labs: Any) -> None:
    lab = await labs(config='[aliases."*"]\ntiers = ["strong"]')
    assert lab.snapshot.alias("anything").tiers == ["strong"]
    assert lab.snapshot.alias("bot").tiers == ["standard", "strong"]


@pytest.mark.parametrize(
    ("detail", "keys"), [("off", set()), ("summary", {"handrail"}), ("full", {"handrail"})]
)
async def test_how_much_a_bot_sees_is_configured(
    labs: Any, make_turn: Any, detail: str, keys: set[str]
) -> None:
    lab = await labs(config=f'[expose]\ndetail = "{detail}"')
    extra = lab.snapshot.result_extra(make_turn())
    assert set(extra) == keys
    assert ("citations" in extra.get("handrail", {})) == (detail == "full")


def test_a_snapshot_is_never_changed(lab: Any) -> None:
    with pytest.raises(FrozenInstanceError):
        lab.snapshot.hash = "other"

from typing import Any

import pytest

from proxy.stages.record import Record


@pytest.mark.parametrize(("profile", "expected"), [("support", ["hr_1"]), ("utility", [])])
async def test_support_turns_are_recorded_once(
    make_turn: Any, profile: str, expected: list[str]
) -> None:
    kept: list[Any] = []
    stage = Record(kept.append, lambda turn: {"id": turn.id})
    turn = make_turn(profile=profile)
    assert await stage(turn) is turn
    assert [record["id"] for record in kept] == expected

from collections.abc import Iterator
from typing import Any

import pytest

from policies.decision import Deliver, HandOff
from policies.errors import StoreError
from policies.findings import Reason, Severity
from policies.held import Held
from policies.policy import Risk
from policies.text import Redacted
from proxy.stages.hold import Hold
from validators.offload import Offload

OPEN = Held("h1", "disputes", Reason.AMOUNT_OVER_LIMIT, waiting=True)
OWNED = Held("h1", "disputes", Reason.AMOUNT_OVER_LIMIT, owned=True)
REPLIED = Held(
    "h1",
    "disputes",
    Reason.NOT_IN_KB,
    replies=((4, Redacted("One.")), (5, Redacted("Two."))),
)


@pytest.fixture
def offload() -> Iterator[Offload]:
    made = Offload(1)
    yield made
    made.close()


class Standing:
    """What a conversation finds, and who asked."""

    def __init__(self, held: Held | Exception | None) -> None:
        self.held = held
        self.asked: list[tuple[str, str]] = []

    def __call__(self, tenant: str, conversation_id: str) -> Held | None:
        self.asked.append((tenant, conversation_id))
        if isinstance(self.held, Exception):
            raise self.held
        return self.held


def stage(kit: Any, offload: Offload, held: Any) -> tuple[Hold, Standing]:
    standing = Standing(held)
    return Hold(standing, offload, kit.FakeClassifier()), standing


def named(make_turn: Any, said: str = "returns: hm", **changes: Any) -> Any:
    return make_turn(said, conversation_id="c1", classification=None, **changes)


@pytest.mark.parametrize("held", [None, OPEN])
async def test_the_bot_goes_on_unless_a_person_has_it(
    make_turn: Any, kit: Any, offload: Offload, held: Any
) -> None:
    hold, standing = stage(kit, offload, held)
    turn = await hold(named(make_turn))
    assert (turn.held, turn.decision, turn.classification) == (held, None, None)
    assert standing.asked == [("default", "c1")]


async def test_no_model_is_called_while_a_person_has_it(
    make_turn: Any, kit: Any, offload: Offload
) -> None:
    hold, _ = stage(kit, offload, OWNED)
    turn = await hold(named(make_turn, "returns: HARM"))
    assert isinstance(turn.decision, HandOff)
    assert turn.decision.reason is Reason.AMOUNT_OVER_LIMIT
    assert set(turn.classification.risks) == {Risk.SELF_HARM}


@pytest.mark.parametrize("said", ["returns: hm", "returns: HARM", "returns: UNCLASSIFIABLE"])
async def test_a_reply_is_the_answer_of_each_choice(
    make_turn: Any, kit: Any, offload: Offload, said: str
) -> None:
    hold, _ = stage(kit, offload, REPLIED)
    turn = await hold(named(make_turn, said, choices=2))
    assert isinstance(turn.decision, Deliver)
    assert [(a.choice, a.text, a.finish_reason) for a in turn.answers] == [
        (0, "One.\n\nTwo.", "stop"),
        (1, "One.\n\nTwo.", "stop"),
    ]


async def test_where_json_was_asked_for_a_reply_is_no_content(
    make_turn: Any, kit: Any, offload: Offload
) -> None:
    hold, _ = stage(kit, offload, REPLIED)
    [answer] = (await hold(named(make_turn, structured=True))).answers
    assert (answer.text, answer.refusal) == ("", "One.\n\nTwo.")


@pytest.mark.parametrize(
    "changes", [{"conversation_id": None}, {"shadow": True}, {"profile": "utility"}]
)
async def test_nothing_else_is_held(
    make_turn: Any, kit: Any, offload: Offload, changes: dict[str, Any]
) -> None:
    hold, standing = stage(kit, offload, OWNED)
    turn = make_turn(**{"conversation_id": "c1", **changes})
    assert await hold(turn) == turn
    assert standing.asked == []


async def test_a_state_that_can_t_be_read_is_a_failed_check(
    make_turn: Any, kit: Any, offload: Offload
) -> None:
    hold, _ = stage(kit, offload, StoreError("the disk is gone"))
    [finding] = (await hold(named(make_turn))).findings
    assert (finding.kind, finding.severity) == (Reason.CHECK_FAILED, Severity.FAIL)

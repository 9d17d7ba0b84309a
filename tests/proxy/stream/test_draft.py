import re

import pytest

from proxy.models.base import ToolDelta
from proxy.stream.draft import CallDraft, ChoiceDraft


def test_a_call_is_put_together_from_its_pieces() -> None:
    draft = CallDraft()
    for delta in (
        ToolDelta(0, 0, id="a", name="find", arguments="{"),
        ToolDelta(0, 0, id="other", name="other", arguments='"x":'),
        ToolDelta(0, 0, arguments="1}"),
    ):
        draft.add(delta)
    call = draft.done()
    assert (call.id, call.name, call.arguments) == ("a", "find", '{"x":1}')
    assert (call.kind, call.legacy) == ("function", False)


def test_kind_and_shape_are_kept() -> None:
    draft = CallDraft()
    draft.add(ToolDelta(0, 0, name="f", arguments="free text", kind="custom", legacy=True))
    assert (draft.done().kind, draft.done().legacy) == ("custom", True)


def test_calls_of_a_choice_are_kept_by_index() -> None:
    draft = ChoiceDraft()
    for index, arguments in ((1, "b"), (0, "a"), (1, "c")):
        draft.call(ToolDelta(0, index, arguments=arguments))
    assert {n: call.done().arguments for n, call in draft.calls.items()} == {0: "a", 1: "bc"}


@pytest.mark.parametrize("kind", ["function", "you are owed 500", ""])
def test_no_kind_but_the_known_ones_leaves(kind: str) -> None:
    draft = CallDraft()
    draft.add(ToolDelta(0, 0, kind=kind))
    assert draft.done().kind == "function"


@pytest.mark.parametrize("given", ["a", "call_1", "x" * 128, "toolu:1.2-3"])
def test_an_id_is_kept(given: str) -> None:
    draft = CallDraft()
    draft.add(ToolDelta(0, 0, id=given))
    assert draft.done().id == given


@pytest.mark.parametrize("given", ["", "you are owed 500", "x" * 129, "a\n", "\u00e9"])
def test_an_id_that_could_be_text_is_replaced(given: str) -> None:
    draft = CallDraft()
    draft.add(ToolDelta(0, 0, id=given))
    assert re.fullmatch("call_[0-9a-f]{24}", draft.done().id)

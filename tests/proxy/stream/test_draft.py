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

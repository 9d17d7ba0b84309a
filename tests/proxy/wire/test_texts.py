from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from proxy.wire.request import Received
from proxy.wire.texts import Texts, own_placeholders, walk


def received(*messages: dict[str, Any], **more: Any) -> Received:
    fields = {"context": [], "account": None, "conversation_id": None, "customer_ref": None}
    body = {"model": "bot", "messages": list(messages), **more.pop("body", {})}
    return Received(body, **{**fields, **more})


def parts(*texts: str) -> dict[str, Any]:
    return {"role": "user", "content": [{"type": "text", "text": text} for text in texts]}


def test_the_parts_of_one_message_are_read_together() -> None:
    plain = {"role": "user", "content": "one"}
    texts = Texts.of(received(plain, parts("a", "b"), parts("c"), parts("d", "", "e")), {})
    groups = [[texts.texts[n] for n in group] for group in texts.together]
    assert groups == [["a", "b"], ["d", "e"]]
    assert texts.characters == 8


def test_scope_and_ids_are_texts() -> None:
    texts = Texts.of(received(conversation_id="c", customer_ref="r"), {"market": "DE"})
    assert texts.texts == ["c", "r", "market: DE"]


SOME = st.text("ab[_2 ", max_size=4)


@given(
    st.lists(st.lists(SOME, max_size=3), max_size=3), SOME, st.dictionaries(SOME, SOME, max_size=2)
)
def test_what_is_taken_out_is_put_back_in_the_same_order(
    said: list[list[str]], context: str, scope: dict[str, str]
) -> None:
    whole = received(*(parts(*texts) for texts in said), context=[context])
    texts = Texts.of(whole, scope)
    rest = iter(texts.texts)
    assert walk(whole, scope, lambda _: next(rest)) == (whole, scope)
    assert next(rest, None) is None


def test_own_is_what_the_customer_says_or_is() -> None:
    clean = received(
        {"role": "system", "content": "[PERSON_a2aa]"},
        {"role": "user", "content": [{"type": "text", "text": "I am [PERSON_b2bb]."}]},
        {
            "role": "assistant",
            "content": "Dear [PERSON_c2cc]",
            "tool_calls": [{"x": "[PERSON_d2dd]"}],
        },
        {"role": "tool", "content": "[PERSON_e2ee]"},
        context=["[PERSON_f2ff]"],
        account={"who": ["[PERSON_g2gg]"]},
        customer_ref="[PERSON_h2hh]",
        body={"user": "[PERSON_i2ii]", "tools": ["[PERSON_j2jj]"]},
    )
    letters = {name[8] for name in own_placeholders(clean)}
    assert letters == set("bcghi")

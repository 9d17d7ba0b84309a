from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cache.key import key_for
from policies.messages import Message, Role
from policies.text import Redacted
from policies.turn import Caller, Classification, Turn

TurnFactory = Callable[..., Turn]


def asking(text: str, **request: Any) -> dict[str, Any]:
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": text}]
    return {
        "request": {"messages": messages, **request},
        "conversation": (Message(Role.USER, Redacted(text)),),
    }


DIFFERENT: dict[str, dict[str, Any]] = {
    "tenant": {"caller": Caller(tenant="other")},
    "configuration": {"config_hash": "stricter"},
    "locale": {"locale": "de"},
    "scope": {"scope": {"market": "SE"}},
    "intent": {"classification": Classification("order_status", 0.9)},
    "alias": {"alias": "large"},
    "question": asking("How long may I return two parcels?"),
    "temperature": asking("How long may I return a parcel?", temperature=1.5),
    "unknown field": asking("How long may I return a parcel?", future_field="x"),
    "system prompt": {
        "request": {
            "messages": [
                {"role": "system", "content": "Be rude."},
                {"role": "user", "content": "How long may I return a parcel?"},
            ]
        }
    },
}


def test_other_knowledge_is_no_other_key(make_turn: TurnFactory) -> None:
    changed = make_turn(knowledge_revision="kb2")
    assert key_for(changed) == key_for(make_turn())


@pytest.mark.parametrize("changes", DIFFERENT.values(), ids=DIFFERENT)
def test_anything_that_shapes_the_answer_is_another_key(
    make_turn: TurnFactory, changes: dict[str, Any]
) -> None:
    assert key_for(make_turn(**changes)).digest() != key_for(make_turn()).digest()


def test_another_policy_is_another_key(make_turn: TurnFactory) -> None:
    turn = make_turn()
    changed = turn.but(policy=replace(turn.policy, version="v2"))
    assert key_for(changed).digest() != key_for(turn).digest()


@pytest.mark.parametrize(
    "request_",
    [
        {"stream": True, "stream_options": {"include_usage": True}},
        {"user": "a", "metadata": {"conversation_id": "c"}, "store": True},
        {"safety_identifier": "b", "prompt_cache_key": "c", "service_tier": "flex"},
    ],
)
def test_how_the_answer_travels_is_not_part_of_the_key(
    make_turn: TurnFactory, request_: Mapping[str, Any]
) -> None:
    plain = make_turn(**asking("How long?"))
    other = make_turn(**asking("  how long ", **request_))
    assert key_for(other) == key_for(plain)


def test_a_question_in_parts_has_the_key_of_the_same_question_in_one(
    make_turn: TurnFactory,
) -> None:
    plain = make_turn(**asking("How long?"))
    parts = [{"type": "text", "text": "How long?"}]
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": parts}]
    assert key_for(plain.but(request={"messages": messages})) == key_for(plain)


def test_locales_and_scopes_compare_as_the_policy_compares_them(make_turn: TurnFactory) -> None:
    left = make_turn(locale="de_AT", scope={"market": "SE", "plan": "Plus"})
    right = make_turn(locale="DE-at", scope=MappingProxyType({"plan": "plus", "market": "se"}))
    assert key_for(left) == key_for(right)


def test_read_only_mappings_in_a_request_hash_like_plain_ones(make_turn: TurnFactory) -> None:
    plain = make_turn(**asking("How long?", logit_bias={"1": 2}))
    frozen = make_turn(**asking("How long?", logit_bias=MappingProxyType({"1": 2})))
    assert key_for(frozen) == key_for(plain)


FREE = st.text("a\x1f", max_size=4)


@given(FREE, FREE, FREE, FREE)
@settings(
    deadline=None,
    max_examples=60,
    # the factory only makes frozen values, so examples can't influence each other
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_field_reaches_into_the_next(
    make_turn: TurnFactory, locale: str, alias: str, other_locale: str, other_alias: str
) -> None:
    one = key_for(make_turn(locale=locale, alias=alias)).digest()
    two = key_for(make_turn(locale=other_locale, alias=other_alias)).digest()
    assert (one == two) == ((locale, alias) == (other_locale, other_alias))

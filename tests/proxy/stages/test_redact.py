from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.errors import PersonalDataBlocked, RequestError
from policies.knowledge import Origin
from policies.text import Raw
from policies.turn import Vault
from proxy.stages.redact import Redact
from proxy.vault.pseudonyms import Pseudonyms
from proxy.wire.request import Received
from validators.testing import FakeRedactor

PEOPLE = {"Anna Berg": "PERSON", "anna@shop.example": "EMAIL_ADDRESS"}


def received(body: dict[str, Any], **more: Any) -> Raw:
    fields: dict[str, Any] = {
        "context": [],
        "account": None,
        "conversation_id": None,
        "customer_ref": None,
    }
    return Raw(Received(body, **{**fields, **more}))


def body(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"model": "bot", "messages": list(messages), **more}


def user(text: Any) -> dict[str, Any]:
    return {"role": "user", "content": text}


async def test_everything_is_redacted_with_the_same_placeholders(make_turn: Any) -> None:
    raw = received(
        body(user("I am Anna Berg"), user="anna@shop.example"),
        context=[{"id": "Anna Berg", "text": "Anna Berg wrote"}],
        account={"owner": "Anna Berg"},
        conversation_id="Anna Berg",
        customer_ref="anna@shop.example",
    )
    turn = await Redact(FakeRedactor(PEOPLE))(make_turn(received=raw))
    [placeholder] = [p for p, value in turn.vault.items() if value == "Anna Berg"]
    assert turn.question == f"I am {placeholder}"
    assert turn.conversation_id == placeholder
    assert turn.request["user"] == turn.customer_ref
    assert turn.entities == {"PERSON": 5, "EMAIL_ADDRESS": 2}
    assert [p.text for p in turn.evidence] == [f"{placeholder} wrote", f"owner: {placeholder}"]
    assert "Anna" not in repr(turn)


async def test_a_value_is_found_by_what_its_field_is_called(make_turn: Any) -> None:
    redactor = FakeRedactor({"first name: Li": "PERSON"})
    raw = received(
        body(user("Li")), context=[{"id": "Li", "text": "Li"}], account={"first_name": "Li"}
    )
    turn = await Redact(redactor)(make_turn(received=raw))
    [placeholder] = turn.vault
    assert [p.text for p in turn.evidence] == ["Li", f"first name: {placeholder}"]
    assert turn.question == "Li"


async def test_failure_stops_the_request_before_anything_leaves(make_turn: Any) -> None:
    raw = received(body(user("I am Anna Berg")))
    with pytest.raises(RequestError) as caught:
        await Redact(FakeRedactor({}, fails=True))(make_turn(received=raw))
    assert (caught.value.status, caught.value.code) == (503, "redaction_failed")
    assert caught.value.__cause__ is None
    assert "Anna" not in str(caught.value)


async def test_more_text_than_allowed_is_refused_before_any_work(make_turn: Any) -> None:
    raw = received(body(user("x" * 600), user("y" * 600)))
    redactor = FakeRedactor({}, fails=True)
    with pytest.raises(RequestError) as caught:
        await Redact(redactor, max_characters=1000)(make_turn(received=raw))
    assert (caught.value.status, caught.value.code) == (413, "request_too_large")
    assert caught.value.retry is False
    assert "max_characters" in caught.value.message


class Blocking:
    """Refuses, as an operator's `[pii] entities` may say."""

    async def redact(self, *_: Any, **__: Any) -> Any:
        raise PersonalDataBlocked(["CREDIT_CARD", "IBAN_CODE"])


async def test_blocked_types_are_named_and_never_retried(make_turn: Any) -> None:
    with pytest.raises(RequestError) as caught:
        await Redact(Blocking())(make_turn(received=received(body(user("4111")))))
    error = caught.value
    assert (error.status, error.code, error.retry) == (400, "personal_data_blocked", False)
    assert "CREDIT_CARD, IBAN_CODE" in error.message
    assert "4111" not in error.message


async def test_what_comes_with_a_request_is_evidence_by_its_origin(make_turn: Any) -> None:
    raw = received(
        body(
            {"role": "system", "content": "We open at nine."},
            {"role": "tool", "tool_call_id": "t", "content": "shipped"},
            user("x"),
        ),
        context=["plain", {"id": "7", "title": "T", "text": "with id"}, {"content": "other key"}],
        account={"order": {"status": "open", "paid": True, "lines": [1, 2], "note": None}},
    )
    plain = await Redact(FakeRedactor({}))(make_turn(received=raw))
    assert [(p.origin, p.text) for p in plain.evidence] == [
        (Origin.CONTEXT, "plain"),
        (Origin.CONTEXT, "with id"),
        (Origin.CONTEXT, "other key"),
        (
            Origin.ACCOUNT,
            "order status: open\norder paid: yes\norder lines: 1\norder lines: 2",
        ),
        (Origin.TOOL, "shipped"),
    ]
    assert not any(passage.shared for passage in plain.evidence)
    trusted = await Redact(FakeRedactor({}), trust_system_prompt=True)(make_turn(received=raw))
    assert [p.text for p in trusted.evidence if p.origin is Origin.SYSTEM] == ["We open at nine."]


@pytest.mark.parametrize(
    ("metadata", "kept"),
    [
        ({"conversation_id": "c", "locale": "en", "customer_ref": "r"}, None),
        ({"session_id": "s", "campaign": "spring"}, {"campaign": "spring"}),
    ],
)
async def test_only_foreign_metadata_goes_upstream(
    make_turn: Any, metadata: dict[str, str], kept: dict[str, str] | None
) -> None:
    raw = received(body(user("x"), metadata=metadata))
    turn = await Redact(FakeRedactor({}))(make_turn(received=raw))
    assert turn.request.get("metadata") == kept


texts = st.sampled_from(["Anna Berg", "anna@shop.example", "x Anna Berg y", "plain", "", "{"])
values = st.recursive(
    texts | st.integers() | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=texts, extra=values, context=st.lists(values, max_size=3), account=values)
async def test_no_shape_of_request_hides_a_value(
    make_turn: Any, content: str, extra: Any, context: list[Any], account: Any
) -> None:
    raw = received(body(user(content), note=extra), context=context, account=account)
    turn = await Redact(FakeRedactor(PEOPLE))(make_turn(received=raw))
    passages = [(p.text, p.title) for p in turn.evidence]
    assert turn.request["messages"][0]["content"] == turn.question
    # Keys are structure: what a bot calls its fields is not the customer's.
    shown = f"{turn.question}{_values(turn.request)}{passages if not _keys(account) else ''}"
    assert not [value for value in PEOPLE if value in shown]


def _values(value: Any) -> list[Any]:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return [leaf for item in inner for leaf in _values(item)]
    return [value]


def _keys(value: Any) -> bool:
    return "Anna" in repr(value) or "anna" in repr(value)


NAMES = Pseudonyms(b"a key for the tests alone")


class Keeps:
    """A vault in memory."""

    def __init__(self, **kept: str) -> None:
        self.kept = Vault({f"[{name}]": value for name, value in kept.items()})
        self.given: list[tuple[str | None, int, Vault]] = []

    async def recall(self, tenant: str, conversation_id: str) -> Vault:
        assert (tenant, conversation_id) == ("default", "c")
        return self.kept

    async def remember(
        self,
        tenant: str,
        conversation_id: str,
        values: Vault,
        *,
        customer_ref: str | None,
        before: int,
    ) -> Vault:
        assert (tenant, conversation_id) == ("default", "c")
        self.given.append((customer_ref, before, values))
        return values


async def test_only_what_is_new_is_kept_and_everything_can_be_restored(make_turn: Any) -> None:
    vault = Keeps(PERSON_a2aa="Cy Dal")
    raw = received(body(user("I am Anna Berg")), conversation_id="c", customer_ref="r")
    redact = Redact(FakeRedactor(PEOPLE), vault=vault)
    first = await redact(make_turn(received=raw))
    [(ref, before, new)] = vault.given
    assert (ref, before, list(new.values())) == ("r", 1, ["Anna Berg"])
    assert new.own == set(new)
    assert set(first.vault.values()) == {"Anna Berg", "Cy Dal"}
    vault.kept = first.vault
    await redact(make_turn(received=raw))
    assert [len(values) for _, _, values in vault.given] == [1, 0]


async def test_what_turns_out_to_be_the_customer_s_own_is_kept_anew(make_turn: Any) -> None:
    vault = Keeps()
    redact = Redact(FakeRedactor(PEOPLE), vault=vault)
    prompt = {"role": "system", "content": "Anna Berg"}
    turn = await redact(make_turn(received=received(body(prompt, user("x")), conversation_id="c")))
    vault.kept = turn.vault
    await redact(make_turn(received=received(body(user("Anna Berg")), conversation_id="c")))
    assert [bool(values.own) for _, _, values in vault.given] == [False, True]


async def test_without_anything_personal_nothing_is_kept(make_turn: Any) -> None:
    vault = Keeps()
    await Redact(FakeRedactor(PEOPLE), vault=vault)(
        make_turn(received=received(body(user("hello")), conversation_id="c"))
    )
    assert vault.given == []


async def test_without_a_conversation_the_vault_is_left_alone(make_turn: Any) -> None:
    vault = Keeps()
    turn = await Redact(FakeRedactor(PEOPLE), vault=vault)(
        make_turn(received=received(body(user("I am Anna Berg"))))
    )
    assert list(turn.vault.values()) == ["Anna Berg"]
    assert vault.given == []


async def test_personal_ids_become_pseudonyms_and_others_stay(make_turn: Any) -> None:
    redact = Redact(FakeRedactor(PEOPLE), pseudonyms=NAMES)
    raw = received(body(user("x")), conversation_id="for Anna Berg", customer_ref="c-17")
    turn = await redact(make_turn(received=raw))
    assert turn.conversation_id == NAMES.conversation("default", "for Anna Berg")
    assert turn.customer_ref == "c-17"
    raw = received(body(user("x")), conversation_id="chat", customer_ref="anna@shop.example")
    turn = await redact(make_turn(received=raw))
    assert turn.conversation_id == "chat"
    assert turn.customer_ref == NAMES.customer("default", "anna@shop.example")


@pytest.mark.parametrize(("restore", "hidden"), [("all", set()), ("own", {"anna@shop.example"})])
async def test_values_of_others_are_withheld_where_the_operator_says_so(
    make_turn: Any, restore: Any, hidden: set[str]
) -> None:
    raw = received(body(user("I am Anna Berg")), context=["anna@shop.example"])
    turn = await Redact(FakeRedactor(PEOPLE), restore=restore)(make_turn(received=raw))
    assert {turn.vault[name] for name in turn.withheld} == hidden
    assert set(turn.for_customer.values()) == set(PEOPLE) - hidden

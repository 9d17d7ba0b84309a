from policies.knowledge import Origin
from policies.messages import Message, Role
from policies.text import Redacted
from proxy.wire.evidence import evidence_of
from proxy.wire.request import Received

TALK = (
    Message(Role.SYSTEM, Redacted("We open at nine.")),
    Message(Role.TOOL, Redacted("shipped")),
    Message(Role.TOOL, Redacted("")),
    Message(Role.USER, Redacted("x")),
)


def clean(**changes: object) -> Received:
    fields = {"context": [], "account": None, "conversation_id": None, "customer_ref": None}
    return Received({}, **{**fields, **changes})  # type: ignore[arg-type] # given by name


def test_each_kind_of_evidence_names_its_origin() -> None:
    received = clean(
        context=["plain", {"id": "7", "title": "T", "text": ["a", 1]}], account={"vip": True}
    )
    found = [(p.id, p.origin, p.title, p.text) for p in evidence_of(received, TALK)]
    assert found == [
        ("context-0#0", Origin.CONTEXT, "", "plain"),
        ("7#1", Origin.CONTEXT, "T", "a\n1"),
        ("account#0", Origin.ACCOUNT, "Account facts", "vip: yes"),
        ("tool-1#0", Origin.TOOL, "", "shipped"),
    ]


def test_the_bot_s_prompt_is_evidence_only_if_it_is_trusted() -> None:
    trusted = evidence_of(clean(), TALK, trust_system_prompt=True)
    assert [p.text for p in trusted if p.origin is Origin.SYSTEM] == ["We open at nine."]

"""The admin port's asking routes."""

from typing import Any

import pytest

from validators.testing import FakeRedactor

PREFIX = "/handrail/v1"


async def test_an_answer_is_checked_without_a_model(lab: Any) -> None:
    body = {"question": "returns: how long?", "answer": "It is good. It is WRONG."}
    reply = await lab.admin.call("POST", f"{PREFIX}/check", body)
    decision = reply.json()
    assert (decision["action"], decision["reason"]) == ("escalate", "not_in_kb")
    assert decision["verdict"] == "partly_grounded"
    assert [claim["verdict"] for claim in decision["claims"]] == ["supported", "not_found"]
    assert lab.model.calls == []
    assert await lab.records() == []
    assert await lab.packets() == []


async def test_a_named_intent_decides_how_strict_the_check_is(lab: Any) -> None:
    body = {"question": "x", "answer": "It is good. It is WRONG.", "intent": "trimming"}
    decision = (await lab.admin.call("POST", f"{PREFIX}/check", body)).json()
    assert (decision["action"], decision["intent"]["name"]) == ("rewrite", "trimming")


async def test_messages_may_stand_for_the_question(lab: Any) -> None:
    messages = [{"role": "user", "content": "dispute: no"}]
    body = {"messages": messages, "answer": "It is good."}
    decision = (await lab.admin.call("POST", f"{PREFIX}/check", body)).json()
    assert decision["reason"] == "human_only_intent"


@pytest.mark.parametrize("route", ["redact", "check", "classify"])
async def test_no_value_comes_back(labs: Any, route: str) -> None:
    lab = await labs(values={"Anna Berg": "PERSON"})
    bodies = {
        "redact": {"text": "I am Anna Berg"},
        "classify": {"text": "returns: I am Anna Berg"},
        "check": {"question": "I am Anna Berg", "answer": "Hello Anna Berg."},
    }
    reply = await lab.admin.call("POST", f"{PREFIX}/{route}", bodies[route])
    assert reply.status == 200
    assert "Anna" not in reply.body.decode()


async def test_redaction_shows_spans_of_the_original(labs: Any) -> None:
    lab = await labs(values={"Anna Berg": "PERSON"})
    reply = await lab.admin.call("POST", f"{PREFIX}/redact", {"text": "I am Anna Berg."})
    [span] = reply.json()["spans"]
    assert (span["start"], span["end"], span["type"]) == (5, 14, "PERSON")
    assert reply.json()["text"] == f"I am {span['placeholder']}."
    messages = [{"role": "user", "content": "a"}, {"role": "user", "content": "Anna Berg"}]
    several = await lab.admin.call("POST", f"{PREFIX}/redact", {"messages": messages})
    assert [len(m["spans"]) for m in several.json()["messages"]] == [0, 1]


async def test_a_conversation_has_placeholders_of_its_own(labs: Any) -> None:
    lab = await labs(values={"Anna Berg": "PERSON"})

    async def redacted(**more: str) -> str:
        body = {"text": "Anna Berg", **more}
        text: str = (await lab.admin.call("POST", f"{PREFIX}/redact", body)).json()["text"]
        return text

    assert await redacted(conversation_id="c1") == await redacted(conversation_id="c1")
    assert await redacted(tenant="acme") != await redacted(tenant="other")


@pytest.mark.parametrize(
    ("text", "automation", "risk"),
    [
        ("returns: x", "auto", []),
        ("dispute: x", "human", []),
        ("returns: HARM", "immediate", ["self_harm"]),
        ("fraud: PERSON PLEASE", "immediate", ["asks_for_human"]),
    ],
)
async def test_classification_names_the_strictest_automation(
    lab: Any, text: str, automation: str, risk: list[str]
) -> None:
    reply = await lab.admin.call("POST", f"{PREFIX}/classify", {"text": text})
    assert (reply.json()["automation"], reply.json()["risk"]) == (automation, risk)


@pytest.mark.parametrize("route", ["redact", "check", "classify"])
async def test_failed_redaction_is_told_and_quotes_nothing(labs: Any, route: str) -> None:
    lab = await labs(redactor=FakeRedactor({}, fails=True))
    text = {"question" if route == "check" else "text": "Anna Berg"}
    body = {**text, **({"answer": "x"} if route == "check" else {})}
    reply = await lab.admin.call("POST", f"{PREFIX}/{route}", body)
    assert (reply.status, reply.json()["error"]["code"]) == (503, "redaction_failed")
    assert "Anna" not in reply.body.decode()


NESTED: Any = "deep"
for _ in range(400):
    NESTED = [NESTED]


@pytest.mark.parametrize(
    ("route", "body", "param"),
    [
        ("check", b"{", None),
        ("check", b"[]", None),
        ("check", {"question": "x"}, "answer"),
        ("check", {"answer": "x"}, "question"),
        ("check", {"question": 1, "answer": "x"}, "question"),
        ("check", {"question": "x", "answer": "y", "context": "z"}, "context"),
        ("check", {"question": "x", "answer": "y", "scope": {"a": 1}}, "scope"),
        ("check", {"question": "x", "answer": "y", "intent": 7}, "intent"),
        ("check", {"question": "x", "answer": "y", "extra": 7}, "extra"),
        ("check", {"messages": [], "answer": "y"}, "messages"),
        ("redact", {}, "text"),
        ("redact", {"text": "x", "more": 1}, "more"),
        ("classify", {"text": 5}, "text"),
    ],
)
async def test_bad_requests_get_the_envelope(
    lab: Any, route: str, body: Any, param: str | None
) -> None:
    reply = await lab.admin.call("POST", f"{PREFIX}/{route}", body)
    assert reply.status == 400
    assert reply.json()["error"]["param"] == param


async def test_a_context_without_end_is_refused_or_read(lab: Any) -> None:
    body = {"question": "x", "answer": "y", "context": [NESTED]}
    assert (await lab.admin.call("POST", f"{PREFIX}/check", body)).status in (200, 400)

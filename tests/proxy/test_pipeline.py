"""The pipeline as a whole: what a bot gets, what is recorded, what the model never sees."""

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from blockbuster import BlockingError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.errors import StoreError, UpstreamError
from proxy.models.base import Finished, ModelEvent, Opened, RefusalDelta, TextDelta
from proxy.pipeline import INBOUND, Pipeline
from proxy.records.base import Opening
from proxy.records.memory import MemoryRecordStore
from proxy.secrets import private_folder
from proxy.telemetry import names
from validators.base import Scope
from validators.run import Check
from validators.testing import FakeRedactor

GOOD = "Parcels go back within 30 days."
TAKES_OVER = "A colleague takes over. Your reference is "
UNAVAILABLE = "Nobody can be reached right now."
OPENED = Opened(id="up-1", model="small-1")


def broken(kind: str = "connection", status: int | None = None, **more: Any) -> UpstreamError:
    return UpstreamError("fake: broken", kind=kind, status=status, **more)


@pytest.mark.parametrize("stream", [False, True])
async def test_a_supported_answer_is_delivered(lab: Any, stream: bool) -> None:
    reply = await lab.ask("returns: how long?", stream=stream)
    assert (reply.status, reply.text, reply.finish) == (200, GOOD, "stop")
    assert reply.handrail["action"] == "pass"
    assert reply.handrail["verdict"] == "grounded"
    assert await lab.packets() == []
    [record] = await lab.records()
    assert record["released"] == GOOD
    assert record["id"] == reply.handrail["id"]


@pytest.mark.parametrize("stream", [False, True])
async def test_unsupported_sentences_are_left_out_where_the_intent_says_so(
    labs: Any, kit: Any, stream: bool
) -> None:
    lab = await labs(kit.says("One is good. Two is WRONG. Three is good.", chunk=4))
    reply = await lab.ask("trimming: tell me", stream=stream)
    assert reply.text == "One is good. Three is good."
    assert (reply.handrail["action"], reply.handrail["reason"]) == ("rewrite", "not_in_kb")
    assert reply.handrail["verdict"] == "partly_grounded"
    assert await lab.packets() == []


async def test_a_rewrite_that_would_leave_nothing_escalates(labs: Any, kit: Any) -> None:
    lab = await labs(kit.says("One is WRONG. Two is WRONG."))
    reply = await lab.ask("trimming: tell me")
    assert reply.text.startswith(TAKES_OVER)
    assert reply.handrail["action"] == "escalate"


@pytest.mark.parametrize("stream", [False, True])
async def test_a_first_sentence_that_fails_is_never_seen(labs: Any, kit: Any, stream: bool) -> None:
    lab = await labs(kit.says("One is WRONG. Two is good. Three is good.", chunk=5))
    reply = await lab.ask("returns: how long?", stream=stream)
    [packet] = await lab.packets()
    assert reply.text == f"{TAKES_OVER}{packet['handoff_id']}."
    assert (reply.finish, reply.handrail["action"]) == ("stop", "escalate")
    assert reply.handrail["handoff"]["id"] == packet["handoff_id"]
    assert packet["draft"]["text"].startswith("One is WRONG. ")
    assert packet["draft"]["sent_to_customer"] == "none"
    assert packet["customer_saw"] == reply.text
    assert lab.model.broken_off == stream  # nothing after the failed sentence was paid for


@pytest.mark.parametrize("stream", [False, True])
async def test_an_answer_that_fails_half_way_goes_on_as_an_escalation(
    labs: Any, kit: Any, stream: bool
) -> None:
    lab = await labs(kit.says("One is good. Two is WRONG. Three is good.", chunk=5))
    reply = await lab.ask("returns: how long?", stream=stream)
    [packet] = await lab.packets()
    seen = "One is good. " if stream else ""  # a whole answer is withheld whole
    assert reply.text == f"{seen}{chr(10) * 2 * stream}{TAKES_OVER}{packet['handoff_id']}."
    assert reply.finish == "stop"
    assert packet["draft"]["released_text"] == seen


@pytest.mark.parametrize("stream", [False, True])
async def test_where_the_whole_answer_counts_nothing_leaves_before_the_verdict(
    labs: Any, kit: Any, stream: bool
) -> None:
    lab = await labs(kit.says("One is good. Two is WRONG."))
    reply = await lab.ask("whole: everything", stream=stream)
    assert reply.text.startswith(TAKES_OVER)
    assert "One" not in reply.text


async def test_an_answer_check_holds_back_the_whole_answer(labs: Any, kit: Any) -> None:
    check = kit.FakeCheck(Scope.ANSWER, "tone")
    lab = await labs(kit.says("One is good. Two is WRONG."), checks=[Check(check)])
    reply = await lab.ask("returns: how long?", stream=True)
    assert reply.text.startswith(TAKES_OVER)
    assert check.seen == ["One is good. Two is WRONG."]


async def test_a_blocked_answer_is_refused_without_a_packet(labs: Any, kit: Any) -> None:
    policy = kit.POLICY + '[findings]\nnot_in_kb = "block"\n'
    lab = await labs(kit.says("One is WRONG."), policy=policy)
    reply = await lab.ask("returns: how long?")
    assert reply.text == "That is not something to help with."
    assert reply.handrail["action"] == "block"
    assert await lab.packets() == []


async def test_a_question_check_stops_before_any_model(labs: Any, kit: Any) -> None:
    policy = kit.POLICY + '[findings]\nnot_in_kb = "block"\n'
    check = kit.FakeCheck(Scope.QUESTION, "attack")
    lab = await labs(policy=policy, checks=[Check(check)])
    reply = await lab.ask("returns: something WRONG")
    assert reply.handrail["action"] == "block"
    assert lab.model.calls == []


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("dispute: I never bought this", "human_only_intent"),
        ("returns: PERSON PLEASE", "customer_asked_for_human"),
        ("refund: I want my 500 EUR", "amount_over_limit"),
    ],
)
async def test_where_a_person_answers_the_model_only_drafts(
    labs: Any, kit: Any, said: str, reason: str
) -> None:
    draft = "One is good. Two is WRONG. Three is good."
    lab = await labs(kit.says(draft, chunk=3))
    reply = await lab.ask(said, stream=True)
    assert reply.text.startswith(TAKES_OVER)
    assert (reply.handrail["action"], reply.handrail["reason"]) == ("escalate", reason)
    assert len(lab.model.calls) == 1
    [packet] = await lab.packets()
    assert packet["draft"]["text"] == draft
    assert packet["draft"]["sent_to_customer"] == "none"


async def test_without_drafts_no_model_is_called_for_a_person_s_answer(labs: Any) -> None:
    lab = await labs(config="[handoff]\ndraft = false")
    reply = await lab.ask("dispute: I never bought this")
    assert reply.handrail["reason"] == "human_only_intent"
    assert lab.model.calls == []


@pytest.mark.parametrize("stream", [False, True])
async def test_an_immediate_intent_calls_no_model(lab: Any, stream: bool) -> None:
    reply = await lab.ask("fraud: someone used my card", stream=stream)
    assert reply.text.startswith("Your card is being looked at now. Reference ")
    assert reply.handrail["reason"] == "immediate_intent"
    assert reply.headers["x-handrail-action"] == "escalate"
    assert lab.model.calls == []
    [packet] = await lab.packets()
    assert packet["routing"]["queue_id"] == "fraud"
    assert packet["draft"] is None


async def test_a_risk_speaks_with_its_own_words(lab: Any) -> None:
    reply = await lab.ask("returns: HARM")
    assert reply.text.startswith("You are not alone.")
    assert lab.model.calls == []


async def test_the_customer_s_language_is_used_for_texts(lab: Any) -> None:
    reply = await lab.ask("dispute: nein", metadata={"locale": "de-AT"})
    assert reply.text.startswith("Jemand hilft gleich weiter.")


@pytest.mark.parametrize("stream", [False, True])
async def test_a_utility_call_is_redacted_restored_and_not_checked(
    labs: Any, kit: Any, stream: bool
) -> None:
    lab = await labs(kit.echo, values={"Anna Berg": "PERSON"})
    said = "A title for Anna Berg, WRONG or not"
    reply = await lab.ask(said, stream=stream, model="titles")
    assert reply.text == said
    assert "Anna" not in lab.model.sent
    assert reply.handrail["action"] == "pass"
    assert reply.handrail["verdict"] == "not_checked"
    assert lab.check.seen == []
    assert await lab.records() == []


async def shadow_key(lab: Any) -> dict[str, str]:
    key = await asyncio.to_thread(lab.stores.keys.add, "watcher", allow_shadow=True)
    return {"authorization": f"Bearer {key}"}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("intent", ["returns", "trimming", "whole", "dispute", "fraud"])
async def test_shadow_mode_records_and_changes_nothing(
    labs: Any, kit: Any, stream: bool, intent: str
) -> None:
    answer = "One is good. Two is WRONG. Three is good."
    lab = await labs(kit.says(answer, chunk=7))
    headers = await shadow_key(lab)
    reply = await lab.ask(
        f"{intent}: how long?", stream=stream, headers=headers, handrail={"mode": "shadow"}
    )
    assert reply.text == answer
    assert reply.handrail["action"] == "pass"
    expected = "rewrite" if intent == "trimming" else "escalate"
    assert reply.handrail["shadow"]["action"] == expected
    assert await lab.packets() == []


async def test_a_key_without_the_right_can_not_switch_to_shadow(labs: Any, kit: Any) -> None:
    lab = await labs(kit.says("One is WRONG."))
    reply = await lab.ask("returns: how long?", handrail={"mode": "shadow"})
    assert reply.text.startswith(TAKES_OVER)


async def test_shadow_mode_has_no_answer_to_leave_alone_when_the_model_fails(labs: Any) -> None:
    lab = await labs([broken()])
    headers = await shadow_key(lab)
    reply = await lab.ask("returns: x", headers=headers, handrail={"mode": "shadow"})
    assert reply.text.startswith(TAKES_OVER)
    assert reply.handrail["reason"] == "upstream_failed"


PIECES = st.sampled_from(
    ["Fine. ", "It is good. ", "This is WRONG. ", "GREETING! ", "- item\n", "e.g. this ", "\n\n"]
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pieces=st.lists(PIECES, max_size=7),
    cuts=st.integers(1, 9),
    intent=st.sampled_from(["returns", "trimming", "whole", "dispute"]),
)
async def test_stream_and_whole_end_the_same(
    labs: Any, kit: Any, pieces: list[str], cuts: int, intent: str
) -> None:
    answer = "".join(pieces)
    lab = await labs(kit.says(answer), kit.says(answer, chunk=cuts), kit.says(answer, chunk=cuts))
    said = f"{intent}: how long?"
    first = await lab.ask(said, metadata={"conversation_id": "c1"})
    whole = await lab.ask(said, metadata={"conversation_id": "c1"})
    streamed = await lab.ask(said, stream=True, metadata={"conversation_id": "c1"})
    ends = [
        (r.finish, r.handrail["action"], r.handrail.get("reason")) for r in (first, whole, streamed)
    ]
    assert ends[0] == ends[1] == ends[2]
    assert first.text == whole.text
    # What a stream released before it ended stands before the same last words.
    assert streamed.text.endswith(whole.text)
    if whole.handrail["action"] in {"pass", "rewrite"}:
        assert streamed.text == whole.text
    await lab.settle()


@pytest.mark.parametrize("mark", ["BROKEN", "SLOW"])
@pytest.mark.parametrize("stream", [False, True])
async def test_a_check_that_can_not_be_completed_escalates(
    labs: Any, kit: Any, mark: str, stream: bool
) -> None:
    lab = await labs(kit.says(f"One is good. Two is {mark}. Three is good."))
    reply = await lab.ask("returns: how long?", stream=stream)
    assert reply.text.startswith(f"One is good. \n\n{TAKES_OVER}" if stream else TAKES_OVER)
    assert reply.handrail["reason"] == "check_failed"
    assert reply.handrail["verdict"] == "error"
    [packet] = await lab.packets()
    assert packet["trigger"]["reason_code"] == "check_failed"


async def test_a_message_that_can_not_be_classified_goes_to_a_person_without_a_model(
    lab: Any,
) -> None:
    reply = await lab.ask("UNCLASSIFIABLE")
    assert reply.status == 200
    assert reply.text.startswith(TAKES_OVER)
    assert reply.handrail["reason"] == "check_failed"
    assert lab.model.calls == []


@pytest.mark.parametrize("stream", [False, True])
async def test_failed_redaction_sends_nothing(labs: Any, stream: bool) -> None:
    lab = await labs(redactor=FakeRedactor({}, fails=True))
    reply = await lab.ask("returns: I am Anna", stream=stream)
    assert reply.status == 503
    assert reply.json()["error"]["code"] == "redaction_failed"
    assert lab.model.calls == []
    assert await lab.records() == []


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    "error", [broken(), broken("timeout"), broken("status", 503), broken("client", 404)]
)
async def test_a_dead_upstream_escalates(labs: Any, stream: bool, error: UpstreamError) -> None:
    lab = await labs([error])
    reply = await lab.ask("returns: how long?", stream=stream)
    assert (reply.status, reply.finish) == (200, "stop")
    assert reply.text.startswith(TAKES_OVER)
    assert reply.handrail["reason"] == "upstream_failed"
    [record] = await lab.records()
    assert record["model"]["error"] == error.kind


@pytest.mark.parametrize(
    ("error", "status", "retry"),
    [
        (broken(), 502, None),
        (broken("timeout"), 504, "false"),
        (broken("protocol"), 502, "false"),
        (broken("status", 429, retry_after=7.0), 429, None),
        (broken("status", 503), 503, None),
        (broken("status", 401), 502, None),
    ],
)
async def test_a_utility_call_hears_of_a_dead_upstream(
    labs: Any, error: UpstreamError, status: int, retry: str | None
) -> None:
    lab = await labs([error])
    reply = await lab.ask("a title", model="titles")
    assert reply.status == status
    assert reply.json()["error"]["code"] == "upstream_failed"
    assert reply.headers.get("x-should-retry") == retry
    assert reply.headers.get("retry-after") == ("7" if error.retry_after else None)


async def test_an_upstream_that_dies_after_a_sentence_ends_in_an_escalation(labs: Any) -> None:
    lab = await labs([OPENED, TextDelta(0, "One is good. Two is"), broken("protocol")])
    reply = await lab.ask("returns: how long?", stream=True)
    assert reply.text.startswith(f"One is good. \n\n{TAKES_OVER}")
    assert (reply.finish, reply.handrail["reason"]) == ("stop", "upstream_failed")
    assert "Two" not in reply.text


async def test_a_utility_stream_that_dies_ends_with_an_error(labs: Any) -> None:
    lab = await labs([OPENED, TextDelta(0, "A ti"), broken("protocol")])
    reply = await lab.ask("a title", stream=True, model="titles")
    assert reply.status == 200
    assert reply.chunks[-1]["error"]["code"] == "upstream_failed"
    assert b"[DONE]" not in reply.body


@pytest.mark.parametrize("model", ["bot", "titles"])
async def test_a_request_that_the_provider_refuses_is_the_bot_s_error(
    labs: Any, model: str
) -> None:
    lab = await labs([broken("client", 400)])
    reply = await lab.ask("returns: how long?", model=model)
    assert reply.status == 400
    assert reply.headers["x-should-retry"] == "false"
    error = reply.json()["error"]
    assert (error["type"], error["code"]) == ("invalid_request_error", "upstream_refused")
    assert await lab.packets() == []


async def test_the_next_model_answers_when_the_first_does_not(labs: Any, kit: Any) -> None:
    big = kit.FakeModel(kit.says("From the big one."))
    lab = await labs([broken("status", 503)], models={"big": big}, fallback=True)
    reply = await lab.ask("returns: how long?")
    assert reply.text == "From the big one."
    assert reply.handrail["route"]["served_model"] == "big"
    [record] = await lab.records()
    assert record["model"]["attempts"] == 2


async def test_a_second_try_helps_where_tries_are_allowed(labs: Any, kit: Any) -> None:
    lab = await labs([broken("status", 503)], kit.says(GOOD), retries=1)
    assert (await lab.ask("returns: how long?")).text == GOOD
    assert len(lab.model.calls) == 2


async def test_an_intent_may_ask_for_a_stronger_tier(lab: Any) -> None:
    reply = await lab.ask("premium: a hard question")
    assert reply.headers["x-handrail-tier"] == "strong"
    assert lab.model.calls[0][0] == "big-1"


class FailingStore(MemoryRecordStore):
    """Stores no packet."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def open_handoff(self, packet: Mapping[str, Any], **_: Any) -> Opening:  # noqa: ARG002 - the protocol's
        raise self._error


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("error", [StoreError("disk full"), RuntimeError("for Anna Berg")])
async def test_no_person_is_promised_if_the_packet_can_not_be_stored(
    labs: Any, caplog: pytest.LogCaptureFixture, stream: bool, error: Exception
) -> None:
    lab = await labs(store=FailingStore(error))
    reply = await lab.ask("fraud: someone used my card", stream=stream)
    assert (reply.status, reply.text) == (200, UNAVAILABLE)
    assert reply.handrail["action"] == "escalate"
    assert reply.handrail["handoff"] is None
    assert "x-handrail-handoff-id" not in reply.headers
    assert "ALARM" in caplog.text
    assert "Anna" not in caplog.text
    [record] = await lab.records()
    assert record["notice"] == UNAVAILABLE


class SlowStore(MemoryRecordStore):
    """Stores a packet once it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = threading.Event()
        self.go = threading.Event()

    def open_handoff(self, packet: Mapping[str, Any], **more: Any) -> Opening:
        self.asked.set()
        assert self.go.wait(10)
        return super().open_handoff(packet, **more)


async def test_the_packet_is_stored_before_the_customer_is_told(labs: Any, kit: Any) -> None:
    store = SlowStore()
    lab = await labs(kit.says("One is good. Two is WRONG."), store=store)
    under_way = lab.open("returns: how long?", stream=True)
    start, text = await under_way.message(), await under_way.message()
    assert start["status"] == 200
    assert b"One is good." in text["body"]
    assert await asyncio.to_thread(store.asked.wait, 10)
    assert store.handoffs() == []
    store.go.set()
    told = await under_way.message()
    [stored] = store.handoffs()
    assert stored["id"].encode() in told["body"]
    await under_way.task


async def test_a_retried_request_joins_the_first_handoff(lab: Any) -> None:
    first = await lab.ask("fraud: my card", metadata={"conversation_id": "c1"})
    again = await lab.ask("fraud: my card", metadata={"conversation_id": "c1"})
    assert first.text == again.text
    assert len(await lab.packets()) == 1


def others() -> int:
    return len([task for task in asyncio.all_tasks() if task is not asyncio.current_task()])


@pytest.mark.parametrize("stream", [False, True])
async def test_a_client_that_leaves_ends_the_upstream_call(
    labs: Any, kit: Any, stream: bool
) -> None:
    never = asyncio.Event()
    lab = await labs([OPENED, TextDelta(0, "One is good. Two is"), never])
    before = others()
    under_way = lab.open("returns: how long?", stream=stream)
    if stream:
        await under_way.message()
    await kit.until(lambda: lab.check.seen)
    under_way.leave()
    await asyncio.wait_for(under_way.task, 5)
    await lab.settle()
    assert (lab.model.reading, lab.model.broken_off) == (0, 1)
    [record] = await lab.records()
    assert record["disconnected"] is True
    assert others() == before
    assert lab.telemetry.total(names.REQUESTS) == 1


async def test_a_client_that_leaves_at_once_still_gets_its_handoff(labs: Any) -> None:
    lab = await labs()
    under_way = lab.open("fraud: someone used my card")
    under_way.leave()
    await asyncio.wait_for(under_way.task, 5)
    [packet] = await lab.packets()
    assert packet["trigger"]["reason_code"] == "immediate_intent"
    assert len(await lab.records()) == 1


async def test_a_client_that_leaves_before_the_gate_costs_no_model_call(lab: Any) -> None:
    under_way = lab.open("returns: how long?")
    under_way.leave()
    await asyncio.wait_for(under_way.task, 5)
    [record] = await lab.records()
    assert record["disconnected"] is True
    assert lab.model.calls == []


async def test_a_client_that_leaves_while_the_packet_is_stored_is_noted(labs: Any) -> None:
    store = SlowStore()
    lab = await labs(store=store)
    under_way = lab.open("fraud: someone used my card")
    assert await asyncio.to_thread(store.asked.wait, 10)
    under_way.leave()
    await asyncio.wait_for(under_way.task, 5)
    store.go.set()
    [record] = await lab.records()
    assert record["disconnected"] is True
    assert len(store.handoffs()) == 1


async def test_a_client_that_stops_reading_and_leaves_does_not_stall_the_record(
    labs: Any, kit: Any
) -> None:
    lab = await labs(kit.says("It is good. " * 300))
    under_way = lab.open("whole: everything", stream=True, room=1)
    await under_way.message()
    await kit.until(lambda: len(lab.check.seen) == 300)
    under_way.leave()
    await asyncio.wait_for(lab.snapshot.pipeline.drain(), 5)
    [record] = await lab.records()
    assert record["disconnected"] is True
    under_way.task.cancel()


async def test_a_complete_answer_is_not_called_disconnected(lab: Any) -> None:
    under_way = lab.open("returns: how long?", stream=True)
    body = b""
    while b"[DONE]" not in body:
        body = (await under_way.message()).get("body", b"")
    under_way.leave()
    await under_way.task
    [record] = await lab.records()
    assert record["disconnected"] is False


class BrokenCache:
    """Fails in a way that nobody foresaw."""

    def get(self, digest: str) -> None:
        """Know nothing."""

    def alike(self, _: str) -> list[Any]:
        """Know nothing alike."""
        return []

    def put(self, *_: Any) -> None:
        msg = "for Anna Berg"
        raise RuntimeError(msg)


async def test_a_stage_behind_the_answer_that_breaks_does_not_cost_the_record(
    labs: Any, caplog: pytest.LogCaptureFixture
) -> None:
    lab = await labs(cache=BrokenCache())
    reply = await lab.ask("returns: how long?")
    assert (reply.status, reply.text) == (200, GOOD)
    assert len(await lab.records()) == 1
    assert "remember failed: RuntimeError" in caplog.text
    assert "Anna" not in caplog.text


class BuggyRedactor:
    """Raises what no protocol allows."""

    async def redact(self, texts: Any, **_: Any) -> Any:
        raise LookupError(texts)


@pytest.mark.parametrize("stream", [False, True])
async def test_a_bug_sends_nothing_and_quotes_nothing(
    labs: Any, caplog: pytest.LogCaptureFixture, stream: bool
) -> None:
    lab = await labs(redactor=BuggyRedactor())
    reply = await lab.ask("returns: I am Anna Berg", stream=stream)
    assert reply.status == 500
    assert reply.headers["x-should-retry"] == "false"
    assert set(reply.json()["error"]) == {"message", "type", "param", "code"}
    assert "LookupError" in caplog.text
    assert "Anna" not in caplog.text + reply.body.decode()
    assert lab.model.calls == []


async def test_the_trace_shows_the_list_of_stages(lab: Any) -> None:
    reply = await lab.ask("returns: how long?")
    await lab.settle()
    assert lab.spans == [
        "POST /v1/chat/completions",
        "handrail.pipeline",
        "handrail.authenticate",
        "handrail.redact",
        "handrail.classify",
        "handrail.cache.lookup",
        "handrail.route",
        "chat small-1",
        "handrail.validate grounding",
        "handrail.decide",
        "handrail.cache.store",
        "handrail.record",
    ]
    spans = lab.telemetry.spans
    assert {span.trace_id for span in spans} == {reply.headers["x-trace-id"]}
    by_name = {span.name: span for span in spans}
    pipeline = by_name["handrail.pipeline"]
    assert pipeline.parent_id == by_name["POST /v1/chat/completions"].span_id
    assert by_name["handrail.decide"].parent_id == pipeline.span_id
    with_model = [s.name for s in spans if any(a.startswith("gen_ai.") for a in s.attributes)]
    assert with_model == ["chat small-1"]


async def test_an_incoming_trace_is_continued(lab: Any) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    headers = {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    reply = await lab.ask("returns: how long?", headers=headers)
    assert reply.headers["x-trace-id"] == trace
    assert reply.handrail["trace_id"] == trace


async def test_each_turn_is_counted_once(labs: Any, kit: Any) -> None:
    lab = await labs(kit.says(GOOD), kit.says("It is WRONG."))
    await lab.ask("returns: how long?")
    await lab.ask("returns: how much?")
    await lab.settle()
    total = lab.telemetry.total
    assert total(names.REQUESTS) == 2
    assert total(names.REQUESTS, handrail__action="escalate") == 1
    assert total(names.HANDOFFS, handrail__handoff__reason="not_in_kb") == 1
    assert total(names.CACHE_LOOKUPS, handrail__cache__status="miss") == 2
    measured = [name for name, _, _ in lab.telemetry.measures]
    assert measured.count(names.FIRST_CONTENT) == 2
    assert measured.count(names.REQUEST_DURATION) == 2


async def test_a_second_equal_question_is_answered_from_the_cache(lab: Any) -> None:
    first = await lab.ask("returns: how long?")
    await lab.settle()
    second = await lab.ask("returns: How long")
    assert second.headers["x-handrail-cache"] == "hit"
    assert second.text == first.text
    assert second.handrail["verdict"] == "grounded"
    assert len(lab.model.calls) == 1
    assert lab.check.seen == [GOOD]  # its stored verdict stands while the pages do


async def test_what_names_a_person_is_never_cached(labs: Any) -> None:
    lab = await labs(values={"Anna Berg": "PERSON"})
    for _ in range(2):
        reply = await lab.ask("returns: how long, for Anna Berg?")
        await lab.settle()
        assert reply.headers["x-handrail-cache"] == "bypass"
    assert len(lab.model.calls) == 2


@pytest.mark.parametrize(
    "said", ["order: where is it?", "dispute: how long?", "no intent", "fraud: how long?"]
)
async def test_what_the_policy_keeps_out_of_the_cache_stays_out(lab: Any, said: str) -> None:
    for _ in range(2):
        reply = await lab.ask(said)
        await lab.settle()
        assert reply.headers["x-handrail-cache"] == "bypass"


async def test_what_the_model_refuses_is_passed_on(labs: Any) -> None:
    said = "GREETING, I can't say."
    events: list[ModelEvent] = [OPENED, RefusalDelta(0, said), Finished(0, "stop")]
    lab = await labs(events)
    reply = await lab.ask("returns: how long?")
    assert reply.said("refusal") == said
    assert reply.json()["choices"][0]["message"]["content"] is None
    assert reply.handrail["verdict"] == "not_checked"


@pytest.mark.parametrize("stream", [False, True])
async def test_a_refusal_that_fails_its_checks_goes_to_a_person(labs: Any, stream: bool) -> None:
    refusal = RefusalDelta(0, "No. WRONG is what you are owed.")
    events: list[ModelEvent] = [OPENED, refusal, Finished(0, "stop")]
    lab = await labs(events)
    reply = await lab.ask("returns: how long?", stream=stream)
    assert b"WRONG" not in reply.body
    assert reply.handrail["action"] == "escalate"
    [packet] = await lab.packets()
    assert "WRONG" in str(packet["draft"])


async def test_the_stages_must_be_those_of_the_list(lab: Any) -> None:
    parts = lab.snapshot.pipeline.parts
    swapped = (parts.stages[1], parts.stages[0], *parts.stages[2:])
    with pytest.raises(ValueError, match="the pipeline's stages must be"):
        Pipeline(replace(parts, stages=swapped))
    assert tuple(stage.name for stage in parts.stages[: len(INBOUND)]) == INBOUND


async def test_closing_waits_for_turns_and_closes_connections(labs: Any, kit: Any) -> None:
    go = asyncio.Event()
    lab = await labs([OPENED, go, TextDelta(0, GOOD), Finished(0, "stop")])
    under_way = lab.open("returns: how long?")
    await kit.until(lambda: lab.model.calls)
    closing = asyncio.ensure_future(lab.snapshot.pipeline.close())
    await asyncio.sleep(0)
    assert not closing.done()
    go.set()
    reply = await under_way.reply()
    await closing
    assert (reply.status, lab.model.closed) == (200, 1)


async def test_a_stage_that_blocks_the_loop_is_noticed(lab: Any) -> None:
    with pytest.raises(BlockingError):
        private_folder(lab.folder / "another")


async def test_the_trace_of_a_handoff_names_its_owner(lab: Any) -> None:
    reply = await lab.ask("dispute: I never bought this")
    await lab.settle()
    (span,) = [s for s in lab.telemetry.spans if s.name == "create handrail.handoff"]
    assert span.attributes["handrail.handoff.id"] == reply.headers["x-handrail-handoff-id"]
    assert span.attributes["handrail.handoff.owner"] == "support"

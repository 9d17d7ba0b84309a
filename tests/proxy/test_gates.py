"""The gate's source and its trace."""

from typing import Any

import pytest

from policies.errors import UpstreamError
from policies.findings import Outcome
from policies.text import Redacted
from proxy.gates import GateMaker, TierPlan, replay
from proxy.models.base import Finished, Opened, TextDelta
from proxy.models.fallback import Target
from proxy.models.price import Price
from proxy.telemetry import names
from proxy.telemetry.memory import MemoryTelemetry
from validators.base import Scope
from validators.pii.restore import StreamRestorer, restore
from validators.run import Check


def maker(
    telemetry: MemoryTelemetry, *targets: Target, checks: tuple[Check, ...] = ()
) -> GateMaker:
    plan = TierPlan(targets, retries=1, deadline_s=5)
    return GateMaker({"standard": plan}, checks, restore, StreamRestorer, telemetry)


async def run(gates: GateMaker, turn: Any, telemetry: MemoryTelemetry) -> tuple[Any, list[Any]]:
    span = telemetry.start(names.SPAN_PIPELINE)
    gate = gates(turn, span)
    events = [event async for event in gate.events()]
    span.end()
    return gate.turn, events


async def test_a_stored_answer_replays_as_a_model_would() -> None:
    events = [event async for event in replay(Redacted("It is good."))]
    assert events == [Opened(), TextDelta(0, "It is good."), Finished(0, "stop")]


async def test_a_cached_answer_is_checked_and_calls_no_model(make_turn: Any, kit: Any) -> None:
    model, telemetry = kit.FakeModel(), MemoryTelemetry()
    gates = maker(telemetry, Target("small", model, "m"), checks=(Check(kit.FakeCheck()),))
    turn, events = await run(gates, make_turn(cached=Redacted("It is good.")), telemetry)
    assert [event.text for event in events] == ["It is good."]
    assert [check.outcome for check in turn.checks] == [Outcome.PASS]
    assert (model.calls, turn.served.model) == ([], "")


async def test_the_turn_knows_who_served_it_and_for_how_much(make_turn: Any, kit: Any) -> None:
    telemetry = MemoryTelemetry()
    target = Target("small", kit.FakeModel(), "small-1", 5, Price(1.0, 2.0))
    turn, _ = await run(maker(telemetry, target), make_turn(tier="standard"), telemetry)
    served = turn.served
    assert (served.provider, served.model, served.attempts) == ("fake", "small", 1)
    assert served.upstream_model == "small-1-0625"
    assert served.cost_usd == pytest.approx((11 * 1.0 + 7 * 2.0) / 1e6)
    assert turn.marks["model"] >= 0


async def test_each_attempt_is_a_span_and_only_those_carry_the_model(
    make_turn: Any, kit: Any
) -> None:
    telemetry = MemoryTelemetry()
    model = kit.FakeModel(
        [UpstreamError("fake: HTTP status 503", kind="status", status=503)], kit.says("It is good.")
    )
    target = Target("small", model, "small-1")
    request = {"messages": [], "max_tokens": 5, "temperature": 0.5, "top_p": "x"}
    turn = make_turn(tier="standard", request=request, conversation_id="c1")
    turn, _ = await run(maker(telemetry, target), turn, telemetry)
    first, second = [span for span in telemetry.spans if span.name == "chat small-1"]
    assert (first.error_type, second.error_type) == ("status", None)
    assert [s.attributes[names.ATTEMPT] for s in (first, second)] == [1, 2]
    assert second.attributes[names.GEN_AI_REQUEST_MAX_TOKENS] == 5
    assert second.attributes[names.GEN_AI_CONVERSATION] == "c1"
    assert names.GEN_AI_REQUEST_TOP_P not in second.attributes
    assert second.attributes[names.GEN_AI_OUTPUT_TOKENS] == 7
    assert turn.served.attempts == 2
    durations = [a for name, _, a in telemetry.measures if name == names.MODEL_DURATION]
    assert [a.get(names.ERROR_TYPE) for a in durations] == ["status", None]


async def test_each_check_is_a_span_under_the_pipeline(make_turn: Any, kit: Any) -> None:
    telemetry = MemoryTelemetry()
    checks = (Check(kit.FakeCheck()), Check(kit.FakeCheck(Scope.SENTENCE, "tone"), shadow=True))
    model = kit.FakeModel(kit.says("One is good. Two is BROKEN."))
    gates = maker(telemetry, Target("small", model, "m"), checks=checks)
    await run(gates, make_turn(tier="standard"), telemetry)
    spans = [s for s in telemetry.spans if s.name.startswith("handrail.validate")]
    assert sorted((s.name.split()[1], s.attributes[names.SENTENCE]) for s in spans) == [
        ("grounding", 0),
        ("grounding", 1),
        ("tone", 0),
        ("tone", 1),
    ]
    assert [s.error_type for s in spans].count("RuntimeError") == 2
    assert telemetry.total(names.VALIDATOR_OUTCOMES, outcome="error") == 2
    assert telemetry.total(names.VALIDATOR_OUTCOMES, outcome="pass") == 2


async def test_a_tier_that_nobody_defined_is_an_upstream_failure(make_turn: Any) -> None:
    telemetry = MemoryTelemetry()
    with pytest.raises(UpstreamError, match="no tier"):
        await run(maker(telemetry), make_turn(tier="other"), telemetry)


async def test_closing_closes_each_provider_once(kit: Any) -> None:
    one, two = kit.FakeModel(), kit.FakeModel()
    gates = maker(
        MemoryTelemetry(), Target("a", one, "x"), Target("b", one, "y"), Target("c", two, "z")
    )
    await gates.close()
    assert (one.closed, two.closed) == (True, True)

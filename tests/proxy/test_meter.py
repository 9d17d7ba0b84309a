from typing import Any

import pytest

from policies.decision import HandOff
from policies.findings import Finding, Reason, Severity
from policies.turn import CacheUse, HandoffRef, Served
from proxy.meter import meter
from proxy.telemetry import names
from proxy.telemetry.memory import MemoryTelemetry


def test_a_turn_is_counted_by_its_outcome(make_turn: Any) -> None:
    telemetry = MemoryTelemetry()
    turn = make_turn(
        decision=HandOff(Reason.NOT_IN_KB),
        handoff=HandoffRef("h", "created", "q"),
        entities={"PERSON": 2, "IBAN_CODE": 1},
        cache=CacheUse("store"),
        served=Served(model="small", cost_usd=0.5),
        marks={"total": 50.0, "model": 30.0},
    )
    meter(telemetry, turn)
    total = telemetry.total
    assert total(names.REQUESTS, handrail__action="escalate", handrail__policy__id="shop") == 1
    assert total(names.PII_ENTITIES, type="PERSON") == 2
    assert total(names.HANDOFFS, handrail__handoff__reason="not_in_kb") == 1
    assert total(names.CACHE_LOOKUPS, handrail__cache__status="miss") == 1
    assert total(names.COST, model="small") == 0.5
    assert [(n, round(v, 6)) for n, v, _ in telemetry.measures] == [(names.OVERHEAD, 0.02)]


def test_what_came_of_a_judge_is_counted(make_turn: Any) -> None:
    telemetry = MemoryTelemetry()
    aspects = ("judge_supported", "judge_timeout", "judge_timeout", "number")
    found = [Finding("grounding", None, Severity.INFO, aspect=aspect) for aspect in aspects]
    meter(telemetry, make_turn().adding(*found))
    assert telemetry.total(names.JUDGE_OUTCOMES, outcome="supported") == 1
    assert telemetry.total(names.JUDGE_OUTCOMES, outcome="timeout") == 2
    assert telemetry.total(names.JUDGE_OUTCOMES) == 3


def test_what_did_not_happen_is_not_counted(make_turn: Any) -> None:
    telemetry = MemoryTelemetry()
    meter(telemetry, make_turn())
    assert telemetry.total(names.HANDOFFS) == telemetry.total(names.COST) == 0
    assert telemetry.total(names.CACHE_LOOKUPS, handrail__cache__status="bypass") == 1


@pytest.mark.parametrize("status", ["queued", "delivered"])
def test_only_new_handoffs_are_counted(make_turn: Any, status: str) -> None:
    telemetry = MemoryTelemetry()
    meter(telemetry, make_turn(handoff=HandoffRef("h", status, "q")))
    assert telemetry.total(names.HANDOFFS) == 0
    assert telemetry.total(names.REQUESTS) == 1

"""The admin port's reading routes."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from policies.errors import StoreError
from proxy.records.memory import MemoryRecordStore

DECISIONS = "/handrail/v1/decisions"
HANDOFFS = "/handrail/v1/handoffs"


@pytest.mark.parametrize("files", [False, True])
async def test_a_decision_is_listed_and_shown(labs: Any, files: bool) -> None:
    lab = await labs(files=files)
    reply = await lab.ask("returns: how long?")
    await lab.settle()
    await lab.ask("fraud: my card")
    await lab.settle()
    listed = (await lab.admin.call("GET", DECISIONS)).json()["data"]
    assert [row["action"] for row in listed] == ["escalate", "pass"]
    shown = await lab.admin.call("GET", f"{DECISIONS}/{reply.handrail['id']}")
    assert shown.json()["answer"] == "Parcels go back within 30 days."


async def test_decisions_can_be_narrowed(lab: Any) -> None:
    await lab.ask("returns: how long?")
    await lab.settle()
    await lab.ask("fraud: my card")
    await lab.settle()
    for query, expected in [
        ("action=escalate", ["fraud"]),
        ("intent=returns", ["returns"]),
        ("limit=1", ["fraud"]),
    ]:
        rows = (await lab.admin.call("GET", f"{DECISIONS}?{query}")).json()["data"]
        assert [row["intent"]["name"] for row in rows] == expected


@pytest.mark.parametrize("files", [False, True])
async def test_handoffs_are_listed_and_shown(labs: Any, files: bool) -> None:
    lab = await labs(files=files)
    reply = await lab.ask("fraud: my card")
    handoff_id = reply.headers["x-handrail-handoff-id"]
    [row] = (await lab.admin.call("GET", HANDOFFS)).json()["data"]
    assert (row["id"], row["queue"], row["reason"]) == (handoff_id, "fraud", "immediate_intent")
    shown = (await lab.admin.call("GET", f"{HANDOFFS}/{handoff_id}")).json()
    assert shown["packet"]["handoff_id"] == handoff_id
    assert (await lab.admin.call("GET", f"{HANDOFFS}?status=open")).json() == {"data": [row]}


@pytest.mark.parametrize("path", [f"{DECISIONS}/hr_unknown", f"{HANDOFFS}/unknown"])
async def test_what_does_not_exist_is_a_404(lab: Any, path: str) -> None:
    reply = await lab.admin.call("GET", path)
    assert (reply.status, reply.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize("limit", ["0", "501", "-1", "x", "", "9" * 5000])
async def test_a_senseless_limit_is_refused(lab: Any, limit: str) -> None:
    reply = await lab.admin.call("GET", f"{DECISIONS}?limit={limit}")
    assert (reply.status, reply.json()["error"]["param"]) == (400, "limit")


@pytest.mark.parametrize(
    ("path", "param", "known"),
    [
        (f"{HANDOFFS}?status=opne", "status", "open, claimed, resolved, released"),
        (f"{DECISIONS}?action=", "action", "pass, rewrite, escalate, block"),
    ],
)
async def test_an_unknown_filter_is_refused(lab: Any, path: str, param: str, known: str) -> None:
    reply = await lab.admin.call("GET", path)
    error = reply.json()["error"]
    assert (reply.status, error["param"]) == (400, param)
    assert error["message"] == f"{param} must be one of: {known}."


class DeadStore(MemoryRecordStore):
    """Can't be read."""

    def decisions(self, **_: Any) -> Any:
        msg = "records: disk gone"
        raise StoreError(msg)


async def test_records_that_can_not_be_read_are_a_503(lab: Any) -> None:
    lab.live.current = replace(lab.live.current, records=DeadStore())
    reply = await lab.admin.call("GET", DECISIONS)
    assert reply.status == 503
    assert "disk gone" in reply.json()["error"]["message"]


async def test_a_slow_model_does_not_keep_operators_waiting(labs: Any, kit: Any) -> None:
    go = asyncio.Event()
    lab = await labs([go, *kit.says("It is good.")])
    under_way = lab.open("returns: how long?")
    await kit.until(lambda: lab.model.calls)
    reply = await lab.admin.call("GET", DECISIONS)
    assert reply.json() == {"data": []}
    assert not under_way.task.done()
    go.set()
    await under_way.task


async def test_metrics_are_what_telemetry_renders(lab: Any) -> None:
    lab.live.current = replace(lab.live.current, metrics=lambda: (b"handrail 1\n", "text/plain"))
    reply = await lab.admin.call("GET", "/metrics")
    assert (reply.body, reply.headers["content-type"]) == (
        b"handrail 1\n",
        "text/plain; charset=utf-8",
    )

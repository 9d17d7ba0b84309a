from dataclasses import replace
from typing import Any

import pytest

from policies.errors import StoreError
from proxy.records.memory import MemoryRecordStore


class DeadStore(MemoryRecordStore):
    """Can't be written."""

    def ping(self) -> None:
        msg = "records: disk full"
        raise StoreError(msg)


async def test_a_fresh_process_is_live_and_ready(lab: Any) -> None:
    assert (await lab.proxy.call("GET", "/livez")).json() == {"status": "ok"}
    ready = await lab.proxy.call("GET", "/readyz")
    assert ready.status == 200
    assert ready.json()["config"] == lab.snapshot.hash
    assert ready.json()["knowledge"] == lab.snapshot.knowledge.revision[:12]


@pytest.mark.parametrize("what", ["draining", "records can't be written"])
async def test_readiness_names_what_is_wrong_and_liveness_stays(lab: Any, what: str) -> None:
    if what == "draining":
        lab.live.draining = True
    else:
        lab.live.current = replace(lab.live.current, records=DeadStore())
    ready = await lab.proxy.call("GET", "/readyz")
    assert (ready.status, ready.json()["problems"]) == (503, [what])
    assert (await lab.proxy.call("GET", "/livez")).status == 200


async def test_readiness_does_not_depend_on_a_provider(labs: Any) -> None:
    lab = await labs([RuntimeError("dead")])
    await lab.ask("returns: x")
    assert (await lab.proxy.call("GET", "/readyz")).status == 200

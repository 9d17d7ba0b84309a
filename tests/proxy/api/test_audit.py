"""The audit log on the admin port."""

from typing import Any

import pytest

from policies.errors import StoreError
from proxy.records.memory_cases import MemoryAudit

AUDIT = "/handrail/v1/audit"


async def test_entries_are_listed_filtered_and_paged(lab: Any) -> None:
    for number in range(3):
        lab.stores.records.audit.record("kim", "handoff.claim", f"h{number}")
    found = (await lab.admin.call("GET", AUDIT)).json()["data"]
    assert [entry["target"] for entry in found] == ["h2", "h1", "h0"]
    second = await lab.admin.call("GET", f"{AUDIT}?limit=1&after={found[0]['seq']}")
    assert [entry["target"] for entry in second.json()["data"]] == ["h1"]
    mine = await lab.admin.call("GET", f"{AUDIT}?target=h0&actor=kim")
    assert len(mine.json()["data"]) == 1
    assert (await lab.admin.call("GET", f"{AUDIT}?action=other")).json() == {"data": []}


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "after=-1", "who=kim"])
async def test_a_senseless_query_is_refused(lab: Any, query: str) -> None:
    reply = await lab.admin.call("GET", f"{AUDIT}?{query}")
    assert (reply.status, reply.json()["error"]["param"]) == (400, query.partition("=")[0])


@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT"])
async def test_nobody_changes_it_from_outside(lab: Any, method: str) -> None:
    assert (await lab.admin.call(method, AUDIT, {})).status == 405


class Gone(MemoryAudit):
    def entries(self, **_: Any) -> Any:
        raise StoreError("the disk is gone")


async def test_a_log_that_can_t_be_read_says_so(lab: Any) -> None:
    lab.stores.records.audit = Gone()
    reply = await lab.admin.call("GET", AUDIT)
    assert (reply.status, "disk is gone" in reply.json()["error"]["message"]) == (503, True)

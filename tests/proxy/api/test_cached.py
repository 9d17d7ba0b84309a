"""The admin port's routes to cached answers, and what they do to a bot's next request."""

from typing import Any

import pytest

PREFIX = "/handrail/v1/cache"
FIRST = "returns: how long does a refund take?"
SAME = "returns: hi, how many days does it take to get refunds pls"


async def listed(lab: Any, query: str = "") -> Any:
    reply = await lab.admin.call("GET", PREFIX + query)
    assert reply.status == 200, reply.body
    return reply.json()["data"]


async def asked(lab: Any, question: str = FIRST) -> Any:
    """Ask, and wait for what is stored behind the answer."""
    reply = await lab.ask(question)
    await lab.settle()
    return reply


async def status(lab: Any, question: str) -> str:
    reply = await asked(lab, question)
    found: str = reply.headers["x-handrail-cache"]
    return found


async def test_an_answer_is_seen_and_evicted_by_its_id(lab: Any) -> None:
    await asked(lab)
    [entry] = await listed(lab)
    assert (entry["question"], entry["status"], entry["intent"]) == (FIRST, "approved", "returns")
    one = (await lab.admin.call("GET", f"{PREFIX}/{entry['id']}")).json()
    assert one["claims"][0]["evidence"][0]["source_id"] == "returns"
    assert await status(lab, FIRST) == "hit"
    gone = await lab.admin.call("DELETE", f"{PREFIX}/{entry['id']}")
    assert gone.json() == {"id": entry["id"], "evicted": True}
    assert await status(lab, FIRST) == "miss"
    for method in ("GET", "DELETE"):
        reply = await lab.admin.call(method, f"{PREFIX}/{entry['id']}")
        assert reply.status == 404


async def test_a_question_in_other_words_gets_the_answer(lab: Any) -> None:
    await asked(lab)
    assert await status(lab, "returns: how long do exchanges take?") == "miss"
    assert await status(lab, "returns: how long does a refund take in Spain?") == "miss"
    assert len(lab.model.calls) == 3
    reply = await asked(lab, SAME)
    assert reply.headers["x-handrail-cache"] == "hit"
    assert reply.text == "Parcels go back within 30 days."
    assert len(lab.model.calls) == 3


async def test_paraphrases_can_be_turned_off(labs: Any) -> None:
    lab = await labs(config="[cache]\nparaphrases = false")
    await asked(lab)
    assert await status(lab, SAME) == "miss"
    assert await status(lab, FIRST) == "hit"


async def test_in_review_an_answer_is_given_only_once_approved(labs: Any) -> None:
    lab = await labs(config="[cache]\nreview = true")
    await asked(lab)
    [entry] = await listed(lab, "?status=pending")
    assert await status(lab, FIRST) == "miss"
    assert await listed(lab, "?status=approved") == []
    [entry] = await listed(lab, "?status=pending")
    done = await lab.admin.call("POST", f"{PREFIX}/{entry['id']}/approve")
    assert done.json() == {"id": entry["id"], "status": "approved"}
    assert await status(lab, FIRST) == "hit"
    assert (await lab.admin.call("POST", f"{PREFIX}/nothing/approve")).status == 404


async def test_everything_or_one_tenant_is_evicted(lab: Any) -> None:
    await asked(lab)
    assert (await lab.admin.call("DELETE", f"{PREFIX}?tenant=other")).json() == {"evicted": 0}
    assert (await lab.admin.call("DELETE", PREFIX)).json() == {"evicted": 1}
    assert await listed(lab) == []


async def test_changes_are_in_the_audit(lab: Any) -> None:
    await asked(lab)
    [entry] = await listed(lab)
    headers = {"x-handrail-agent": "Kim"}
    await lab.admin.call("DELETE", f"{PREFIX}/{entry['id']}", headers=headers)
    [line] = lab.stores.records.audit.entries(action="cache.evict")
    assert (line["actor"], line["target"]) == ("Kim", entry["id"])


async def test_a_list_of_questions_fills_the_cache(lab: Any) -> None:
    body = {"questions": [FIRST, "order: where is it?", FIRST], "model": "bot"}
    done = (await lab.admin.call("POST", f"{PREFIX}/warm", body)).json()["data"]
    assert [line["status"] for line in done] == ["stored", "refused", "known"], done
    assert done[1]["reason"] == "intent order is not cached"
    assert done[0]["id"] == done[2]["id"]
    assert await status(lab, SAME) == "hit"


async def test_filling_hands_nothing_over_and_records_nothing(labs: Any, kit: Any) -> None:
    lab = await labs(kit.says("That is WRONG."))
    questions = ["dispute: I dispute this", "returns: how long?", "fraud: help"]
    body = {"questions": questions, "model": "bot"}
    done = (await lab.admin.call("POST", f"{PREFIX}/warm", body)).json()["data"]
    assert {line["status"] for line in done} == {"refused"}
    assert await lab.packets() == []
    assert await lab.records() == []


async def test_a_bot_with_a_prompt_needs_it_to_hit(lab: Any) -> None:
    body = {"questions": [FIRST], "model": "bot", "system": "Be brief."}
    await lab.admin.call("POST", f"{PREFIX}/warm", body)
    assert await status(lab, FIRST) == "miss"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"questions": []},
        {"questions": "q"},
        {"questions": [7]},
        {"questions": [None]},
        {"questions": ["q"], "model": "titles"},
        {"questions": ["q"], "model": "bot", "parameters": {"messages": []}},
        {"questions": ["q"], "model": "bot", "scope": {"market": 7}},
        {"questions": ["q"], "surprise": 1},
        {"questions": ["q"] * 101, "model": "bot"},
    ],
)
async def test_a_list_that_is_none_is_refused(lab: Any, body: Any) -> None:
    reply = await lab.admin.call("POST", f"{PREFIX}/warm", body)
    assert reply.status == 400, reply.body
    assert lab.model.calls == []


@pytest.mark.parametrize("query", ["?limit=0", "?status=new", "?surprise=1"])
async def test_a_wrong_query_is_refused(lab: Any, query: str) -> None:
    assert (await lab.admin.call("GET", PREFIX + query)).status == 400


async def test_without_a_cache_the_routes_say_so(labs: Any) -> None:
    lab = await labs(config="[cache]\nenabled = false", files=True)
    for method, path in [("GET", ""), ("DELETE", ""), ("POST", "/warm"), ("POST", "/x/approve")]:
        reply = await lab.admin.call(method, PREFIX + path, {"questions": ["q"]})
        assert (reply.status, reply.json()["error"]["code"]) == (409, "cache_off")


async def test_a_broken_cache_is_a_miss_for_bots_and_an_error_for_operators(
    labs: Any, caplog: pytest.LogCaptureFixture
) -> None:
    lab = await labs(files=True)
    await asked(lab)
    lab.stores.cache.close()
    folder = lab.folder / "data" / "cache"
    for file in folder.glob("cache.db*"):
        file.write_bytes(b"no database " * 500)
    assert await status(lab, FIRST) == "miss"
    assert "could not be read" in caplog.text
    reply = await lab.admin.call("GET", PREFIX)
    assert (reply.status, reply.json()["error"]["code"]) == (503, "cache_failed")

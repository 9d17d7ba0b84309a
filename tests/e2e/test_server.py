"""The real command in a process of its own, with real redaction, classifier and checks."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

NAME = "Jonathan Whitaker"
QUESTION = f"My name is {NAME}, how many days do I have to return a parcel?"


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(60)) as session:
        yield session


def chat(text: str, **more: Any) -> dict[str, Any]:
    return {"model": "any", "messages": [{"role": "user", "content": text}], **more}


async def post(http: aiohttp.ClientSession, url: str, body: Any) -> tuple[int, Any]:
    async with http.post(url, json=body) as response:
        return response.status, await response.json()


async def get(http: aiohttp.ClientSession, url: str) -> Any:
    async with http.get(url) as response:
        return await response.json()


async def test_a_question_is_answered_from_the_pages(
    real_server: Any, http: aiohttp.ClientSession
) -> None:
    status, body = await post(http, f"{real_server.url}/v1/chat/completions", chat(QUESTION))
    assert status == 200
    assert "30 days" in body["choices"][0]["message"]["content"]
    assert body["handrail"]["action"] == "pass"
    assert body["handrail"]["verdict"] == "grounded"
    assert body["handrail"]["pii"]["entity_counts"] == {"PERSON": 1}
    record = await get(http, f"{real_server.admin}/handrail/v1/decisions/{body['handrail']['id']}")
    assert NAME not in json.dumps(record)
    assert "PERSON_" in record["question"]


async def test_an_invented_answer_is_withheld(
    real_server: Any, http: aiohttp.ClientSession
) -> None:
    asked = chat("Please invent a policy on how to return a parcel", model="script")
    _, body = await post(http, f"{real_server.url}/v1/chat/completions", asked)
    content = body["choices"][0]["message"]["content"]
    assert content.startswith("A colleague takes over.")
    assert "bicycle" not in content
    handoff_id = body["handrail"]["handoff"]["id"]
    found = await get(http, f"{real_server.admin}/handrail/v1/handoffs/{handoff_id}")
    assert "bicycle" in found["packet"]["draft"]["text"]


async def test_metrics_are_exported(real_server: Any, http: aiohttp.ClientSession) -> None:
    await post(http, f"{real_server.url}/v1/chat/completions", chat(QUESTION))
    async with http.get(f"{real_server.admin}/metrics") as response:
        text = await response.text()
    assert "handrail_requests_total" in text
    assert NAME not in text


async def test_a_changed_page_and_a_changed_policy_are_picked_up(
    real_server: Any, http: aiohttp.ClientSession, kit: Any
) -> None:
    async def until_it_differs(key: str, before: str) -> str:
        async with asyncio.timeout(90):
            while True:
                now: str = (await get(http, f"{real_server.url}/readyz"))[key]
                if now != before:
                    return now
                await asyncio.sleep(0.1)

    first = await get(http, f"{real_server.url}/readyz")
    page = real_server.folder / "pages" / "more.md"
    page.write_text("# Gift cards\n\nGift cards never expire.\n")
    second = await until_it_differs("knowledge", first["knowledge"])
    page.write_bytes(b"\xff\xfe\x00")
    await kit.until(lambda: "the old pages stay" in real_server.log())
    config = real_server.folder / "config.toml"
    config.write_text(config.read_text() + "\n[expose]\ndetail = 'everything'\n")
    await kit.until(lambda: "the old one stays" in real_server.log())
    now = await get(http, f"{real_server.url}/readyz")
    assert (now["knowledge"], now["config"]) == (second, first["config"])
    page.unlink()
    config.write_text(config.read_text().replace("everything", "full"))
    await until_it_differs("config", first["config"])
    _, body = await post(http, f"{real_server.url}/v1/chat/completions", chat(QUESTION))
    assert body["handrail"]["citations"]
    page.write_text("# Gift cards\n\nGift cards last for two years.\n")
    await until_it_differs("knowledge", first["knowledge"])


async def test_sigterm_finishes_the_answer_under_way(
    real_server: Any, http: aiohttp.ClientSession
) -> None:
    asked = chat("slowly: how many days to return a parcel?", model="script", stream=True)
    async with http.post(f"{real_server.url}/v1/chat/completions", json=asked) as response:
        first = await response.content.readany()
        real_server.process.send_signal(signal.SIGTERM)
        body = first + await response.read()
    assert body.endswith(b"data: [DONE]\n\n")
    assert b'"handrail"' in body
    assert await asyncio.to_thread(real_server.process.wait, 30) == 0
    log = real_server.log()
    assert NAME not in log
    assert "Traceback" not in log
    assert "ERROR" not in log.replace("ERROR handrail.knowledge", "").replace(
        "ERROR handrail.start: configuration not reloaded", ""
    )

"""Files that change while they are served."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from proxy.watch import watch_config, watch_knowledge
from proxy.wiring import Overrides, build
from validators.testing import FakeRedactor


@pytest.fixture
async def stop() -> AsyncIterator[asyncio.Event]:
    event = asyncio.Event()
    yield event
    event.set()


async def watched_lab(labs: Any, kit: Any) -> Any:
    base = kit.CONFIG.replace("watch = false", "watch = true")
    return await labs(base=base, knowledge=None)


async def write(path: Path, text: str) -> None:
    await asyncio.to_thread(path.write_text, text)


async def test_a_changed_page_is_served_and_a_broken_one_keeps_the_old(
    labs: Any, kit: Any, stop: asyncio.Event, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "handrail.knowledge")
    lab = await watched_lab(labs, kit)
    knowledge = lab.snapshot.knowledge
    watching = asyncio.ensure_future(watch_knowledge(lab.live, lab.loaded, stop, every_s=0.02))
    first = knowledge.revision
    page = lab.folder / "pages" / "returns.md"
    await write(page, "# Returns\n\nParcels may go back within 60 days.\n")
    await kit.until(lambda: knowledge.revision != first)
    second = knowledge.revision
    assert "60 days" in knowledge.search("parcels back")[0].text
    await asyncio.to_thread(page.write_bytes, b"\xff\xfe\x00broken")
    await kit.until(lambda: "the old pages stay" in caplog.text)
    assert knowledge.revision == second
    assert "60 days" in knowledge.search("parcels back")[0].text
    stop.set()
    await asyncio.wait_for(watching, 10)


async def test_after_a_reload_the_new_knowledge_is_watched(
    labs: Any, kit: Any, stop: asyncio.Event
) -> None:
    lab = await watched_lab(labs, kit)
    parts = Overrides(redactor=FakeRedactor({}), classifier=kit.FakeClassifier())
    old, new = lab.snapshot, await asyncio.to_thread(build, lab.loaded, lab.stores, parts)
    watching = asyncio.ensure_future(watch_knowledge(lab.live, lab.loaded, stop, every_s=0.02))
    for n, served in enumerate((old, new)):
        lab.live.current = served
        first = served.knowledge.revision
        await write(lab.folder / "pages" / f"more{n}.md", "# More\n\nGift cards never expire.\n")
        await kit.until(lambda now=served, then=first: now.knowledge.revision != then)
    stop.set()
    await asyncio.wait_for(watching, 10)


async def test_watching_can_be_turned_off(lab: Any, stop: asyncio.Event) -> None:
    watching = asyncio.ensure_future(watch_knowledge(lab.live, lab.loaded, stop, every_s=0.01))
    await asyncio.sleep(0.05)
    assert not watching.done()  # it waits for a reload that turns it on
    stop.set()
    await asyncio.wait_for(watching, 10)


async def test_folders_that_can_not_be_watched_are_told(
    labs: Any, kit: Any, stop: asyncio.Event, caplog: pytest.LogCaptureFixture
) -> None:
    lab = await watched_lab(labs, kit)
    knowledge = lab.snapshot.config.knowledge.model_copy(update={"sources": [7]})
    config = lab.snapshot.config.model_copy(update={"knowledge": knowledge})
    lab.live.current = replace(lab.snapshot, config=config)
    watching = asyncio.ensure_future(watch_knowledge(lab.live, lab.loaded, stop, every_s=0.01))
    await kit.until(lambda: "no longer watched" in caplog.text)
    stop.set()
    await asyncio.wait_for(watching, 10)


async def reloads(lab: Any, stop: asyncio.Event) -> tuple[list[int], Callable[[], Any]]:
    seen: list[int] = []

    async def reload() -> None:
        seen.append(len(seen))

    task = asyncio.ensure_future(watch_config(lab.live, lab.loaded, stop, reload, every_s=0.02))
    await asyncio.sleep(0.1)
    return seen, lambda: asyncio.wait_for(task, 10)


@pytest.mark.parametrize("name", ["config.toml", "policy.toml"])
async def test_a_changed_file_reloads_once(
    lab: Any, kit: Any, stop: asyncio.Event, name: str
) -> None:
    seen, done = await reloads(lab, stop)
    assert seen == []
    path = lab.folder / name
    await write(path, path.read_text() + "\n# changed\n")
    await kit.until(lambda: seen)
    await asyncio.sleep(0.1)
    assert seen == [0]
    await write(path, path.read_text() + "\n# again\n")
    await kit.until(lambda: len(seen) == 2)
    stop.set()
    await done()


async def test_a_changed_calibration_reloads(lab: Any, kit: Any, stop: asyncio.Event) -> None:
    config = lab.snapshot.config
    policy = config.policy.model_copy(update={"calibration": "calibration.json"})
    lab.live.current = replace(lab.snapshot, config=config.model_copy(update={"policy": policy}))
    seen, done = await reloads(lab, stop)
    await write(lab.folder / "calibration.json", "{}")
    await kit.until(lambda: seen)
    stop.set()
    await done()


async def test_a_swapped_link_reloads(lab: Any, kit: Any, stop: asyncio.Event) -> None:
    policy = lab.folder / "policy.toml"
    text = policy.read_text()
    for version in ("one", "two"):
        (lab.folder / version).mkdir()
        (lab.folder / version / "policy.toml").write_text(text)
    policy.unlink()
    (lab.folder / "now").symlink_to(lab.folder / "one")
    policy.symlink_to(lab.folder / "now" / "policy.toml")
    seen, done = await reloads(lab, stop)
    (lab.folder / "next").symlink_to(lab.folder / "two")
    (lab.folder / "next").replace(lab.folder / "now")
    await kit.until(lambda: seen)
    stop.set()
    await done()


async def test_a_file_that_is_missing_for_a_moment_is_read_when_it_is_back(
    lab: Any, kit: Any, stop: asyncio.Event
) -> None:
    seen, done = await reloads(lab, stop)
    policy = lab.folder / "policy.toml"
    text = policy.read_text()
    policy.unlink()
    await kit.until(lambda: seen)  # the reload fails and the old policy stays
    await write(policy, text)
    await kit.until(lambda: len(seen) == 2)
    stop.set()
    await done()

import asyncio
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from policies.errors import Problem, StoreError
from tests.validators.knowledge.conftest import WORDS_DIMENSIONS, WordsEncoder
from validators.base import KnowledgeBase
from validators.knowledge.encoders import Model
from validators.knowledge.filling import Filling
from validators.knowledge.knowledge import LexicalKnowledge, load_knowledge
from validators.knowledge.page import Block, KnowledgeError, Page
from validators.knowledge.reload import ByWords, LiveKnowledge, ReloadResult
from validators.knowledge.sources import watched_folders

PATIENCE_S = 60


def live(base: Path) -> LiveKnowledge:
    return LiveKnowledge(lambda: load_knowledge(base, ["kb/**/*.md"]))


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "a.md").write_text("# Refunds\n\nFive days.")
    return tmp_path


def test_it_is_a_knowledge_base(base: Path) -> None:
    knowledge = live(base)
    protocol: KnowledgeBase = knowledge
    assert [p.source_id for p in protocol.search("refund")] == ["kb/a"]
    assert [p.id for p in protocol.pages(["kb/a"])] == ["kb/a#0"]
    assert protocol.revision == knowledge.current.revision
    assert (len(knowledge), knowledge.page_count) == (1, 1)
    assert knowledge.vocabulary() == frozenset()


def test_checks_know_the_recurring_names_of_the_pages_as_they_are_now(base: Path) -> None:
    knowledge = live(base)
    (base / "kb" / "b.md").write_text("# Tessa Lund in White\n\nA lamp.")
    (base / "kb" / "c.md").write_text("# Care of the Tessa Lund\n\nDust it.")
    knowledge.reload()
    assert "Tessa Lund" in knowledge.vocabulary()
    assert ByWords(knowledge).vocabulary() == knowledge.vocabulary()


def test_reload_takes_new_content(base: Path) -> None:
    knowledge = live(base)
    before = knowledge.current
    (base / "kb" / "b.md").write_text("# Delivery\n\nTwo days.")
    assert knowledge.reload() == ReloadResult(changed=True)
    assert knowledge.page_count == 2
    assert before.page_count == 1


def test_reload_of_the_same_content_keeps_the_snapshot(base: Path) -> None:
    knowledge = live(base)
    before = knowledge.current
    assert knowledge.reload() == ReloadResult(changed=False)
    assert knowledge.current is before


def test_bad_content_never_half_loads(base: Path) -> None:
    knowledge = live(base)
    before = knowledge.current
    (base / "kb" / "b.md").write_text("# Delivery\n\nTwo days.")
    (base / "kb" / "c.md").write_bytes(b"\xff")
    result = knowledge.reload()
    assert result.changed is False
    assert [problem.file for problem in result.problems] == ["kb/c.md"]
    assert knowledge.current is before


def test_an_index_that_fails_keeps_the_old_one(base: Path) -> None:
    good = load_knowledge(base, ["kb/*.md"])
    outcomes = iter([good, StoreError("no memory")])

    def load() -> LexicalKnowledge:
        outcome = next(outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    knowledge = LiveKnowledge(load)
    assert knowledge.reload().problems == (Problem("knowledge", None, "", "no memory"),)
    assert knowledge.current is good


def test_the_first_load_must_succeed(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError):
        live(tmp_path)


def test_searches_during_reloads_see_whole_snapshots() -> None:
    def snapshot(word: str) -> LexicalKnowledge:
        blocks = (Block((), f"common {word}"),)
        return LexicalKnowledge([Page(id=f"{word}{n}", title="", blocks=blocks) for n in range(5)])

    both = [snapshot("left"), snapshot("right")]
    turn = iter(range(1000))
    knowledge = LiveKnowledge(lambda: both[next(turn) % 2])
    done = threading.Event()

    def swap() -> None:
        for _ in range(200):
            knowledge.reload()
        done.set()

    thread = threading.Thread(target=swap)
    thread.start()
    while True:
        last = done.is_set()
        words = {p.text for p in knowledge.search("common")}
        assert len(words) == 1
        if last:
            break
    thread.join()


async def watching(
    knowledge: LiveKnowledge, folders: Sequence[Path], *changes: Callable[[], object]
) -> list[ReloadResult]:
    """Make the changes while watching, each after the result of the one before."""
    stop = asyncio.Event()
    results: asyncio.Queue[ReloadResult] = asyncio.Queue()
    watch = knowledge.watch(stop, folders, results.put_nowait, debounce_ms=50, poll_ms=200)
    task = asyncio.create_task(watch)
    seen = []
    try:
        async with asyncio.timeout(PATIENCE_S):
            for change in changes:
                await asyncio.to_thread(change)
                seen.append(await results.get())
    finally:
        stop.set()
        async with asyncio.timeout(PATIENCE_S):
            await task
    return seen


def version(folder: Path, text: str) -> None:
    folder.mkdir(parents=True)
    (folder / "a.md").write_text(f"# Version\n\n{text}")


def swap_link(link: Path, target: str) -> None:
    fresh = link.with_name("..fresh")
    fresh.symlink_to(target)
    fresh.rename(link)


async def test_changed_files_are_seen(base: Path) -> None:
    knowledge = live(base)
    results = await watching(
        knowledge,
        watched_folders(base, ["kb/**/*.md"]),
        lambda: (base / "kb" / "a.md").write_text("# Refunds\n\nSix days."),
        lambda: (base / "kb" / "a.md").write_bytes(b"\xff"),
        lambda: (base / "kb" / "a.md").write_text("# Refunds\n\nSeven days."),
    )
    assert [result.changed for result in results] == [True, False, True]
    assert [problem.file for problem in results[1].problems] == ["kb/a.md"]
    assert knowledge.search("refunds")[0].text == "Seven days."


async def test_a_swapped_link_of_a_mounted_volume_is_seen(tmp_path: Path) -> None:
    kb = tmp_path / "kb"
    version(kb / "..1", "one")
    version(kb / "..2", "two")
    (kb / "..data").symlink_to("..1")
    (kb / "a.md").symlink_to("..data/a.md")
    knowledge = live(tmp_path)
    results = await watching(
        knowledge,
        (kb,),
        lambda: swap_link(kb / "..data", "..2"),
        lambda: swap_link(kb / "..data", "..1"),
    )
    assert [result.changed for result in results] == [True, True]
    assert knowledge.search("version")[0].text == "one"


async def test_a_folder_that_is_a_swapped_link_is_seen(tmp_path: Path) -> None:
    version(tmp_path / "v1", "one")
    version(tmp_path / "v2", "two")
    (tmp_path / "kb").symlink_to("v1")
    knowledge = live(tmp_path)
    results = await watching(
        knowledge,
        (tmp_path / "kb",),
        lambda: swap_link(tmp_path / "kb", "v2"),
        lambda: (tmp_path / "v2" / "a.md").write_text("# Version\n\nthree"),
        lambda: swap_link(tmp_path / "kb", "v1"),
    )
    assert [result.changed for result in results] == [True, True, True]
    assert knowledge.search("version")[0].text == "one"


async def test_a_folder_may_come_later(tmp_path: Path) -> None:
    kb = tmp_path / "kb"
    knowledge = LiveKnowledge(lambda: load_knowledge(tmp_path, ["kb/*.md"] if kb.exists() else []))
    version(tmp_path / "new", "one")
    results = await watching(
        knowledge,
        (kb,),
        lambda: (tmp_path / "new").rename(kb),
        lambda: (kb / "a.md").write_text("# Version\n\ntwo"),
    )
    assert [result.changed for result in results] == [True, True]
    assert knowledge.search("version")[0].text == "two"


async def test_watching_stops_when_told(base: Path) -> None:
    stop = asyncio.Event()
    task = asyncio.create_task(live(base).watch(stop, (base / "kb",), lambda _: None))
    await asyncio.sleep(0)
    stop.set()
    async with asyncio.timeout(PATIENCE_S):
        await task


def words_model(passages: int) -> Model:
    del passages
    return Model("words", WORDS_DIMENSIONS, WordsEncoder)


def test_meaning_is_searched_too_once_it_is_ready(base: Path) -> None:
    (base / "kb" / "a.md").write_text("# Refund\n\nRefund soon.")
    filling = Filling(None, words_model)
    knowledge = LiveKnowledge(lambda: load_knowledge(base, ["kb/**/*.md"]), filling)
    assert filling.wait(PATIENCE_S)
    assert knowledge.retrieval == "lexical and dense (words)"
    by_words: KnowledgeBase = ByWords(knowledge)
    assert by_words.search("cash money") == ()
    assert by_words.search("refund") == knowledge.current.search("refund")
    assert by_words.pages(["kb/a"]) == knowledge.pages(["kb/a"])
    assert by_words.revision == knowledge.revision
    assert [p.source_id for p in knowledge.search("cash money")] == ["kb/a"]
    (base / "kb" / "b.md").write_text("# Delivery\n\nTwo days.")
    assert knowledge.reload().changed
    assert filling.wait(PATIENCE_S)
    assert [p.source_id for p in knowledge.search("parcel parcel")] == ["kb/b"]
    assert live(base).retrieval == "lexical"

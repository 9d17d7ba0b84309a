import os
from pathlib import Path

import pytest

from policies.knowledge import Audience
from validators.base import KnowledgeBase
from validators.knowledge.knowledge import LexicalKnowledge, load_knowledge
from validators.knowledge.page import Block, KnowledgeError, Page


def build(base: Path, order: list[str]) -> LexicalKnowledge:
    base.mkdir()
    for name in order:
        (base / f"{name}.md").write_text(f"# Page {name}\n\nText of {name}.")
    return load_knowledge(base, ["*.md"])


def test_pages_are_loaded_and_searched(tmp_path: Path) -> None:
    (tmp_path / "kb.jsonl").write_text(
        '{"id": "a", "title": "Refunds", "content": "Paid within five days."}\n'
        '{"id": "b", "title": "Internal: Refund limits", "content": "At most 100."}\n'
    )
    kb: KnowledgeBase = load_knowledge(tmp_path, ["*.jsonl"], internal_titles=["^Internal:"])
    assert [(p.source_id, p.audience) for p in kb.search("refunds")] == [
        ("a", Audience.CUSTOMER),
        ("b", Audience.INTERNAL),
    ]


def test_the_revision_is_of_the_content_alone(tmp_path: Path) -> None:
    first = build(tmp_path / "one", ["a", "b", "c"])
    second = build(tmp_path / "two", ["c", "b", "a"])
    os.utime(tmp_path / "two" / "a.md", (1, 1))
    again = load_knowledge(tmp_path / "two", ["b.md", "*.md"])
    assert first.revision == second.revision == again.revision
    assert len(first.revision) == 64
    (tmp_path / "two" / "a.md").write_text("# Page a\n\nText of b.")
    assert load_knowledge(tmp_path / "two", ["*.md"]).revision != first.revision


def test_the_revision_sees_a_page_turn_internal(tmp_path: Path) -> None:
    open_to_all = build(tmp_path / "kb", ["a"])
    closed = load_knowledge(tmp_path / "kb", ["*.md"], internal_titles=["Page"])
    assert closed.revision != open_to_all.revision


def test_pages_are_given_in_the_order_asked() -> None:
    texts = [Block((f"H{n}",), " ".join(["word"] * 150)) for n in range(2)]
    pages = [Page(id=name, title=name, blocks=tuple(texts)) for name in "ba"]
    kb = LexicalKnowledge(pages)
    found = kb.pages(["b", "unknown", "a", "b"])
    assert [p.id for p in found] == ["b#0", "b#1", "a#0", "a#1"]
    assert (len(kb), kb.page_count, kb.page_ids()) == (4, 2, ("a", "b"))


def test_an_empty_knowledge_base_is_visible(tmp_path: Path) -> None:
    kb = load_knowledge(tmp_path, [])
    assert (len(kb), kb.page_count) == (0, 0)
    assert kb.search("refund") == ()
    assert kb.pages(["a"]) == ()
    assert kb.vocabulary() == frozenset()
    assert len(kb.revision) == 64


def test_vocabulary_is_of_titles() -> None:
    blocks = (Block((), "Other Words. Other Words."),)
    titles = ["Gold Card fees", "Gold Card limits"]
    pages = [Page(id=title, title=title, blocks=blocks) for title in titles]
    assert LexicalKnowledge(pages).vocabulary() == {"Gold Card"}


def test_a_bad_source_raises(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError):
        load_knowledge(tmp_path, ["*.md"])

import json
import os
from pathlib import Path
from typing import Any

import pytest

from policies.knowledge import Audience
from validators.knowledge.page import Block, KnowledgeError
from validators.knowledge.parse import parse_sources


def write(base: Path, **files: str | bytes) -> None:
    for name, content in files.items():
        path = base / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def problems_of(base: Path, *sources: str, **options: Any) -> list[str]:
    with pytest.raises(KnowledgeError) as caught:
        parse_sources(base, sources, **options)
    return [str(problem) for problem in caught.value.problems]


def test_every_format_becomes_pages(tmp_path: Path) -> None:
    write(
        tmp_path,
        a_md="---\nid: md\n---\n# Title\n\ntext",
        b_html="<title>H</title><p>text</p>",
        c_txt="text",
        d_json=json.dumps([{"id": "j", "content": "text"}, {"content": "more"}]),
        e_jsonl='{"content": "text"}\n{"content": "more"}\n',
        f_csv="title,content\nC,text\n",
    )
    pages = parse_sources(tmp_path, ["*"])
    assert [(page.id, page.title) for page in pages] == [
        ("b", "H"),
        ("c", "c"),
        ("d/2", "d"),
        ("e/1", "e"),
        ("e/2", "e"),
        ("f/1", "C"),
        ("j", "d"),
        ("md", "Title"),
    ]
    assert all(len(page.blocks) == 1 for page in pages)


def test_windows_files_read_the_same(tmp_path: Path) -> None:
    write(tmp_path, a_md=b"\xef\xbb\xbf---\r\nid: x\r\n---\r\n\r\na\r\nb\r\n\r\nc")
    (page,) = parse_sources(tmp_path, ["a.md"])
    assert (page.id, page.blocks) == ("x", (Block((), "a b"), Block((), "c")))


def test_internal_titles(tmp_path: Path) -> None:
    write(tmp_path, a_md="# Internal: x\n\ny", b_md="# Open\n\ny")
    pages = parse_sources(tmp_path, ["*.md"], internal_titles=["^Internal:"])
    assert [page.audience for page in pages] == [Audience.INTERNAL, Audience.CUSTOMER]


def test_all_problems_at_once(tmp_path: Path) -> None:
    write(
        tmp_path,
        a_md=b"ok\nbad \xff",
        b_md=" \n",
        c_pdf="x",
        d_jsonl='{"content": "x", "audience": "nobody"}',
        e_md="fine",
    )
    assert problems_of(tmp_path, "*", "none/*.md", internal_titles=["("]) == [
        (
            "config: internal_titles: '(' is not a regular expression"
            " (missing ), unterminated subpattern at position 0)"
        ),
        f"none/*.md: sources: no file matches: there is no folder {tmp_path / 'none'}",
        "a.md:2: is not UTF-8 text: save the file as UTF-8",
        "b.md: is empty: write some text, or take the file out of the sources",
        (
            "c.pdf: this kind of file can't be read: convert it to one of"
            " .md .markdown .html .htm .txt .json .jsonl .ndjson .csv"
        ),
        "d.jsonl:1: audience: must be 'customer' or 'internal'",
    ]


def test_duplicate_ids_name_both_places(tmp_path: Path) -> None:
    write(
        tmp_path,
        a_md="---\nid: x\n---\ntext",
        b_jsonl='{"content": "y"}\n{"id": "x", "content": "z"}',
    )
    assert problems_of(tmp_path, "*") == [
        "b.jsonl:2: id: the id 'x' is taken by a.md: give one of them another id"
    ]


def test_same_name_with_another_suffix_is_a_duplicate(tmp_path: Path) -> None:
    write(tmp_path, kb__a_md="x", kb__a_txt="y")
    assert problems_of(tmp_path, "kb/*") == [
        "kb/a.txt: id: the id 'kb/a' is taken by kb/a.md: give one of them another id"
    ]


def test_absurd_nesting_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    write(tmp_path, a_json="[" * 200_000)
    assert problems_of(tmp_path, "a.json") == [
        "a.json: can't be parsed (RecursionError): simplify its markup"
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_an_unreadable_file_is_a_problem(tmp_path: Path) -> None:
    write(tmp_path, a_md="x")
    (tmp_path / "a.md").chmod(0)
    assert problems_of(tmp_path, "a.md")[0].startswith("a.md: can't be read")


def test_no_sources_no_pages(tmp_path: Path) -> None:
    assert parse_sources(tmp_path, []) == ()

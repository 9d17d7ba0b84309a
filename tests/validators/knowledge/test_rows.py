import json
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validators.knowledge.page import Block, Draft, Report
from validators.knowledge.rows import read_csv, read_json, read_jsonl


def read(
    reader: Callable[[str, Report], Iterator[Draft]], text: str
) -> tuple[list[Draft], list[str]]:
    report = Report("rows", [])
    return list(reader(text, report)), [str(problem) for problem in report.found]


def test_json_lines_hold_one_page_each() -> None:
    drafts, problems = read(
        read_jsonl, '{"id": "a", "content": "# T\\n\\nx"}\n\n{"content": "y"}\n'
    )
    assert problems == []
    assert [(draft.line, draft.title) for draft in drafts] == [(1, "T"), (3, "")]
    assert drafts[1].blocks == (Block((), "y"),)


def test_json_lines_may_hold_unicode_line_ends() -> None:
    drafts, problems = read(read_jsonl, '{"content": "a\u2028b\u0085c"}')
    assert problems == []
    assert drafts[0].blocks == (Block((), "a b c"),)


def test_every_bad_line_is_reported() -> None:
    drafts, problems = read(read_jsonl, '{"content": "a"}\n{oops\n[1]\n{"content": " "}\n{"id": 4}')
    assert len(drafts) == 1
    assert [problem.split(": ")[0] for problem in problems] == [f"rows:{n}" for n in (2, 3, 4, 5)]
    assert problems[2].startswith("rows:4: content: no text")


def test_a_json_array_or_one_row() -> None:
    drafts, problems = read(read_json, '[{"content": "a"}, {"Content": "b"}]')
    assert ([draft.key for draft in drafts], problems) == (["[0]", "[1]"], [])
    drafts, problems = read(read_json, '{"content": "a"}')
    assert ([draft.key for draft in drafts], problems) == ([""], [])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[\n{"content": "a",}]', "rows:2: not valid JSON"),
        ("[]", "rows: holds no rows"),
        ("[3]", "rows: [0]: a row is an object"),
        ('[{"content": 5}]', "rows: [0].content: no text"),
    ],
)
def test_bad_json(text: str, problem: str) -> None:
    drafts, problems = read(read_json, text)
    assert drafts == []
    assert [p.startswith(problem) for p in problems] == [True]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_with_any_usual_separator(separator: str) -> None:
    text = separator.join(["ID", "title", "content"]) + "\n"
    text += separator.join(["1", "T", '"two\nlines, said ""he"""']) + "\n\n"
    text += separator.join(["2", "", "x"])
    drafts, problems = read(read_csv, text)
    assert problems == []
    assert [draft.line for draft in drafts] == [2, 5]
    assert drafts[0].fields["ID"] == "1"
    assert drafts[0].blocks == (Block((), 'two lines, said "he"'),)
    assert "title" not in drafts[1].fields


def test_csv_scope_is_pairs() -> None:
    drafts, problems = read(read_csv, "content,scope\nx,market=DE; plan=pro\ny,DE\n")
    assert [draft.fields["scope"] for draft in drafts] == [{"market": "DE", "plan": "pro"}]
    assert problems == ["rows:3: scope: write it as 'key=value; key=value'"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("id,text\n1,x", "rows:1: content: the header line names no column 'content'"),
        ("id,content\n1,x,y", "rows:2: 3 cells under 2 columns"),
        ('id,content\n1,"x"y', "rows:2: not valid CSV"),
        ("id,content\n1,", "rows:2: content: no text"),
    ],
)
def test_bad_csv(text: str, problem: str) -> None:
    drafts, problems = read(read_csv, text)
    assert drafts == []
    assert [p.startswith(problem) for p in problems] == [True]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["content", "id", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(JSON)
def test_each_row_becomes_a_draft_or_a_problem(value: object) -> None:
    drafts, problems = read(read_json, json.dumps(value))
    rows = len(value) if isinstance(value, list) and value else 1
    assert len(drafts) + len(problems) == rows


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_no_text_breaks_a_reader(text: str) -> None:
    for reader in (read_json, read_jsonl, read_csv):
        drafts, problems = read(reader, text)
        assert drafts or problems or not text.strip() or reader is not read_json

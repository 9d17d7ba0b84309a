import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.errors import ConfigError
from proxy.evals.rows import Row, read_rows, write_rows

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)


def texts(row: Row) -> str:
    return row.text("text")


def test_rows_keep_their_line_numbers(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text('{"text": "a"}\n\n{"text": "b"}\n')
    assert read_rows(path, lambda row: (row.line, row.text("text"))) == [(1, "a"), (3, "b")]


def test_every_bad_line_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text('{"text": "a"}\n{"text": 5}\n[1]\n{"text":\n{}\n')
    with pytest.raises(ConfigError) as caught:
        read_rows(path, texts)
    assert [(p.line, p.key) for p in caught.value.problems] == [
        *((2, "text"), (3, ""), (4, ""), (5, "text")),
    ]
    assert str(caught.value).startswith(f"{path}:2: text: is required: a string")


def test_a_broken_file_does_not_flood(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text("nonsense\n" * 500)
    with pytest.raises(ConfigError) as caught:
        read_rows(path, texts)
    assert len(caught.value.problems) == 20


@pytest.mark.parametrize("data", [b"", b"\n\n"])
def test_a_file_without_data_is_an_error(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "data.jsonl"
    path.write_bytes(data)
    with pytest.raises(ConfigError, match="no line of data"):
        read_rows(path, texts)


def test_a_file_that_is_not_text_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    path.write_bytes(b'{"text": "a"}\n{"text": "\xff"}\n')
    with pytest.raises(ConfigError, match=r":2: is not valid UTF-8"):
        read_rows(path, texts)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't be read"):
        read_rows(tmp_path / "none.jsonl", texts)


@given(rows=st.lists(st.dictionaries(TEXTS, TEXTS), min_size=1, max_size=5))
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]]
) -> None:
    path = tmp_path_factory.mktemp("rows") / "rows.jsonl"
    write_rows(path, rows)
    assert read_rows(path, lambda row: dict(row.data)) == rows


def test_a_place_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't be written"):
        write_rows(tmp_path / "no" / "folder.jsonl", [])


@pytest.mark.parametrize(
    ("data", "read"),
    [
        ({"a": "x"}, lambda row: row.texts("a")),
        ({"a": [1]}, lambda row: row.texts("a")),
        ({"a": 1}, lambda row: row.optional("a")),
        ({"a": "no"}, lambda row: row.truth("a")),
        ({}, lambda row: row.truth("a")),
        ({"a": "z"}, lambda row: row.one_of("a", ["x", "y"])),
    ],
)
def test_wrong_values_name_their_key(data: dict[str, Any], read: Any) -> None:
    with pytest.raises(ConfigError, match=r"f\.jsonl:7: a: "):
        read(Row("f.jsonl", 7, data))


def test_messages_quote_none_of_the_text() -> None:
    secret = "Jane Doe"
    with pytest.raises(ConfigError) as caught:
        Row("f.jsonl", 1, {"label": secret}).one_of("label", ["x"])
    assert secret not in str(caught.value)
    assert json.dumps(secret) not in str(caught.value)


def test_what_may_be_absent() -> None:
    row = Row("f.jsonl", 1, {"a": None, "list": ["x"]})
    assert row.optional("a") == ""
    assert row.optional("b") == ""
    assert row.texts("a") is None
    assert row.texts("list") == ("x",)

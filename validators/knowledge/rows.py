"""Rows into pages: JSON, JSON Lines and CSV exports, one page per row.

A row is `{id?, title?, content, url?, audience?, scope?}`; `content` is Markdown.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Final

from validators.knowledge.markdown import markdown_outline
from validators.knowledge.page import Draft, Report

_DELIMITERS: Final = ",;\t|"
_EXPECTED: Final = "a row is an object with 'content' and perhaps id, title, url, audience, scope"


def read_json(text: str, report: Report) -> Iterator[Draft]:
    """Read an array of rows, or a single row."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        report(error.lineno, "", f"not valid JSON ({error.msg}, column {error.colno})")
        return
    rows = value if isinstance(value, list) else [value]
    if not rows:
        report(None, "", "holds no rows: add some, or take the file out of the sources")
    for number, row in enumerate(rows):
        yield from _draft(row, None, f"[{number}]" if isinstance(value, list) else "", report)


def read_jsonl(text: str, report: Report) -> Iterator[Draft]:
    """Read one row per line; blank lines are skipped."""
    # Not splitlines(): a JSON string may hold U+2028 and the like as they are.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            report(number, "", f"not valid JSON ({error.msg}, column {error.colno})")
            continue
        yield from _draft(row, number, "", report)


def read_csv(text: str, report: Report) -> Iterator[Draft]:
    """Read a table with a header line; `scope` cells are `key=value; key=value`."""
    header = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = [name.strip() for name in next(reader, [])]
        if "content" not in map(str.lower, names):
            report(1, "content", "the header line names no column 'content'")
            return
        start = reader.line_num + 1
        for cells in reader:
            if any(cells):
                yield from _csv_row(names, cells, start, report)
            start = reader.line_num + 1
    except csv.Error as error:
        report(reader.line_num, "", f"not valid CSV ({error}): quote cells with '\"'")


def _csv_row(names: list[str], cells: list[str], line: int, report: Report) -> Iterator[Draft]:
    if len(cells) > len(names):
        message = (
            f"{len(cells)} cells under {len(names)} columns: quote cells that hold a separator"
        )
        report(line, "", message)
        return
    row: dict[str, object] = {n: c for n, c in zip(names, cells, strict=False) if c.strip()}
    for name in [name for name in row if name.lower() == "scope"]:
        pairs = [part.split("=", 1) for part in str(row[name]).split(";") if part.strip()]
        if any(len(pair) == 1 for pair in pairs):
            report(line, "scope", "write it as 'key=value; key=value'")
            return
        row[name] = {key.strip(): value.strip() for key, value in pairs}
    yield from _draft(row, line, "", report)


def _draft(row: object, line: int | None, key: str, report: Report) -> Iterator[Draft]:
    if not isinstance(row, Mapping):
        report(line, key, _EXPECTED)
        return
    fields = {str(name): value for name, value in row.items()}
    content = next((v for name, v in fields.items() if name.strip().lower() == "content"), None)
    if not isinstance(content, str) or not content.strip():
        report(line, f"{key}.content" if key else "content", f"no text: {_EXPECTED}")
        return
    outline = markdown_outline(content)
    yield Draft(line, key, fields, outline.finish(), outline.first_heading)

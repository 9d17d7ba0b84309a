"""From source patterns to pages: everything is read and checked, or nothing is."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from policies.errors import Problem
from validators.knowledge.fields import make_page
from validators.knowledge.html import read_html
from validators.knowledge.markdown import read_markdown
from validators.knowledge.page import Draft, KnowledgeError, Page, Report
from validators.knowledge.plain import read_plain
from validators.knowledge.rows import read_csv, read_json, read_jsonl
from validators.knowledge.sources import SourceFile, find_files

Reader = Callable[[str, Report], Iterator[Draft]]

READERS: Final[Mapping[str, Reader]] = MappingProxyType(
    {
        ".md": read_markdown,
        ".markdown": read_markdown,
        ".html": read_html,
        ".htm": read_html,
        ".txt": read_plain,
        ".json": read_json,
        ".jsonl": read_jsonl,
        ".ndjson": read_jsonl,
        ".csv": read_csv,
    }
)
_ROWS: Final = frozenset({read_json, read_jsonl, read_csv})


def parse_sources(
    base: Path, sources: Sequence[str], *, internal_titles: Sequence[str] = ()
) -> tuple[Page, ...]:
    """Read all pages that the glob patterns name, sorted by id.

    Patterns are relative to `base` or absolute; `internal_titles` are regular expressions
    that make a page internal if they are found in its title. Raises `KnowledgeError` with
    every problem of every file.
    """
    problems: list[Problem] = []
    internal = _patterns(internal_titles, problems)
    pages: list[Page] = []
    for file in find_files(base, sources, problems):
        pages += _parse_file(file, internal, Report(file.name, problems))
    problems += _duplicates(pages)
    if problems:
        raise KnowledgeError(*problems)
    return tuple(sorted(pages, key=lambda page: page.id))


def _patterns(sources: Sequence[str], problems: list[Problem]) -> list[re.Pattern[str]]:
    patterns: list[re.Pattern[str]] = []
    for source in sources:
        try:
            patterns.append(re.compile(source))
        except re.error as error:
            message = f"'{source}' is not a regular expression ({error})"
            problems.append(Problem("config", None, "internal_titles", message))
    return patterns


def _parse_file(
    file: SourceFile, internal: Sequence[re.Pattern[str]], report: Report
) -> Iterator[Page]:
    reader = READERS.get(file.path.suffix.lower())
    if reader is None:
        known = " ".join(READERS)
        report(None, "", f"this kind of file can't be read: convert it to one of {known}")
        return
    text = _read(file.path, report)
    if text is None:
        return
    rows = reader in _ROWS
    try:
        drafts = list(reader(text, report))
    except Exception as error:  # noqa: BLE001 - a parser's own bug must name the file, not end the process
        report(None, "", f"can't be parsed ({type(error).__name__}): simplify its markup")
        return
    for number, draft in enumerate(drafts, 1):
        own_id = f"{file.stem}/{number}" if rows else file.stem
        page = make_page(draft, (own_id, Path(file.stem).name), internal, report)
        if page is not None:
            yield page


def _read(path: Path, report: Report) -> str | None:
    """Return the file's text with plain newlines; None if there is none to read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        report(None, "", f"can't be read ({error.strerror}): check its permissions")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        report(line, "", "is not UTF-8 text: save the file as UTF-8")
        return None
    if not text.strip():
        report(None, "", "is empty: write some text, or take the file out of the sources")
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _duplicates(pages: Iterable[Page]) -> Iterator[Problem]:
    first: dict[str, Page] = {}
    for page in pages:
        other = first.setdefault(page.id, page)
        if other is not page:
            place = other.file if other.line is None else f"{other.file}:{other.line}"
            message = f"the id '{page.id}' is taken by {place}: give one of them another id"
            yield Problem(page.file, page.line, "id", message)

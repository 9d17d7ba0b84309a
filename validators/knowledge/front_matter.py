"""Front matter: a YAML mapping between two lines of `---` at the top of a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import yaml
from markdown_it import MarkdownIt
from mdit_py_plugins.front_matter import front_matter_plugin

from validators.knowledge.page import Report

_PARSER: Final = MarkdownIt("zero").use(front_matter_plugin)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The head of a file, and the text below it."""

    fields: Mapping[str, object]
    body: str


def split_front_matter(text: str, report: Report) -> FrontMatter | None:
    """Split a file; None if its front matter can't be read, which is then reported.

    Damaged front matter is never taken for text: it may hold the line that makes a page
    internal.
    """
    trimmed = text.lstrip()
    skipped = text[: len(text) - len(trimmed)].count("\n")
    if not trimmed.startswith("---"):
        return FrontMatter({}, text)
    token = next(iter(_PARSER.parse(trimmed)), None)
    if token is None or token.type != "front_matter" or token.map is None:
        message = "front matter is opened here but not closed: end it with a line '---'"
        report(skipped + 1, "", message)
        return None
    body = "\n".join(trimmed.split("\n")[token.map[1] :])
    fields = _mapping(token.content, skipped + 1, report)
    return None if fields is None else FrontMatter(fields, body)


def _mapping(source: str, line: int, report: Report) -> Mapping[str, object] | None:
    """Parse the YAML; `line` is the line of the opening `---`."""
    try:
        fields = yaml.safe_load(source)
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark.line + 1 if error.problem_mark else 0
        why = error.problem or "not YAML"
        report(line + at, "", f"front matter is not valid YAML ({why}): quote values with ':'")
        return None
    except (yaml.YAMLError, ValueError):
        report(line, "", "front matter is not valid YAML: write 'key: value' lines")
        return None
    if fields is None:
        return {}
    if not isinstance(fields, dict):
        report(line, "", "front matter must be 'key: value' lines")
        return None
    return {str(key): value for key, value in fields.items()}

"""Checks the fields of a front matter or row and makes a page of them."""

import difflib
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from policies.knowledge import NO_SCOPE, Audience
from validators.knowledge.outline import clean
from validators.knowledge.page import Block, Draft, Page, Report

_KNOWN: Final = ("id", "title", "content", "url", "audience", "scope")
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_MISTYPED = 0.8
"""Similarity from which an unknown key is taken for a known one written wrong."""


def make_page(
    draft: Draft, fallback: tuple[str, str], internal: Sequence[re.Pattern[str]], report: Report
) -> Page | None:
    """Build a page; None if a field is not valid, which is then reported.

    `fallback` holds the id and title for a page that names none. Keys are compared without
    regard to case; keys of other tools (tags, author) are ignored, but not those that look
    like a mistyped known one: a page meant to be internal would be shown to customers.
    """
    before = len(report.found)
    fields = _Fields(draft, report)
    fields.check_names()
    title = fields.text("title") or draft.title or fallback[1]
    blocks = _without_title(draft.blocks, title)
    if all(block.text == title for block in blocks):
        fields.problem("", "holds no text: write some, or take the page out of the sources")
    audience = fields.audience()
    if any(pattern.search(title) for pattern in internal):
        audience = Audience.INTERNAL
    page = Page(
        id=fields.text("id") or fallback[0],
        title=title,
        blocks=blocks,
        url=fields.url(),
        audience=audience,
        scope=fields.scope(),
        file=report.file,
        line=draft.line,
    )
    return page if len(report.found) == before else None


def _without_title(blocks: Sequence[Block], title: str) -> tuple[Block, ...]:
    """Drop the title from the heading paths: every passage has it anyway."""
    return tuple(
        Block(block.headings[1:], block.text) if block.headings[:1] == (title,) else block
        for block in blocks
    )


class _Fields:
    """Typed access to the fields of one draft."""

    def __init__(self, draft: Draft, report: Report) -> None:
        self._values = {name.strip().lower(): value for name, value in draft.fields.items()}
        self._draft = draft
        self._report = report

    def problem(self, key: str, message: str) -> None:
        where = ".".join(filter(None, (self._draft.key, key)))
        self._report(self._draft.line, where, message)

    def check_names(self) -> None:
        for name in self._values:
            if name in _KNOWN:
                continue
            close = difflib.get_close_matches(name, _KNOWN, n=1, cutoff=_MISTYPED)
            if close:
                self.problem(name, f"unknown key: did you mean '{close[0]}'?")

    def text(self, key: str) -> str:
        value = self._values.get(key)
        return "" if value is None else self._scalar(key, value)

    def audience(self) -> Audience:
        value = self._values.get("audience")
        if value is None:
            return Audience.CUSTOMER
        try:
            return Audience(str(value).strip().lower())
        except ValueError:
            self.problem("audience", "must be 'customer' or 'internal'")
            return Audience.INTERNAL

    def url(self) -> str | None:
        url = self.text("url")
        if _SCHEME.match(url) and not url.lower().startswith(("https:", "http:")):
            self.problem("url", "must start with https:// or http://, or be a path")
        return url or None

    def scope(self) -> Mapping[str, str]:
        value = self._values.get("scope")
        if value is None:
            return NO_SCOPE
        if not isinstance(value, Mapping):
            self.problem("scope", "must be keys and values, as in {market: DE}")
            return NO_SCOPE
        for key, own in value.items():
            if own is None or own == "":
                self.problem(f"scope.{key}", "must not be empty: leave the key out instead")
        pairs = {clean(str(key)): self._scalar(f"scope.{key}", own) for key, own in value.items()}
        return MappingProxyType(pairs)

    def _scalar(self, key: str, value: object) -> str:
        if isinstance(value, bool):
            self.problem(key, "is read as true or false: put the value in quotes")
        elif isinstance(value, Mapping | Sequence) and not isinstance(value, str):
            self.problem(key, "must be one value, not several")
        else:
            return "" if value is None else clean(str(value))
        return ""

"""Makes pages and statements from Markdown."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from validators.knowledge.lint.names import Names
from validators.knowledge.lint.statements import Statement, read_units, statements
from validators.knowledge.lint.weights import Weights
from validators.knowledge.markdown import markdown_outline
from validators.knowledge.page import Page

MakePage = Callable[..., Page]
Read = Callable[..., list[Statement]]


@pytest.fixture
def make_page() -> MakePage:
    def make(title: str, text: str, id_: str = "", **fields: Any) -> Page:
        blocks = markdown_outline(text).finish()
        return Page(id=id_ or title, title=title, blocks=blocks, **fields)

    return make


@pytest.fixture
def read() -> Read:
    """Read pages into statements, in order."""

    def read_(*pages: Page) -> list[Statement]:
        units = {page.id: (page, read_units(page)) for page in pages}
        return list(statements(units, Names([held for _, held in units.values()])))

    return read_


@pytest.fixture
def weigh() -> Callable[[Sequence[Statement]], Weights]:
    return lambda found: Weights(s.own | s.framed for s in found)

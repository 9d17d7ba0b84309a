"""Markdown into blocks: CommonMark with tables, and HTML where a page embeds it."""

from collections.abc import Iterable, Iterator
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from validators.knowledge.front_matter import split_front_matter
from validators.knowledge.html import add_html, html_lines
from validators.knowledge.outline import Outline, table_lines
from validators.knowledge.page import Draft, Report

_PARSER: Final = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def read_markdown(text: str, report: Report) -> Iterator[Draft]:
    """Read a Markdown file with optional front matter: one page."""
    if (front := split_front_matter(text, report)) is not None:
        outline = markdown_outline(front.body)
        yield Draft(None, "", front.fields, outline.finish(), outline.first_heading)


def markdown_outline(text: str) -> Outline:
    """Parse Markdown without front matter."""
    outline = Outline()
    _walk(SyntaxTreeNode(_PARSER.parse(text)).children, outline)
    return outline


def _walk(nodes: Iterable[SyntaxTreeNode], outline: Outline) -> None:
    for node in nodes:
        match node.type:
            case "heading":
                outline.heading(int(node.tag[1]), _text(node))
            case "blockquote":
                _walk(node.children, outline)
            case "html_block":
                add_html(node.content, outline)
            case _:
                outline.add(_lines(node))


def _lines(node: SyntaxTreeNode) -> Iterator[str]:
    """Every paragraph, item and row below `node`, one line each."""
    match node.type:
        case "bullet_list" | "ordered_list":
            first = int(node.attrs.get("start", 1))
            for number, item in enumerate(node.children, first):
                yield from _item(item, f"{number}. " if node.type == "ordered_list" else "")
        case "table":
            yield from _table(node)
        case "fence" | "code_block":
            yield from node.content.split("\n")
        case "paragraph" | "heading":
            yield from _text(node).split("\n")
        case "html_block":
            yield from html_lines(node.content)
        case _:
            for child in node.children:
                yield from _lines(child)


def _item(item: SyntaxTreeNode, mark: str) -> Iterator[str]:
    """One line for the item's own words, then the lines of what is nested in it."""
    own: list[str] = []
    for child in item.children:
        if child.type in ("paragraph", "heading"):
            own.append(_text(child))
            continue
        if own:
            yield mark + " ".join(own)
            own, mark = [], ""
        yield from _lines(child)
    if own:
        yield (mark + " ".join(own)).replace("\n", " ")


def _table(node: SyntaxTreeNode) -> Iterator[str]:
    rows = [
        [_text(cell) for cell in row.children]
        for section in node.children
        for row in section.children
    ]
    return table_lines(rows[0], rows[1:])


def _text(node: SyntaxTreeNode) -> str:
    """The words of an inline node; a hard break is a newline, what is struck out is gone."""
    match node.type:
        case "text" | "code_inline":
            return node.content
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "html_inline":
            return "\n" if node.content.lower().startswith("<br") else ""
        case "s":
            return ""
        case _:
            return "".join(map(_text, node.children))

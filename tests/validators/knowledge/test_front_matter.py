import pytest

from validators.knowledge.front_matter import FrontMatter, split_front_matter
from validators.knowledge.page import Report


def split(text: str) -> tuple[FrontMatter | None, list[str]]:
    report = Report("a.md", [])
    return split_front_matter(text, report), [str(problem) for problem in report.found]


def test_fields_and_body_are_separated() -> None:
    front, problems = split("\n---\nid: x\naudience: internal\n---\nbody\nmore")
    assert problems == []
    assert front.fields == {"id": "x", "audience": "internal"}
    assert front.body == "body\nmore"


@pytest.mark.parametrize("text", ["no front matter", "a\n---\nb: c\n---"])
def test_without_front_matter_all_is_body(text: str) -> None:
    front, problems = split(text)
    assert (front.fields, front.body, problems) == ({}, text, [])


def test_empty_front_matter_has_no_fields() -> None:
    front, _ = split("---\n---\nbody")
    assert (front.fields, front.body) == ({}, "body")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("\n---\naudience: internal\n\ntext", "a.md:2: front matter is opened here but not closed"),
        ("---\na: 1\ntitle: b: c\n---\nx", "a.md:3: front matter is not valid YAML"),
        ("---\n- a\n---\nx", "a.md:1: front matter must be 'key: value' lines"),
        ("---\ndate: 2024-13-45\n---\nx", "a.md:1: front matter is not valid YAML"),
        ("---\na: !!python/name:os.system\n---\nx", "a.md:2: front matter is not valid YAML"),
    ],
)
def test_damaged_front_matter_is_never_taken_for_text(text: str, problem: str) -> None:
    front, problems = split(text)
    assert front is None
    assert [p.startswith(problem) for p in problems] == [True]

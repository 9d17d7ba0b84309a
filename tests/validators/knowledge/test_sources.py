from pathlib import Path

import pytest

from policies.errors import Problem
from validators.knowledge.sources import find_files, watched_folders


@pytest.fixture
def base(tmp_path: Path) -> Path:
    base = tmp_path / "base"
    (base / "kb" / "sub").mkdir(parents=True)
    for name in ("kb/a.md", "kb/sub/b.md", "kb/sub/c.txt", "kb/.hidden.md"):
        (base / name).write_text("x")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "o.md").write_text("x")
    return base


def find(base: Path, *sources: str) -> tuple[list[tuple[str, str]], list[Problem]]:
    problems = []
    files = find_files(base, sources, problems)
    return [(file.name, file.stem) for file in files], problems


def test_files_are_found_once_and_sorted(base: Path) -> None:
    files, problems = find(base, "kb/**/*.md", "kb/sub/*.md", "./kb/a.md")
    assert files == [("kb/a.md", "kb/a"), ("kb/sub/b.md", "kb/sub/b")]
    assert problems == []


def test_an_absolute_pattern_names_its_own_root(base: Path, tmp_path: Path) -> None:
    files, problems = find(base, str(tmp_path / "other" / "**" / "*.md"))
    assert files == [(str(tmp_path / "other" / "o.md"), "o")]
    assert problems == []
    assert find(base, str(base / "kb" / "*.md"))[0] == [("kb/a.md", "kb/a")]


def test_leaving_the_base_folder_is_possible_by_name_only(base: Path, tmp_path: Path) -> None:
    assert find(base, "../other/*.md")[0] == [(str(tmp_path / "other" / "o.md"), "o")]
    (base / "kb" / "link.md").symlink_to(tmp_path / "other" / "o.md")
    files, problems = find(base, "kb/*.md")
    assert files == [("kb/a.md", "kb/a")]
    assert len(problems) == 1
    assert "leads outside" in problems[0].message
    assert problems[0].file.endswith("link.md")


def test_a_linked_folder_does_not_lead_out_either(base: Path, tmp_path: Path) -> None:
    (base / "kb" / "linked").symlink_to(tmp_path / "other")
    assert len(find(base, "kb/**/*.md")[1]) == 1
    assert len(find(base, "kb/linked/*.md")[1]) == 1


def test_links_inside_are_followed_as_a_mounted_volume_needs(base: Path) -> None:
    (base / "vol" / "..2026").mkdir(parents=True)
    (base / "vol" / "..2026" / "v.md").write_text("x")
    (base / "vol" / "..data").symlink_to("..2026")
    (base / "vol" / "v.md").symlink_to(Path("..data") / "v.md")
    assert find(base, "vol/**/*.md") == ([("vol/v.md", "vol/v")], [])


@pytest.mark.parametrize("pattern", ["kb/*.pdf", "nowhere/*.md", "kb", "/nonexistent-dir/x.md"])
def test_a_pattern_without_files_is_a_problem(base: Path, pattern: str) -> None:
    files, problems = find(base, pattern, "kb/a.md")
    assert files == [("kb/a.md", "kb/a")]
    assert [(p.file, p.key) for p in problems] == [(pattern, "sources")]


def test_no_sources_are_no_problem(base: Path) -> None:
    assert find(base) == ([], [])


def test_watched_folders_cover_every_source(base: Path, tmp_path: Path) -> None:
    absolute = str(tmp_path / "other" / "o.md")
    folders = watched_folders(base, ["kb/**/*.md", "kb/sub/b.md", absolute, "*/x/*.md"])
    assert folders == (base, tmp_path / "other")
    assert watched_folders(base, ["kb/sub/*.md", "kb/a.md"]) == (base / "kb",)
    assert watched_folders(base, []) == ()

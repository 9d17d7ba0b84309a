"""Finds the files that the sources name, and nothing outside of what they name."""

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from policies.errors import Problem


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file to read."""

    path: Path
    name: str
    """For messages: relative to the base folder where it lies inside, else absolute."""
    stem: str
    """Stable id of the file: its path without suffix, relative as in `name`."""


def find_files(base: Path, sources: Sequence[str], problems: list[Problem]) -> list[SourceFile]:
    """Return the files that match, each once, sorted; what is wrong goes to `problems`.

    A pattern reaches what lies below the base folder, or below the fixed part of an
    absolute or `..` pattern. A link that leads elsewhere is a problem, not a way out.
    """
    found: dict[Path, SourceFile] = {}
    for pattern in sources:
        files = list(_matches(base, pattern))
        if not files:
            problems.append(Problem(pattern, None, "sources", _nothing(base, pattern)))
        for path in files:
            allowed = _root(base, pattern)
            if path.resolve().is_relative_to(allowed.resolve()):
                found.setdefault(path.resolve(), _source_file(base, allowed, path))
            else:
                message = f"is a link that leads outside of {allowed}: name its target in sources"
                problems.append(Problem(str(path), None, "sources", message))
    return sorted(found.values(), key=lambda file: file.name)


def watched_folders(base: Path, sources: Sequence[str]) -> tuple[Path, ...]:
    """Return the folders below which every matching file lies, existing or not.

    Each file's folder is in or below one of them, and so are the links that a mounted
    volume swaps when its content changes.
    """
    folders = {_fixed_part(base, pattern) for pattern in sources}
    return tuple(
        sorted(f for f in folders if not any(f != g and f.is_relative_to(g) for g in folders))
    )


def _nothing(base: Path, pattern: str) -> str:
    folder = _fixed_part(base, pattern)
    if not folder.is_dir():
        return f"no file matches: there is no folder {folder}"
    return f"no file matches in {folder}: correct the pattern or take it out"


def _matches(base: Path, pattern: str) -> Iterator[Path]:
    for match in sorted(glob.glob(pattern, root_dir=base, recursive=True)):  # noqa: PTH207 - Path.glob refuses absolute patterns
        path = Path(os.path.normpath(base / match))
        if path.is_file():
            yield path


def _fixed_part(base: Path, pattern: str) -> Path:
    """The folder before the first wildcard."""
    parts = Path(pattern).parts
    fixed = next((i for i, part in enumerate(parts) if glob.has_magic(part)), len(parts) - 1)
    return Path(os.path.normpath(base.joinpath(*parts[:fixed])))


def _root(base: Path, pattern: str) -> Path:
    path = Path(pattern)
    outside = path.is_absolute() or ".." in path.parts
    return _fixed_part(base, pattern) if outside else Path(os.path.normpath(base))


def _source_file(base: Path, allowed: Path, path: Path) -> SourceFile:
    inside = Path(os.path.normpath(base))
    if path.is_relative_to(inside):
        name = path.relative_to(inside)
        return SourceFile(path, name.as_posix(), name.with_suffix("").as_posix())
    stem = path.relative_to(allowed).with_suffix("").as_posix()
    return SourceFile(path, str(path), stem)

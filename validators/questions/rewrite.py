"""Replaces expressions of several words by what stands for them: the longest one wins."""

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

_CHOICE = re.compile(r"\[([^\]]*)\]")


@dataclass(slots=True)
class _Node:
    after: dict[str, "_Node"] = field(default_factory=dict)
    result: tuple[str, ...] | None = None


class Rewriter:
    """A table of patterns, prepared. Immutable once made, so threads may share it."""

    def __init__(self, lines: Iterable[str], kept: frozenset[str] = frozenset()) -> None:
        """Take lines `pattern = replacement`; an earlier line wins over an equal later one.

        Words that are `kept` follow the replacement if the expression held them. Raises
        `ValueError` for a line without `=`.
        """
        self._kept = kept
        self._root = _Node()
        for line in lines:
            left, equals, right = line.partition("=")
            if not equals:
                raise ValueError(f"a pattern needs '=': {line!r}")
            for words in expanded(left):
                self._add(words, tuple(right.split()))

    def _add(self, words: Sequence[str], result: tuple[str, ...]) -> None:
        node = self._root
        for word in words:
            node = node.after.setdefault(word, _Node())
        if words and node.result is None:
            node.result = result

    def __call__(self, words: Sequence[str]) -> list[str]:
        """Return the words with every expression replaced, from left to right."""
        out: list[str] = []
        at = 0
        while at < len(words):
            length, result = self._longest(words, at)
            out.extend(result if length else (words[at],))
            if result:
                out.extend(word for word in words[at : at + length] if word in self._kept)
            at += length or 1
        return out

    def _longest(self, words: Sequence[str], start: int) -> tuple[int, tuple[str, ...]]:
        node = self._root
        best: tuple[int, tuple[str, ...]] = (0, ())
        for length, word in enumerate(itertools.islice(words, start, None), 1):
            following = node.after.get(word)
            if following is None:
                break
            node = following
            if node.result is not None:
                best = (length, node.result)
        return best


def expanded(pattern: str) -> list[tuple[str, ...]]:
    """Write out the choices of a pattern: `[do|can] i` is `do i` and `can i`."""
    pieces = _CHOICE.split(pattern)
    choices = [piece.split("|") if n % 2 else [piece] for n, piece in enumerate(pieces)]
    return [tuple(" ".join(chosen).split()) for chosen in itertools.product(*choices)]

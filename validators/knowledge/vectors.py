"""Keeps vectors of texts on disk, so that a restart encodes only what changed.

A file of one encoder: hashes of texts and, in the same order, their vectors as 8-bit
numbers. It holds no text, and no pickle is ever read. It is a cache: one that is missing,
damaged or of another encoder costs the time to compute it again, nothing else.
"""

import logging
import os
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

log = logging.getLogger("handrail.knowledge")

Keys = NDArray[np.uint64]
Rows = NDArray[np.int8]

SCALE = 127.0
"""What a unit vector's numbers are multiplied by before they are rounded."""


def key_of(text: str) -> int:
    """Return a 64-bit hash of a text (BLAKE2b)."""
    digest = blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def compact(vectors: NDArray[np.float32]) -> Rows:
    """Round unit vectors to 8 bits a number."""
    rows: Rows = np.rint(vectors * SCALE).clip(-SCALE, SCALE).astype(np.int8)
    return rows


@dataclass(frozen=True, slots=True)
class Vectors:
    """Vectors by the hash of their text, in any order."""

    keys: Keys
    rows: Rows
    order: NDArray[np.intp]
    """Positions of the keys, smallest key first."""

    @classmethod
    def of(cls, keys: Keys, rows: Rows) -> Self:
        """Take one row per key; the first counts if a key is there twice. Copies nothing."""
        return cls(keys, rows, np.argsort(keys, kind="stable"))

    @classmethod
    def empty(cls, dimensions: int) -> Self:
        """Return vectors of no text."""
        return cls.of(np.zeros(0, np.uint64), np.zeros((0, dimensions), np.int8))

    def __len__(self) -> int:
        """Return the number of vectors."""
        return len(self.keys)

    def find(self, wanted: Keys) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """Return for each wanted key a row number, and whether that is a hit."""
        if not len(self.keys):
            return np.zeros(len(wanted), np.intp), np.zeros(len(wanted), np.bool_)
        at = np.searchsorted(self.keys, wanted, sorter=self.order).clip(max=len(self.keys) - 1)
        found = self.order[at]
        return found, self.keys[found] == wanted

    def joined(self, other: "Vectors") -> "Vectors":
        """Return both, one vector per key."""
        keys = np.concatenate([self.keys, other.keys])
        distinct, first = np.unique(keys, return_index=True)
        return Vectors.of(distinct, np.concatenate([self.rows, other.rows])[first])

    def save(self, file: Path) -> None:
        """Replace the file, readable by this user only. Raises `OSError`."""
        handle, name = tempfile.mkstemp(prefix=".vectors-", dir=file.parent)
        try:
            with os.fdopen(handle, "wb") as out:
                np.savez(out, keys=self.keys, rows=self.rows)
            Path(name).replace(file)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise


class Shelf:
    """A folder with one file per encoder."""

    def __init__(self, folder: Path | None) -> None:
        """Read and write nothing yet; None: nothing is kept."""
        self._folder = folder

    def load(self, encoder: str, dimensions: int) -> Vectors:
        """Return what is kept of an encoder; nothing, if anything is wrong with it."""
        if self._folder is None:
            return Vectors.empty(dimensions)
        return load_vectors(self._folder / f"vectors-{encoder}.npz", dimensions)

    def save(self, encoder: str, vectors: Vectors) -> None:
        """Keep vectors in the place of those kept before. What can't be written is logged."""
        if self._folder is None:
            return
        try:
            vectors.save(self._folder / f"vectors-{encoder}.npz")
        except OSError as error:
            log.warning(
                "vectors of the pages can't be kept in %s (%s): they are computed again at the "
                "next start; give this user write access, or free some space",
                self._folder,
                error.strerror,
            )


def load_vectors(file: Path, dimensions: int) -> Vectors:
    """Read a file that `Vectors.save` wrote; whatever is wrong with it, it is empty."""
    try:
        with file.open("rb") as raw, np.load(raw, allow_pickle=False) as found:
            keys, rows = found["keys"], found["rows"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return Vectors.empty(dimensions)
    except (MemoryError, NotImplementedError, RuntimeError, TypeError, AttributeError):
        # What a damaged header makes numpy and zipfile raise.
        return Vectors.empty(dimensions)
    if not _sound(keys, rows, dimensions):
        return Vectors.empty(dimensions)
    return Vectors.of(keys, rows)


def _sound(keys: object, rows: object, dimensions: int) -> bool:
    return (
        isinstance(keys, np.ndarray)
        and isinstance(rows, np.ndarray)
        and keys.dtype == np.uint64
        and rows.dtype == np.int8
        and keys.ndim == 1
        and rows.shape == (len(keys), dimensions)
    )


def keys_of(texts: Sequence[str]) -> Keys:
    """Return the hashes of several texts."""
    return np.array([key_of(text) for text in texts], np.uint64)

"""The switch as a file of lines in the data folder: its own audit."""

import os
from collections.abc import Sequence
from pathlib import Path

from policies.errors import StoreError
from proxy.switch.base import Change, read_lines, to_line

FILE = "policy-switches.jsonl"
_NEWLINE = b"\n"


class FileSwitchStore:
    """Satisfies `SwitchStore`: every process with the same data folder sees the same.

    The file is only ever appended to, one JSON object a line. A line that was torn by a full
    disk was reported to whoever wrote it, so it counts as not written.
    """

    def __init__(self, path: Path) -> None:
        """Use the file at `path`; a missing one means that nothing was ever switched."""
        self._path = path

    def changes(self) -> Sequence[Change]:
        """Return all changes, oldest first. Raises `StoreError`."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise self._failed("be read", error) from None
        return tuple(read_lines(data.splitlines()))

    def append(self, change: Change) -> None:
        """Write one line to the disk. Raises `StoreError`; then nothing is switched."""
        line = to_line(change) + _NEWLINE
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                written = os.write(handle, self._fresh_line(handle) + line)
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise self._failed("be written", error) from None
        if written < len(line):
            raise self._failed("be written", OSError(0, "the disk is full"))

    def close(self) -> None:
        """Do nothing: the file is open only while it is used."""

    def _fresh_line(self, handle: int) -> bytes:
        """Return what ends a torn line before the next one."""
        size = os.fstat(handle).st_size
        whole = not size or os.pread(handle, 1, size - 1) == _NEWLINE
        return b"" if whole else _NEWLINE

    def _failed(self, what: str, error: OSError) -> StoreError:
        return StoreError(
            f"the policy's switch {self._path} can't {what} ({error.strerror}); check the rights "
            "and the space of the data folder"
        )

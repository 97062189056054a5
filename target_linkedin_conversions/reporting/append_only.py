"""Files that grow during a run: a file of lines, or a folder of parts where files can only be written whole."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Protocol, Self

from target_linkedin_conversions.private_files import open_private

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["AppendOnly", "AppendOnlyFile", "Parts", "hold", "in_use", "is_at"]


class AppendOnly(Protocol):
    """Takes lines, and has them on disk when `add` returns; open until it is closed."""

    def add(self, lines: bytes) -> None:
        """Add lines durably."""

    def close(self) -> None:
        """End writing."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_error: object) -> None: ...


class AppendOnlyFile:
    """A file that is open for appending, mode 0600, and that other processes see as in use."""

    def __init__(self, path: Path) -> None:
        """Open it, or make it."""
        self._file: IO[bytes] = os.fdopen(open_private(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), "ab")
        hold(self._file.fileno())

    def add(self, lines: bytes) -> None:
        """Add lines; they are on disk when it returns."""
        self._file.write(lines)
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file and give up its lock."""
        with suppress(OSError):  # lines that `add` could not write, and said so, are tried once more
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


class Parts:
    """A folder of numbered files, each with the lines that became durable together."""

    def __init__(self, write: Callable[[str, bytes], None], name: str) -> None:
        """`write` writes a file whole; nothing is written yet."""
        self._write = write
        self._name = name
        self._next = 1

    def add(self, lines: bytes) -> None:
        """Write lines as the next part; one that failed may be written again, with more lines."""
        self._write(f"{self._name}/{self._next:06}.jsonl", lines)
        self._next += 1

    def close(self) -> None:
        """Do nothing: each part was complete when it was written."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def hold(file: int) -> None:
    """Let other processes see a local file or folder as in use for as long as it is open."""
    with suppress(OSError):  # a file system without locks: nobody can see that
        fcntl.flock(file, fcntl.LOCK_SH)


def in_use(file: IO[bytes] | int) -> bool:
    """Whether another process writes or rewrites a local file or folder; if not, none does until this one closes it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    return False


def is_at(path: Path, file: IO[bytes]) -> bool:
    """Whether an open file is the one that is at a place: nobody replaced or removed it between its opening and its lock."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except OSError:
        return False

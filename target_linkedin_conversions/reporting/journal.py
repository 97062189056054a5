"""A file of lines that only grows, in a state folder; on a URL a folder of parts."""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.private_files import mend_of

if TYPE_CHECKING:
    from target_linkedin_conversions.reporting.folder import Folder

__all__ = ["Journal"]

_MOST_UNWRITTEN = 5000
"""Lines kept in memory, where no STATE asks for them to be on disk."""


class Journal:
    """A file of lines that only grows; `flush` returns once they are on disk."""

    def __init__(self, folder: Folder, name: str) -> None:
        """Nothing is created before the first line."""
        self._folder = folder
        self._name = name
        self._file: IO[bytes] | None = None
        self._part = 0
        self._unwritten: list[bytes] = []
        self._failure: ConfigError | None = None
        self.used = False
        """Whether a line was written."""

    @property
    def place(self) -> str:
        """Where the lines are."""
        return self._folder.place(self._name if self._folder.is_local else self._name.removesuffix(".jsonl"))

    def write(self, line: bytes) -> None:
        """Add a line."""
        self.used = True
        self._unwritten.append(line)
        if len(self._unwritten) >= _MOST_UNWRITTEN:
            self.flush()

    def flush(self) -> None:
        """Make every line durable; on a URL as a part of its own. Once it failed, it fails: lines are missing."""
        if self._failure is not None:
            raise self._failure
        if not self._unwritten:
            return
        lines = b"\n".join(self._unwritten) + b"\n"
        if not self._folder.is_local:
            self._folder.write(f"{self._name.removesuffix('.jsonl')}/{self._part + 1:06}.jsonl", lines)
            self._part += 1
            self._unwritten = []
            return
        self._unwritten = []
        try:
            if self._file is None:
                self._file = self._folder.append(self._name)
            self._file.write(lines)
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            problem = f"{self.place} cannot be written ({error.strerror})"
            mend = mend_of(error, "make room, or name a folder on another disk")
            self._failure = ConfigError(self._folder.setting, problem, mend)
            raise self._failure from None

    def close(self) -> None:
        """Make every line durable and close the file; that it failed was said before."""
        if self._failure is None:
            self.flush()
        if self._file is not None:
            self._file.close()
            self._file = None

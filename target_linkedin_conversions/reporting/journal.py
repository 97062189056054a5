"""An append-only file of lines in a state folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.private_files import mend_of

if TYPE_CHECKING:
    from target_linkedin_conversions.reporting.append_only import AppendOnly
    from target_linkedin_conversions.reporting.folder import Folder

__all__ = ["Journal", "unreadable_lines"]

_MOST_UNWRITTEN = 5000
"""Lines kept in memory at most, where no STATE flushes them earlier."""


class Journal:
    """A file of lines that only grows, on a URL a folder of parts; `flush` returns once they are on disk."""

    def __init__(self, folder: Folder, name: str) -> None:
        """Nothing is created before the first line."""
        self._folder = folder
        self._name = name
        self._growing: AppendOnly | None = None
        self._unwritten: list[bytes] = []
        self._failure: ConfigError | None = None
        self.used = False
        """Whether a line was written."""

    @property
    def place(self) -> str:
        """Where the lines are."""
        return self._folder.place(self._folder.growing(self._name))

    def write(self, line: bytes) -> None:
        """Add a line."""
        self.used = True
        self._unwritten.append(line)
        if len(self._unwritten) >= _MOST_UNWRITTEN:
            self.flush()

    def flush(self) -> None:
        """Make every line durable. After one failure a local file, whose last line may be cut, fails always; a URL may recover."""
        if self._failure is not None:
            raise self._failure
        if not self._unwritten:
            return
        lines = b"\n".join(self._unwritten) + b"\n"
        try:
            if self._growing is None:
                self._growing = self._folder.append(self._name)
            self._growing.add(lines)
        except OSError as error:
            problem = f"{self.place} cannot be written ({error.strerror})"
            mend = mend_of(error, "make room, or name a folder on another disk")
            self._failure = ConfigError(self._folder.setting, problem, mend)
            raise self._failure from None
        self._unwritten = []

    def close(self) -> None:
        """Make every line durable and close the file; that it failed was said before."""
        try:
            if self._failure is None:
                self.flush()
        finally:
            if self._growing is not None:
                self._growing.close()
                self._growing = None


def unreadable_lines(first: int, cut: int, place: str, read_as: str = "") -> str:
    """The warning of lines in a file of ours that cannot be read: the number of the first, and how many they are."""
    more = f", nor can {cut - 1} more" if cut > 1 else ""
    return f"line {first} of {place} cannot be read{read_as}{more}"

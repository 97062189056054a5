"""The outbox of one run while a replay takes events out of it: nobody else may write it meanwhile."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Lock
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.private_files import (
    UntrustedError,
    open_private,
    remove_drafts,
    replacing,
    sync_folder,
)
from target_linkedin_conversions.reporting.folder import in_use, is_at
from target_linkedin_conversions.reporting.outbox import numbered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from target_linkedin_conversions.reporting.folder import Folder
    from target_linkedin_conversions.reporting.outbox import OutboxEvent

__all__ = ["OutboxFile", "Place", "Settled"]


class Place(NamedTuple):
    """Where a line is: the run that kept it, and its number from 0."""

    run: str
    number: int


class OutboxFile:
    """The outbox of one run while this process alone may rewrite it."""

    def __init__(self, folder: Folder, run: str) -> None:
        """Describe the file; it is opened by `hold`."""
        self.run = run
        self.place = folder.place(f"outbox/{run}.jsonl")
        self._setting = folder.setting
        self._path = Path(folder.root) / f"outbox/{run}.jsonl"
        self._file: IO[bytes] | None = None

    def hold(self) -> bool:
        """Keep all others from writing the file until `release`; false where one of them does so now.

        Raises `ConfigError` for a file that others have put there.
        """
        try:
            file = os.fdopen(open_private(self._path, os.O_RDWR), "rb+")
        except FileNotFoundError:
            return True
        except UntrustedError as error:
            problem = f"{self.place} cannot be read ({error.strerror})"
            raise ConfigError(self._setting, problem, error.mend) from None
        if in_use(file) or not is_at(self._path, file):
            file.close()
            return False
        self._file = file
        return True

    def events(self, unreadable: Callable[[str], None]) -> Iterator[tuple[Place, OutboxEvent]]:
        """Every event of the file and its place; `unreadable` is told of lines that were cut."""
        for number, event in numbered(self._file or (), self.place, unreadable):
            yield Place(self.run, number), event

    def drop(self, settled: bytes) -> None:
        """Rewrite the file durably without its settled lines; it is complete at every moment, and gone when empty."""
        if self._file is None or not any(settled):
            return
        remove_drafts(self._path.parent, self._path.name, older_than=0)  # no other process makes one now
        try:
            if any(_not_settled(self._file, settled)):
                with replacing(self._path) as file:
                    file.writelines(_not_settled(self._file, settled))
            else:
                self._path.unlink()
            sync_folder(self._path.parent)
        except OSError as error:
            problem = f"{self.place} cannot be rewritten ({error.strerror}), so its events may be replayed again"
            raise ConfigError(self._setting, problem, "make room, and check the folder's permissions") from None

    def release(self) -> None:
        """Let others write the file again; safe to call twice."""
        if self._file is not None:
            self._file.close()
            self._file = None


class Settled:
    """The lines whose events have ended; any thread may add to them."""

    def __init__(self) -> None:
        """Nothing has ended."""
        self._lock = Lock()
        self._marks: dict[str, bytearray] = {}
        self._followers: dict[Place, list[Place]] = {}

    def ended(self, counts: Mapping[Any, int]) -> None:
        """Events have ended; a ticket that is no place belongs to one whose line stays."""
        with self._lock:
            for place in counts:
                if isinstance(place, Place):
                    self._mark(place)

    def follow(self, place: Place, first: Place) -> None:
        """A line holds the same event as an earlier one and ends with it."""
        with self._lock:
            if self._has(first):
                self._mark(place)
            else:
                self._followers.setdefault(first, []).append(place)

    def of(self, run: str) -> bytes:
        """One byte a line of a run's outbox as it is now: 1 where the line was settled."""
        with self._lock:
            return bytes(self._marks.get(run, b""))

    def _has(self, place: Place) -> bool:
        marks = self._marks.get(place.run, b"")
        return place.number < len(marks) and marks[place.number] == 1

    def _mark(self, place: Place) -> None:
        for run, number in (place, *self._followers.pop(place, ())):
            marks = self._marks.setdefault(run, bytearray())
            marks.extend(bytes(max(0, number + 1 - len(marks))))
            marks[number] = 1


def _not_settled(file: IO[bytes], settled: bytes) -> Iterator[bytes]:
    """The lines of a file, from its begin, that are not settled."""
    file.seek(0)
    return (line for number, line in enumerate(file) if number >= len(settled) or not settled[number])

"""The outbox of one run while a replay takes events out of it: nobody else may write it meanwhile."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from target_linkedin_conversions.reporting.locked_file import LockedFile
from target_linkedin_conversions.reporting.outbox import numbered
from target_linkedin_conversions.reporting.rejected_rows import numbered_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from target_linkedin_conversions.reporting.folder import Folder
    from target_linkedin_conversions.reporting.outbox import OutboxEvent
    from target_linkedin_conversions.reporting.rejected_rows import RejectedRow

__all__ = ["OutboxFile", "Place", "Settled"]


class Place(NamedTuple):
    """Where a line is: the run that kept it, and its number from 0."""

    run: str
    number: int


class OutboxFile(LockedFile):
    """The outbox of one run while this process alone may rewrite it."""

    def __init__(self, folder: Folder, run: str) -> None:
        """Describe the file; it is opened by `hold`."""
        super().__init__(folder, f"outbox/{run}.jsonl")
        self.run = run

    def events(self, unreadable: Callable[[str], None]) -> Iterator[tuple[Place, OutboxEvent]]:
        """Every event of the file and its place; `unreadable` is told of lines that were cut."""
        for number, event in numbered(self.lines(), self.place, unreadable):
            yield Place(self.run, number), event

    def rows(self, unreadable: Callable[[str], None]) -> Iterator[tuple[Place, RejectedRow]]:
        """Every rejected row of the file and its place; `unreadable` is told of lines that were cut."""
        for number, row in numbered_rows(self.lines(), self.place, unreadable):
            yield Place(self.run, number), row


class Settled:
    """The lines whose events have ended; any thread may add to them."""

    def __init__(self) -> None:
        """Start with nothing settled."""
        self._lock = Lock()
        self._marks: dict[str, bytearray] = {}
        self._followers: dict[Place, list[Place]] = {}
        self._expected: dict[Place, int] = {}

    def expect(self, place: Place, events: int) -> None:
        """Expect this many more events of a line, which is settled with the last of them; other lines have one."""
        with self._lock:
            self._expected[place] = self._expected.get(place, 0) + events

    def ended(self, counts: Mapping[Any, int]) -> None:
        """Settle the lines of events that have ended; a ticket that is no `Place` is of an event whose line stays."""
        with self._lock:
            for place, events in counts.items():
                if isinstance(place, Place):
                    left = self._expected.pop(place, events) - events
                    if left > 0:
                        self._expected[place] = left
                    else:
                        self._mark(place)

    def follow(self, place: Place, first: Place) -> None:
        """Settle a line together with an earlier one that holds the same event."""
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

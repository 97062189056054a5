"""What LinkedIn took, batch by batch, and what follows from it: nothing lost, nothing twice, STATE never ahead."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import TYPE_CHECKING

from tests.chaos.rows import STREAMS, Bookmarks, Event, Sent, Table, event_of, sent_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from target_linkedin_conversions.sandbox import Sandbox
    from target_linkedin_conversions.sandbox.journal import TakenBatch

_QUIET_SECONDS = 0.02
_LOOKS = 3


class Witness:
    """Looks into the sandbox while it runs; cheap, because it only counts until somebody asks."""

    def __init__(self, linkedin: Sandbox) -> None:
        """Nothing is read yet."""
        self.linkedin = linkedin
        self._journal = linkedin._linkedin.journal  # noqa: SLF001 - `received` reads all anew
        self._batches: list[TakenBatch] = self._journal.batches

    @property
    def batches(self) -> int:
        """Requests whose events were taken so far."""
        return len(self._batches)

    @property
    def events(self) -> int:
        """Events that were taken so far."""
        return self._journal.taken

    def settle(self) -> int:
        """Wait until nothing is left of what a dead process had on its way; the batches taken by then."""
        looks, seen = 0, -1
        while looks < _LOOKS:
            time.sleep(_QUIET_SECONDS)
            self.linkedin.now()
            looks, seen = (looks + 1, seen) if seen == self.batches else (0, self.batches)
        return self.batches

    def takes(self) -> dict[Event, list[int]]:
        """For each event the batches it came in, counted from 0."""
        found: dict[Event, list[int]] = defaultdict(list)
        for number, batch in enumerate(list(self._batches)):
            for payload in batch.events():
                found[event_of(payload)].append(number)
        return found

    def faults(self) -> list[str | None]:
        """For each batch that was taken, the fault that hid the answer, if there was one."""
        by_request = {request.number: request.fault for request in self.linkedin.requests}
        return [by_request[batch.request] for batch in list(self._batches)]

    def sent(self) -> dict[Event, Sent]:
        """What each event was sent with."""
        return {event_of(payload): sent_of(payload) for batch in list(self._batches) for payload in batch.events()}


def twice(takes: Mapping[Event, list[int]]) -> dict[Event, list[int]]:
    """The events that were taken more than once."""
    return {event: batches for event, batches in takes.items() if len(batches) > 1}


def ahead(
    states: Iterable[tuple[Bookmarks, int]],
    table: Table,
    takes: Mapping[Event, list[int]],
    settled: Collection[Event] = (),
) -> list[Bookmarks]:
    """The STATEs that came before LinkedIn had taken all they cover.

    Each state comes with the batches that were taken when it was read; `settled` are events that ended otherwise.
    """
    never = 1 << 60
    first: dict[str, list[int]] = {}
    for stream in STREAMS:
        latest, first[stream] = 0, [0]
        for row in range(table.rows):
            for event in table.events(stream, row):
                if event not in settled:
                    latest = max(latest, takes[event][0] + 1 if event in takes else never)
            first[stream].append(latest)
    return [
        bookmarks
        for bookmarks, batches in states
        if any(first[stream][row] > batches for stream, row in bookmarks.items())
    ]

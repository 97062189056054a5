"""Takes the rows of one stream, maps them, and puts their events into the buffers of their rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.errors import InputError
from target_linkedin_conversions.memory_reserve import RESERVE
from target_linkedin_conversions.readiness.counted import Counted, uncounted
from target_linkedin_conversions.records.event import MissingKey, Refusal
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.run.batcher import Batcher, Buffer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from target_linkedin_conversions.records.event import Event
    from target_linkedin_conversions.records.reasons import Reason
    from target_linkedin_conversions.records.rows import Row
    from target_linkedin_conversions.run.open_zone import OpenZone
    from target_linkedin_conversions.run.recorder import Recorder
    from target_linkedin_conversions.run.rejected_rows import RowKeeper
    from target_linkedin_conversions.run.stream_mapping import StreamMapping

__all__ = ["Intake"]


class Intake:
    """Maps the rows of one stream; `take_all` is the per-row path."""

    def __init__(
        self,
        mapping: StreamMapping,
        batchers: Sequence[Batcher],
        recorder: Recorder,
        lacks_key: type[InputError] = InputError,
        keeper: RowKeeper | None = None,
        several: Callable[[list[list[Event]]], None] | None = None,
    ) -> None:
        """One batcher an entry. `lacks_key` is raised, with a message, for a row without one of its key properties.

        `keeper` keeps rejected rows, None where they are not to be kept. `several` is called with the rows
        of which more than one entry made events: for each row the first event by each of these entries.
        """
        self.stream = batchers[0].stream
        self.batchers = batchers
        self._mapping = mapping
        self._recorder = recorder
        self._tally = recorder.tally
        self._lacks_key = lacks_key
        self._keeper = keeper
        self._several = several
        self.zone: OpenZone | None = None
        """Looks at the first rows, where somebody is to be told of their times."""
        self._counted_of_row: Counted | None = set() if len(batchers) > 1 else None
        self._taken = 0
        self.counted = 0

    def take_all(self, rows: Iterable[Row], now: int) -> None:
        """Map rows that lie between the same two STATE messages: each is refused, or its events go into the buffers of their rules.

        Raises what stopped the run.
        """
        entries = self._mapping.entries
        if self.zone is not None and not self.zone.is_settled:
            rows = self.zone.seen(rows)
        try:
            if len(entries) == 1:
                self._take(rows, now, 0)
                return
            self._take_by_each(rows, now)
        finally:
            if self._keeper is not None:
                self._keeper.write()

    def _take_by_each(self, rows: Iterable[Row], now: int) -> None:
        """Map each row by one entry after the other; the row, and each fault of it, is counted once over all entries."""
        several: list[list[Event]] = []
        for row in rows:
            if self._counted_of_row:
                self._counted_of_row.clear()
            firsts = []
            for at in range(len(self._mapping.entries)):
                made = self._take((row,), now, at)
                if isinstance(made, list):
                    firsts.append(made[0])
            if len(firsts) > 1:
                several.append(firsts)
        if several and self._several is not None:
            self._several(several)

    def _take(self, rows: Iterable[Row], now: int, at: int) -> list[Event] | Refusal | MissingKey | None:
        """Map rows by one entry and return the result of the last; the first entry counts the rows, also where one raises."""
        events_of, batcher = self._mapping.entries[at].events_of, self.batchers[at]
        buffers, most = batcher.buffers, batcher.rows
        taken = 0
        made = None
        try:
            for row in rows:
                made = events_of(row, now)
                if not isinstance(made, list):
                    self._refuse(made, row)
                    taken += 1
                    continue
                taken += 1
                if made[0].left_out:
                    self._leave_out(made[0].left_out)
                for event in made:
                    rule = event.rule
                    buffer = buffers.get(rule)
                    if buffer is None:
                        buffer = buffers[rule] = Buffer()
                    events = buffer.events
                    events.append(event)
                    buffer.room -= len(event.payload)
                    if len(events) >= most or buffer.room <= 0:
                        self._taken, taken = self._taken + (0 if at else taken), 0  # whoever looks on while it is sent
                        batcher.send(rule)
        except MemoryError:
            RESERVE.release()
            raise
        finally:
            self._taken += 0 if at else taken
            batcher.note_made()
        return made

    def refuse(self, refusal: Refusal) -> None:
        """Count a row that was refused before it was mapped."""
        self._taken += 1
        self._recorder.refused(self.stream, refusal)

    def refuse_for(self, row: Row, reasons: Sequence[Reason], now: int) -> None:
        """Reject a row for these reasons, unless an entry would skip it or it lacks its key."""
        self._taken += 1
        if self._counted_of_row:
            self._counted_of_row.clear()
        for entry in self._mapping.entries:
            made = entry.events_of(row, now)
            if isinstance(made, MissingKey) or (isinstance(made, Refusal) and made.skipped):
                self._refuse(made, row)
                continue
            key, private = self._mapping.key_told(row)
            self._refuse(Refusal(reasons=tuple(reasons), key=key, private=private), row, may_keep=False)

    @property
    def waiting(self) -> int:
        """How many events wait to be sent."""
        return sum(batcher.waiting for batcher in self.batchers)

    def send_all(self) -> None:
        """Send every buffer of this stream."""
        for batcher in self.batchers:
            batcher.send_all()

    def count(self) -> int:
        """Add the rows since the last call to the tally, and return how many they were."""
        taken, self._taken = self._taken, 0
        if taken:
            self._tally.count_records(self.stream, taken)
            self.counted += taken
        return taken

    def _refuse(self, made: Refusal | MissingKey, row: Row, *, may_keep: bool = True) -> None:
        """Record why a row has no events, with its key and the row itself where these are kept; raises where it lacks its key."""
        if isinstance(made, MissingKey):
            raise self._lacks_key(
                f"a record of stream {name_shown(self.stream)!r} lacks its key property {name_shown(made.name)!r}; "
                "each must have it, or the tap's key_properties must name another column",
            )
        if self._recorder.keeps_each and not made.key:
            key, private = self._mapping.key_told(row)
            made = msgspec.structs.replace(made, key=key, private=private)
        self._recorder.refused(self.stream, made, self._counted_of_row)
        if self._keeper is not None and may_keep and not made.skipped:
            self._keeper.note(row, made)

    def _leave_out(self, left_out: Sequence[Reason]) -> None:
        """Count what was left out of a row's events."""
        new = left_out if self._counted_of_row is None else uncounted(left_out, self._counted_of_row)
        self._tally.count_left_out(self.stream, new)

"""The run that sends files: the same as a load, fed by their rows, and in the end a file of those that were not sent."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from target_linkedin_conversions.cli.send.endings import SENT, RowEndings
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.private_files import mend_of, open_regular, replacing
from target_linkedin_conversions.records.constants import without_constants
from target_linkedin_conversions.records.event import Refusal
from target_linkedin_conversions.records.reasons import Reason
from target_linkedin_conversions.reporting.way_back import FedBy
from target_linkedin_conversions.run.process.signals import ending_by_signals
from target_linkedin_conversions.run.process.tuning import process_tuned
from target_linkedin_conversions.run.run import Run
from target_linkedin_conversions.run.stream_mapping import StreamMapping, mapping_of
from target_linkedin_conversions.run.whole_run import run_to_end
from target_linkedin_conversions.tables.marked import MarkedRows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from target_linkedin_conversions.cli.send.endings import Why
    from target_linkedin_conversions.cli.send.files import FilesBeside
    from target_linkedin_conversions.records.event import Event
    from target_linkedin_conversions.records.rows import Row
    from target_linkedin_conversions.reporting.report import Report
    from target_linkedin_conversions.run.intake import Intake
    from target_linkedin_conversions.settings import Settings, StreamEntry
    from target_linkedin_conversions.tables.table import Oddity, Part, Table

__all__ = ["Left", "SendRun", "Sendable"]

_BLOCK = 1 << 20


@dataclass(slots=True)
class Sendable:
    """A table with the entries that its rows are sent by, and the files that belong to it."""

    table: Table
    stream: str
    entries: tuple[StreamEntry, ...]
    beside: FilesBeside
    rows: int
    oddities: dict[str, Oddity]
    """What was wrong with all its rows, by code."""
    options: tuple[str, ...] = ()
    """What the command that sends its mended rows must say too."""


@dataclass(frozen=True, slots=True)
class Left:
    """How many rows of a file were not sent, where they are, and where those of an earlier run were put."""

    rows: int
    file: Path
    aside: Path | None = None
    is_done: bool = False
    """Whether the file of an earlier run's rows is gone, for all of them were sent now."""
    options: tuple[str, ...] = ()
    """What the command that sends the rows must say too."""


class SendRun:
    """One run over some tables, one after another."""

    def __init__(self, settings: Settings, files: Sequence[Sendable], progress: Callable[[int], None]) -> None:
        """`progress` is told how many rows were read."""
        self.run = Run(settings, fed_by=FedBy.FILE)
        self._files = files
        self._progress = progress
        self._endings = RowEndings()
        self._mappings: dict[int, StreamMapping] = {}
        self.run.follow(self._endings)
        self.run.recorder.endings = self._endings

    def send(self) -> Report:
        """Send every row; the report, however the run came to its end."""
        with ending_by_signals(self.run.termination), process_tuned():
            report, _ = run_to_end(self.run, self._send_all)
        return report

    def _send_all(self) -> None:
        self.run.begin()
        for at, file in enumerate(self._files):
            if file.rows:
                self._send(at, file)
        self.run.finish()

    def _send(self, at: int, file: Sendable) -> None:
        run = self.run
        plans = run.streams.plans(file.stream, file.table.schema, (), file.entries)
        mapping = self._mappings[at] = mapping_of(plans)
        self._endings.columns = {one.field: one.columns for plan in plans for one in plan.fields}
        intake = run.intake(file.stream, mapping)
        before = self._before(at)
        for part in file.table.parts():
            self._take(part, before, intake, mapping)
            self._progress(len(part))
            run.pause()

    def _take(self, part: Part, before: int, intake: Intake, mapping: StreamMapping) -> None:
        """The rows of a part, and between them those that cannot be mapped."""
        rows, now = part.rows_for(mapping.row_type), self.run.now
        bad = {at: found for at in part.with_constants if (found := mapping.row_type.no_numbers(rows[at]))}
        first, done = before + part.first, 0
        for at in (*sorted({*part.odd, *bad}), len(rows)):
            left = iter(rows[done:at])
            self._endings.begin(first, first + done, at - done, left)
            intake.take_all(left, now)
            if at < len(rows):
                self._endings.begin(first, first + at, 1, iter(()))
                if at in bad:
                    intake.refuse_for(tuple(map(without_constants, rows[at])), bad[at], now)
                else:
                    intake.refuse(Refusal(reasons=(Reason("row", part.odd[at].code),)))
            done = at + 1

    def _before(self, at: int) -> int:
        """How many rows stand in the files before one."""
        return sum(file.rows for file in self._files[:at])

    # Rows that were not sent

    def write_left(self) -> list[Left]:
        """Write the rows of each file that were not sent; a file that was sent whole leaves none.

        A run that knows nothing of any row, because it stopped before the first, writes none. Raises `ConfigError`.
        """
        counts = self.run.report.counts if self.run.report else {}
        if not self._endings.any_why and not any(
            events for outcome, events in counts.items() if outcome != Outcome.UNSENT
        ):
            return []
        return [self._write_left(at, file) for at, file in enumerate(self._files)]

    def _write_left(self, at: int, file: Sendable) -> Left:
        beside = file.beside
        try:
            with tempfile.TemporaryFile() as draft:
                rows = self._copy(at, file, draft)
                draft.seek(0)
                if rows:
                    aside = _put(draft, beside, self.run.name)
                    return Left(rows, beside.not_sent, aside, options=file.options)
            if beside.is_not_sent:
                beside.not_sent.unlink(missing_ok=True)
        except OSError as error:
            mend = mend_of(error, "send a copy of the file from a folder of your own")
            if self.run.settings.send_once:
                mend += "; what was sent is not sent again"
            problem = f"the rows that were not sent cannot be written ({error.strerror})"
            raise ConfigError(str(beside.not_sent), problem, mend) from None
        return Left(0, beside.not_sent, is_done=beside.is_not_sent)

    def _copy(self, at: int, file: Sendable, draft: IO[bytes]) -> int:
        """Write each row that was not sent; how many."""
        mapping, before = self._mappings.get(at), self._before(at)
        marked = MarkedRows(draft, file.table.columns, file.table.delimiter)
        written = 0
        for part in file.table.parts():
            whys = self._endings.of_rows(before + part.first, len(part))
            if whys is None:
                continue
            needs = mapping is not None and self._endings.needs_events(before + part.first)
            rows = part.rows_for(mapping.row_type) if mapping is not None and needs else []
            for place, known in enumerate(whys):
                why = self._of_events(before + part.first, rows[place], mapping) if needs and known == SENT else known
                if why != SENT:
                    marked.write(part.cells(place), *why)
                    written += 1
        marked.close()
        return written

    def _of_events(self, part: int, row: Row, mapping: StreamMapping | None) -> Why:
        """Why a row was not sent, by the events that are made of it once more."""
        events: list[Event] = []
        for entry in mapping.entries if mapping is not None else ():
            made = entry.events_of(row, self.run.now)
            events += made if isinstance(made, list) else []
        return self._endings.of_events(part, events)


def _put(draft: IO[bytes], beside: FilesBeside, run: str) -> Path | None:
    """Let a draft be the file of the rows that were not sent; where an earlier one was put that somebody may have mended."""
    target, aside = beside.not_sent, None
    if target.exists() and not beside.is_not_sent:
        if _same(target, draft):
            return None
        aside = beside.aside(run)
        target.rename(aside)
    with replacing(target) as file:
        shutil.copyfileobj(draft, file)
    return aside


def _same(path: Path, draft: IO[bytes]) -> bool:
    """Whether a file holds what the draft does; the draft is left at its start."""
    with open_regular(path) as file:
        while True:
            ours, theirs = draft.read(_BLOCK), file.read(_BLOCK)
            if ours != theirs or not ours:
                draft.seek(0)
                return ours == theirs

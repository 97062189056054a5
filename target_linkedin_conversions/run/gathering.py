"""What comes into a run: rows through an intake a stream, their events into batches, and these to the destination."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.delivery.batch import BatchOptions
from target_linkedin_conversions.errors import InputError
from target_linkedin_conversions.run.batchers import Batchers
from target_linkedin_conversions.run.intake import Intake
from target_linkedin_conversions.run.open_zone import OpenZone
from target_linkedin_conversions.run.rejected_rows import RowKeeper

if TYPE_CHECKING:
    from target_linkedin_conversions.delivery.batch import Batch
    from target_linkedin_conversions.run.assembly import Assembly
    from target_linkedin_conversions.run.stream_mapping import StreamMapping

__all__ = ["Gathering"]


class Gathering:
    """The intakes and batchers of a run; only the feeding thread calls it."""

    def __init__(self, run: Assembly) -> None:
        """Start without a stream."""
        self._run = run
        self.now = run.clock.now()
        """Epoch milliseconds, as of the last `look_at_clock`."""
        settings = run.settings
        self.batchers = Batchers(
            settings.batch_size_rows, settings.batch_max_age_seconds, self._hand_over, self._issue_ticket
        )
        self._intakes: list[Intake] = []

    def look_at_clock(self) -> None:
        """Note the time, and count what has come until now."""
        self.now = self._run.clock.now()
        self.count()

    def intake(self, stream: str, mapping: StreamMapping, lacks_key: type[InputError] | None) -> Intake:
        """The intake for the rows of a stream, in place of one by an earlier schema."""
        run = self._run
        self.count()
        self._intakes = [one for one in self._intakes if one.stream != stream]
        batchers = [
            self.batchers.of(BatchOptions(stream, entry.reject_too_old, entry.personal_columns))
            for entry in mapping.entries
        ]
        intake = Intake(
            mapping,
            batchers,
            run.recorder,
            lacks_key or InputError,
            self._keeper(stream, mapping),
            lambda events: run.report_builder.contents.see_again(stream, events, self.now),
        )
        intake.zone = OpenZone(mapping.plans, run.warn)
        self._intakes.append(intake)
        return intake

    def _keeper(self, stream: str, mapping: StreamMapping) -> RowKeeper | None:
        """The keeper of a stream's rejected rows; None where they are not kept, or the run sends nothing of the stream."""
        run = self._run
        if not (run.settings.keep_rejected_rows and run.delivery is not None and mapping.is_sent):
            return None
        return RowKeeper(stream, mapping, run.settings.origin, run.recorder.keep_rows)

    def count(self) -> None:
        """Add the rows that have come since the last call to the tally."""
        for intake in self._intakes:
            intake.count()

    def _issue_ticket(self, stream: str, rule: str, events: int) -> object:
        self._run.tally.count_made(stream, rule, events)
        return self._run.recorder.progress.made(events)

    def _hand_over(self, batch: Batch) -> None:
        """Give a batch to the destination, after the checks and waiting while it is behind."""
        run = self._run
        self.count()
        run.report_builder.contents.count(batch, self.now)
        if run.checks is not None:
            run.checks.clear(batch.rule)
        run.destination.carry(batch, give_up=run.termination.is_due)
        run.termination.check()

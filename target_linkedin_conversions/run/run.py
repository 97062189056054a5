"""One run, whatever feeds it: the way from its beginning to its end."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from target_linkedin_conversions.cpu_affinity import THREADS
from target_linkedin_conversions.delivery.clock import Clock
from target_linkedin_conversions.reporting.page import prepare_pages
from target_linkedin_conversions.reporting.way_back import FedBy
from target_linkedin_conversions.run.assembly import Assembly
from target_linkedin_conversions.run.beginning import begin, warn_of_new_ledger
from target_linkedin_conversions.run.ending import RunEnding
from target_linkedin_conversions.run.gathering import Gathering
from target_linkedin_conversions.run.run_id import new_run_id
from target_linkedin_conversions.run.status import status_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.delivery.batch import BatchOptions, Listener
    from target_linkedin_conversions.delivery.destination import Destination
    from target_linkedin_conversions.errors import InputError
    from target_linkedin_conversions.reporting.live import Status
    from target_linkedin_conversions.reporting.report import Report
    from target_linkedin_conversions.run.batcher import Batcher
    from target_linkedin_conversions.run.intake import Intake
    from target_linkedin_conversions.run.jobs import JobPart
    from target_linkedin_conversions.run.progress import Progress
    from target_linkedin_conversions.run.stream_mapping import StreamMapping
    from target_linkedin_conversions.settings import Settings

__all__ = ["Run", "new_run_id"]


class Run:
    """Everything one run shares; nothing is opened before `begin`.

    A way in begins it, feeds it (rows into an `intake`, or events into a `batcher`), calls `pause`
    between whiles, and ends it: `finish` where all went well, then `conclude`, however it went.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock | None = None,
        *,
        destination: Callable[[str, Listener], Destination] | None = None,
        part: JobPart | None = None,
        fed_by: FedBy = FedBy.TAP,
        is_replay: bool = False,
    ) -> None:
        """Assemble from settings, without I/O.

        `destination` makes, of the run's name and the listener, what takes the batches instead of the
        delivery; it sends nothing, so that nothing is checked before it. `part` is the part of a job that
        this run tries, `fed_by` what can bring its records again; a replay takes up what earlier runs left.
        """
        parts = self._parts = Assembly(
            settings,
            clock or Clock(),
            destination=destination,
            job_part=part,
            fed_by=fed_by,
            is_replay=is_replay,
        )
        self.settings = settings
        self.name = parts.name
        self.clock = parts.clock
        self.tally = parts.tally
        self.warnings = parts.warnings
        self.streams = parts.streams
        self.recorder = parts.recorder
        self.termination = parts.termination
        self.warn = parts.warn
        self._destination = parts.destination
        self._gathering = Gathering(parts)
        self._ending = RunEnding(parts, self._gathering.count)
        self.owns_process = False
        """Whether the process serves this run alone, so that the watchdog may end it where something hangs."""

    @property
    def now(self) -> int:
        """Epoch milliseconds, as of the last `pause`."""
        return self._gathering.now

    @property
    def sends(self) -> bool:
        """Whether events are sent; where they are not, no STATE may be written."""
        return self._parts.delivery is not None

    @property
    def progress(self) -> Progress:
        """What is told of every event."""
        return self.recorder.progress

    def follow(self, progress: Progress) -> None:
        """Tell `progress` of every event when it is made and when it has ended; call it before the first event."""
        self.recorder.progress = progress

    def status(self) -> Status:
        """The run's progress so far; any thread may ask."""
        return status_of(self.tally, self._parts.delivery, time.monotonic() - self._parts.since)

    # Beginning

    def begin(self) -> None:
        """Open folder and ledger, read the suppress list, start the senders; only once."""
        begin(self._parts)

    def warn_of_new_ledger(self, source: str) -> None:
        """Warn of a new ledger where `source` shows that an earlier run has delivered, which the ledger then does not know of."""
        warn_of_new_ledger(self._parts, source)

    # What comes in

    def intake(self, stream: str, mapping: StreamMapping, lacks_key: type[InputError] | None = None) -> Intake:
        """The intake for the rows of a stream, in place of one by an earlier schema.

        It raises `lacks_key` for a row without one of its key properties.
        """
        return self._gathering.intake(stream, mapping, lacks_key)

    def batcher(self, options: BatchOptions) -> Batcher:
        """The batcher for events with these options; the same one each time."""
        return self._gathering.batchers.of(options)

    def pause(self) -> None:
        """Do what is due between two rows: send batches, and write results, that are old enough, and raise what stopped the run in another thread."""
        self._gathering.look_at_clock()
        self._clear_clock()
        self.check()
        THREADS.look_around()
        self._gathering.batchers.send_old()
        self.recorder.flush_old()

    def longest_silence(self) -> float:
        """Seconds after which `pause` must be called even if no row comes; at most one."""
        return self._gathering.batchers.longest_silence()

    def check(self) -> None:
        """Raise what has stopped the run: a signal, a sender's error, a failure of `progress`, too many rejects."""
        self.termination.check()
        self._destination.check()
        if self.progress.failure is not None:
            raise self.progress.failure
        self._parts.judge.check()

    def may_progress(self) -> bool:
        """Make rejects and outbox durable, then say whether STATE may move past settled events.

        Not where too many were rejected, nor where the clock decided and is wrong, or was not compared with LinkedIn's yet.
        """
        self.recorder.flush()
        return not (self._parts.judge.too_many() or self.streams.matching.none_fits or self._clock_is_doubted)

    @property
    def _clock_is_doubted(self) -> bool:
        checks = self._parts.checks
        return checks is not None and self.tally.is_by_the_clock and checks.clock_is_doubted

    def _clear_clock(self) -> None:
        if self._parts.checks is not None and self._clock_is_doubted:
            self._parts.checks.clear_clock()

    # The end

    def settle(self) -> None:
        """Send every buffer, and wait until everything is settled; raises what stopped the run."""
        self._gathering.batchers.send_all()
        self._destination.finish(give_up=self.termination.is_due)
        self.recorder.flush()  # without STATE nothing has flushed yet, and a run that cannot write its rejects must fail
        self.check()

    def finish(self) -> None:
        """End a run whose input has ended: send every buffer, await every answer, write the last STATE; raises what stopped it."""
        self.begin()
        self._gathering.count()
        self.streams.matching.check(count.stream for count in self.tally.streams() if count.records)
        prepare_pages()
        self._clear_clock()
        self.settle()
        self.progress.release()
        self.progress.close(self.settings.shutdown_seconds)
        self.check()

    def conclude(self, error: BaseException | None) -> Report:
        """End the run, whether it went well or `error` has stopped it: last STATE, report, alerts, summary. Does it once.

        Raises `StopRun` where a run that went well cannot write its report.
        """
        if self.report is not None:
            return self.report
        return self._ending.conclude(error, owns_process=self.owns_process)

    @property
    def report(self) -> Report | None:
        """The report, once the run has ended."""
        return self._ending.report

    @property
    def report_place(self) -> str:
        """Where the report is, once the run has ended; empty where it could not be written."""
        return self._parts.files.report_place

    def last_line(self, report: Report | None = None) -> str:
        """`outcome=… exit=…`: the last line on stderr; `report` where whoever made the run ends otherwise than it did."""
        return self._ending.last_line(report)

"""One run, whatever feeds it: its parts, its beginning, and its end."""

from __future__ import annotations

import logging
import time
from contextlib import closing, contextmanager
from secrets import token_bytes
from typing import TYPE_CHECKING

from target_linkedin_conversions.alerts.alerts import Alerts
from target_linkedin_conversions.cpu_affinity import THREADS
from target_linkedin_conversions.delivery.batch import BatchOptions
from target_linkedin_conversions.delivery.clock import Clock
from target_linkedin_conversions.delivery.delivery import Delivery
from target_linkedin_conversions.delivery.rehearsal import Rehearsal
from target_linkedin_conversions.epoch import utc_of
from target_linkedin_conversions.errors import (
    LONGEST_MESSAGE,
    InputError,
    StopRun,
    TargetError,
    Terminated,
)
from target_linkedin_conversions.ledger import pseudonym
from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.reporting.keys import PublicKeys
from target_linkedin_conversions.reporting.outbox import Outbox
from target_linkedin_conversions.reporting.page import prepare_pages
from target_linkedin_conversions.reporting.rejects import Rejects
from target_linkedin_conversions.reporting.summary import outcome_line, summary
from target_linkedin_conversions.reporting.tally import Tally
from target_linkedin_conversions.reporting.way_back import FedBy
from target_linkedin_conversions.run.alerting import ended
from target_linkedin_conversions.run.batchers import Batchers
from target_linkedin_conversions.run.checking import Checks
from target_linkedin_conversions.run.earlier_runs import new_ledger_warning, older_copy_warning
from target_linkedin_conversions.run.end_warnings import end_warnings, worst_warnings
from target_linkedin_conversions.run.files import RunFiles
from target_linkedin_conversions.run.intake import Intake
from target_linkedin_conversions.run.open_zone import OpenZone
from target_linkedin_conversions.run.process.interruptible import Patience
from target_linkedin_conversions.run.process.machine import ensure_clock, ensure_descriptors
from target_linkedin_conversions.run.process.watchdog import watchdog
from target_linkedin_conversions.run.progress import Progress, Untracked
from target_linkedin_conversions.run.recorder import Recorder
from target_linkedin_conversions.run.reject_ratio import RejectRatio
from target_linkedin_conversions.run.rejected_rows import RowKeeper
from target_linkedin_conversions.run.report_builder import ReportBuilder
from target_linkedin_conversions.run.run_id import new_run_id
from target_linkedin_conversions.run.status import status_of
from target_linkedin_conversions.run.streams import Streams
from target_linkedin_conversions.run.suppress import suppress_list
from target_linkedin_conversions.telemetry.telemetry import MOST_SECONDS as TELEMETRY_SECONDS
from target_linkedin_conversions.telemetry.telemetry import Telemetry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from target_linkedin_conversions.delivery.batch import Batch, Listener
    from target_linkedin_conversions.delivery.destination import Destination
    from target_linkedin_conversions.ledger import Ledger
    from target_linkedin_conversions.reporting.live import Status
    from target_linkedin_conversions.reporting.report import Report
    from target_linkedin_conversions.run.batcher import Batcher
    from target_linkedin_conversions.run.jobs import JobPart
    from target_linkedin_conversions.run.stream_mapping import StreamMapping
    from target_linkedin_conversions.settings import Settings

__all__ = ["Run", "new_run_id"]

logger = logging.getLogger(__name__)

_LAST_PROGRESS_SECONDS = 1.0
"""Time for the last STATE, even where batches under way have used up `shutdown_seconds`."""
_LONGEST_END = 10.0
"""Seconds beside `shutdown_seconds` after which the end of a run that failed by a fault of this program is cut off."""


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
        self.settings = settings
        self.name = new_run_id()
        self._part = part
        self.clock = clock or Clock()
        self.now = self.clock.now()
        """Epoch milliseconds, as of the last `pause`."""
        self.tally = Tally()
        self._judge = RejectRatio(self.tally, settings.max_reject_ratio, fed_by)
        self._files = RunFiles(settings, self.name)
        self._alerts = Alerts(settings.alert_urls, settings.alert_on, self._files.folder)
        self.warnings: list[str] = []
        self.streams = Streams(settings, self.warn)
        self._fed_by = fed_by
        self._reporter = ReportBuilder(
            settings,
            self.name,
            self.tally,
            self._files,
            self.warnings,
            self.streams,
            fed_by=fed_by,
            is_replay=is_replay,
            is_part=part is not None,
        )
        self._secret = token_bytes(32)
        keys = PublicKeys(self._pseudonym)
        self.recorder = Recorder(
            self.tally,
            Rejects(self._files.rejects, self.name, self._pseudonym),
            Outbox(self._files.outbox, settings.origin),
            self._files.keep_results(keys) if settings.results_log else None,
        )
        self._telemetry = Telemetry(self.name, self.tally.lines, settings.requests_per_day)
        self._delivery: Delivery | None = None
        self._checks: Checks | None = None
        if destination is None and not settings.dry_run:
            self._delivery = Delivery(settings, self.name, self.recorder, self.clock, self._telemetry)
            self._checks = Checks(self._delivery, self.warn, self._raise_if_terminated)
        self._destination: Destination = (
            destination(self.name, self.recorder)
            if destination
            else self._delivery or Rehearsal(settings, self.name, self.recorder)
        )
        self.progress: Progress = Untracked()
        self._batchers = Batchers(
            settings.batch_size_rows, settings.batch_max_age_seconds, self._hand_over, self._issue_ticket
        )
        self._intakes: list[Intake] = []
        self.begun = False
        self.owns_process = False
        """Whether the process serves this run alone, so that the watchdog may end it where something hangs."""
        self.report: Report | None = None
        self.terminated: int | None = None
        self.opening = False
        self._files.folder.wait_by(Patience(lambda: self.terminated).wait)
        self._since = time.monotonic()

    def _pseudonym(self, text: str) -> str:
        return pseudonym(self._secret, text)

    def status(self) -> Status:
        """The run's progress so far; any thread may ask."""
        return status_of(self.tally, self._delivery, time.monotonic() - self._since)

    @property
    def sends(self) -> bool:
        """Whether events are sent; where they are not, no STATE may be written."""
        return self._delivery is not None

    def follow(self, progress: Progress) -> None:
        """Tell `progress` of every event when it is made and when it has ended; call it before the first event."""
        self.progress = self.recorder.progress = progress

    # Beginning

    def begin(self) -> None:
        """Open folder and ledger, read the suppress list, start the senders; only once."""
        if self.begun:
            return
        self.begun = True
        for warning in self.settings.warnings:
            self.warn(warning)
        if self.sends:
            self._alerts.begin()
        self._telemetry.begin()
        if self.sends:
            ensure_clock(self.clock.now())
        ensure_descriptors(self.settings.max_concurrent_requests)
        self.opening = True  # by which a signal ends a wait for a folder or a database that is silent
        try:
            self._open()
        finally:
            self.opening = False
        ledger = self._destination.ledger
        if ledger is None:
            logger.info("dry run: nothing is sent, no STATE and no ledger row is written")
            return
        self._join(ledger)

    def _open(self) -> None:
        """Open the folder, the suppress list and the ledger, and start the senders."""
        self._raise_if_terminated()
        self._files.prepare(self._reporter.started, self.warn)
        self.streams.suppressed = suppress_list(self.settings.suppress)
        if self.settings.suppress is not None and not self.streams.suppressed:
            self.warn(f"the file of suppress names nobody: {self.settings.suppress} holds no line")
        self._destination.start()

    def _join(self, ledger: Ledger) -> None:
        """Use the ledger's key for pseudonyms, warn where it does not know earlier runs, and write this run into it."""
        self._secret = ledger.database.key
        age = utc_of(ledger.database.created)
        logger.info("ledger %s, kept since %s", ledger.database.place, age.strftime("%Y-%m-%d %H:%M UTC"))
        if ledger.database.is_new and self._files.follows_another_run:
            self.warn(new_ledger_warning("earlier runs left reports"))
        required = self.settings.require_ledger and self.sends
        if warning := older_copy_warning(ledger, self._files.last_sent(ledger.database.place), required=required):
            self.warn(warning)
        ledger.database.note_run(self.name)
        if self._part is not None:
            self._part.begin(ledger)

    def warn_of_new_ledger(self, source: str) -> None:
        """Warn of a new ledger where `source` shows that an earlier run has delivered, which the ledger then does not know of."""
        ledger = self._destination.ledger
        if ledger is not None and ledger.database.is_new and not self._files.follows_another_run:
            self.warn(new_ledger_warning(source))

    def warn(self, warning: str, *, is_worst: bool = False) -> None:
        """Log a warning once and keep it for the report, where the worst one stands first."""
        warning = printable(warning, LONGEST_MESSAGE)
        if warning not in self.warnings:
            self.warnings.insert(0 if is_worst else len(self.warnings), warning)
            logger.warning("%s", warning)

    # What comes in

    def intake(self, stream: str, mapping: StreamMapping, lacks_key: type[InputError] | None = None) -> Intake:
        """The intake for the rows of a stream, in place of one by an earlier schema.

        It raises `lacks_key` for a row without one of its key properties.
        """
        self._count()
        self._intakes = [one for one in self._intakes if one.stream != stream]
        batchers = [
            self.batcher(BatchOptions(stream, entry.reject_too_old, entry.personal_columns))
            for entry in mapping.entries
        ]
        intake = Intake(
            mapping,
            batchers,
            self.recorder,
            lacks_key or InputError,
            self._keeper(stream, mapping),
            lambda events: self._reporter.contents.see_again(stream, events, self.now),
        )
        intake.zone = OpenZone(mapping.plans, self.warn)
        self._intakes.append(intake)
        return intake

    def _keeper(self, stream: str, mapping: StreamMapping) -> RowKeeper | None:
        """The keeper of a stream's rejected rows; None where they are not kept, or the run sends nothing of the stream."""
        if not (self.settings.keep_rejected_rows and self.sends and mapping.is_sent):
            return None
        return RowKeeper(stream, mapping, self.settings.origin, self.recorder.keep_rows)

    def batcher(self, options: BatchOptions) -> Batcher:
        """The batcher for events with these options; the same one each time."""
        return self._batchers.of(options)

    def _issue_ticket(self, stream: str, rule: str, events: int) -> object:
        self.tally.count_made(stream, rule, events)
        return self.progress.made(events)

    def pause(self) -> None:
        """Do what is due between two rows: send batches that are old enough, and raise what stopped the run in another thread."""
        self.now = self.clock.now()
        self._count()
        self.check()
        THREADS.look_around()
        self._batchers.send_old()

    def longest_silence(self) -> float:
        """Seconds after which `pause` must be called even if no row comes; at most one."""
        return self._batchers.longest_silence()

    def check(self) -> None:
        """Raise what has stopped the run: a signal, a sender's error, a failure of `progress`, too many rejects."""
        self._raise_if_terminated()
        self._destination.check()
        if self.progress.failure is not None:
            raise self.progress.failure
        self._judge.check()

    def may_progress(self) -> bool:
        """Make rejects and outbox durable, then say whether STATE may move past settled events: not where too many were rejected."""
        self.recorder.flush()
        return not self._judge.too_many() and not self.streams.matching.none_fits

    def _count(self) -> None:
        for intake in self._intakes:
            intake.count()

    def _hand_over(self, batch: Batch) -> None:
        """Give a batch to the destination, after the checks and waiting while it is behind."""
        self._reporter.contents.count(batch, self.now)
        if self._checks is not None:
            self._checks.clear(batch.rule)
        self._destination.carry(batch, give_up=self._is_terminated)
        self._raise_if_terminated()

    def _is_terminated(self) -> bool:
        return self.terminated is not None

    def _raise_if_terminated(self) -> None:
        if self.terminated is not None:
            raise Terminated(self.terminated)

    # The end

    def settle(self) -> None:
        """Send every buffer, and wait until everything is settled; raises what stopped the run."""
        self._batchers.send_all()
        self._destination.finish(give_up=self._is_terminated)
        self.recorder.flush()  # without STATE nothing has flushed yet, and a run that cannot write its rejects must fail
        self.check()

    def finish(self) -> None:
        """End a run whose input has ended: send every buffer, await every answer, write the last STATE; raises what stopped it."""
        self.begin()
        self._count()
        self.streams.matching.check(count.stream for count in self.tally.streams() if count.records)
        prepare_pages()
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
        if self.owns_process and error is not None and not isinstance(error, StopRun):
            longest = _LONGEST_END + self.settings.shutdown_seconds + self._alerts.longest + TELEMETRY_SECONDS
            with watchdog(longest):
                return self._concluded(error)
        return self._concluded(error)

    def _concluded(self, error: BaseException | None) -> Report:
        self._count()
        fault = None
        try:
            self._close(error)
            self.report = self._make_report(error)
            self._warn_of_ends(self.report, error)
            if self.begun:
                fault = self._write_report(self.report, error)
        finally:
            if self.begun:
                self._destination.leave()
        if self.begun:
            self._tell_others(self.report)
            if fault is not None and error is None:
                raise fault
        for line in summary(self.report):
            logger.info("%s", line)
        if place := self._files.page_place:
            logger.info("page: %s", place)
        return self.report

    def _write_report(self, report: Report, error: BaseException | None) -> StopRun | None:
        """Write the report, for the job too; returns the error where that fails, by which a run that went well then ends."""
        fault = self._files.write_report(report)
        if self._part is not None and (ledger := self._destination.ledger) is not None:
            self._part.end(ledger, report)
        if fault is not None and error is None:
            self.report = self._make_report(fault)
        return fault

    def _tell_others(self, report: Report) -> None:
        """Send metrics and spans to the collector and, of a run that sends, alerts to people."""

        def gives_up() -> bool:
            """Whether a signal came after the report was made: nothing is left that is worth a wait."""
            return self.terminated is not None and report.outcome != Terminated.outcome

        self._telemetry.end(report, gives_up)
        if self._delivery is not None and not report.replayed_nothing:
            self._alerts.tell(ended(report, self._files.folder, self._checks, self._judge, self._delivery), gives_up)

    @property
    def report_place(self) -> str:
        """Where the report is, once the run has ended; empty where it could not be written."""
        return self._files.report_place

    def last_line(self) -> str:
        """`outcome=… exit=…`: the last line on stderr."""
        return outcome_line(self.report or self._make_report(None), self.report_place)

    def _close(self, error: BaseException | None) -> None:
        until = time.monotonic() + self.settings.shutdown_seconds
        try:
            if self.begun:
                with _late_ones_logged(error):
                    self._destination.close(self.settings.shutdown_seconds)
                    self.recorder.flush()
                    self.progress.release()
        finally:
            with _late_ones_logged(error), closing(self._files):
                self.progress.close(max(_LAST_PROGRESS_SECONDS, until - time.monotonic()))
        if self._checks is not None:
            self._checks.warn_of_ends()

    def _warn_of_ends(self, report: Report, error: BaseException | None) -> None:
        """Warn of how the events of this run ended, in the report too: its warnings are the run's own."""
        for warning in end_warnings(report):
            self.warn(warning)
        for warning in worst_warnings(report):
            self.warn(warning, is_worst=True)
        if error is None and (doubt := self._judge.doubt()):
            self.warn(doubt)

    def _make_report(self, error: BaseException | None) -> Report:
        delivery = self._delivery if self.begun else None
        return self._reporter.report(error, self._destination.ledger, delivery, self._checks, self.recorder.rows_kept)


@contextmanager
def _late_ones_logged(error: BaseException | None) -> Iterator[None]:
    """Log an error while the run ends, and go on; `error`, by which the run ends, is reported elsewhere."""
    try:
        yield
    except TargetError as late:
        if late is not error:
            logger.error("%s", late)

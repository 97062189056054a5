"""One run of the target: what it holds, how it begins, and the one way it ends."""

from __future__ import annotations

import logging
import time
from concurrent.futures import Future, wait
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from secrets import token_bytes
from threading import Thread
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.admin.findings import lives_of, on_lives
from target_linkedin_conversions.admin.preflight import preflight
from target_linkedin_conversions.delivery.delivery import Delivery, Destination, Rehearsal, new_run_id
from target_linkedin_conversions.errors import (
    ConfigError,
    StopRun,
    TargetError,
    Terminated,
    TooManyRejectsError,
    exit_code_of,
    outcome_of,
)
from target_linkedin_conversions.ledger import pseudonym
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.records.suppressed import digests_of
from target_linkedin_conversions.reporting.folder import KEEP_DAYS, Folder
from target_linkedin_conversions.reporting.journal import Journal
from target_linkedin_conversions.reporting.outbox import Outbox
from target_linkedin_conversions.reporting.page import page, template
from target_linkedin_conversions.reporting.rejects import Rejects
from target_linkedin_conversions.reporting.report import EarlierRun, Report
from target_linkedin_conversions.reporting.summary import outcome_line, summary
from target_linkedin_conversions.reporting.tally import Tally
from target_linkedin_conversions.settings.files import lines_of
from target_linkedin_conversions.singer.checkpoint import Checkpoint
from target_linkedin_conversions.singer.limits import ensure_descriptors
from target_linkedin_conversions.singer.recorder import Recorder
from target_linkedin_conversions.singer.state_writer import StateWriter

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.admin.preflight import Preflight
    from target_linkedin_conversions.delivery.batch import Batch, Listener
    from target_linkedin_conversions.delivery.clock import Clock
    from target_linkedin_conversions.settings import Settings

__all__ = ["Run", "suppress_list"]

logger = logging.getLogger(__name__)

_LISTEN_SECONDS = 0.2
_LAST_STATE_SECONDS = 1.0
"""For the last STATE, even where what was in flight has used up `shutdown_seconds`."""
_JUDGED_FROM = 20
"""Events, rejected or not, from which on `max_reject_ratio` is judged."""


class Run:
    """Everything one run shares; nothing is opened before `begin`."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock | None = None,
        *,
        destination: Callable[[str, Listener], Destination] | None = None,
    ) -> None:
        """Assemble from settings, without I/O.

        `destination` makes, of the run's name and the listener, what takes the batches instead of the
        delivery; it sends nothing, so that nothing is checked before it and no STATE leaves.
        """
        self.settings = settings
        self.run = new_run_id()
        self._started = datetime.now(UTC)
        self.tally = Tally()
        self._folder = Folder(settings.state_dir)
        self._private = Folder(settings.private_dir, "private_dir")
        self._rejects = Journal(self._folder, f"rejects/{self.run}.jsonl")
        self._outbox = Journal(self._private, f"outbox/{self.run}.jsonl")
        self._secret = token_bytes(32)
        outbox = Outbox(self._outbox, settings.origin)
        self.recorder = Recorder(self.tally, Rejects(self._rejects, self.run, self._pseudonym), outbox)
        sends = destination is None and not settings.dry_run
        self.delivery = Delivery(settings, self.run, self.recorder, clock) if sends else None
        self.destination: Destination = (
            destination(self.run, self.recorder) if destination else self.delivery or Rehearsal(self.recorder)
        )
        self._writer = StateWriter(settings.state_interval_seconds)
        self.checkpoint = Checkpoint(self._offer_state, self._state_allowed)
        self.recorder.checkpoint = self.checkpoint
        self.suppressed: frozenset[str] = frozenset()
        self.warnings: list[str] = []
        self.begun = False
        self._cleared = False
        self._written = False
        self.report: Report | None = None
        self.terminated: int | None = None

    def begin(self) -> None:
        """Open folder and ledger, read the suppress list, start the senders."""
        if self.begun:
            return
        self.begun = True
        for warning in self.settings.warnings:
            self.warn(warning)
        ensure_descriptors(self.settings.max_concurrent_requests)
        self._folder.prepare()
        self._clean()
        self.suppressed = suppress_list(self.settings.suppress)
        if self.settings.suppress is not None and not self.suppressed:
            self.warn(f"the file of suppress names nobody: {self.settings.suppress} holds no line")
        self.destination.start()
        ledger = self.destination.ledger
        if ledger is not None:
            self._secret = ledger.database.key
            age = datetime.fromtimestamp(ledger.database.created / 1000, UTC)
            logger.info("ledger %s, kept since %s", ledger.database.place, age.strftime("%Y-%m-%d %H:%M UTC"))
            if ledger.database.is_new and self._folder.read("runs/last.json") is not None:
                self.warn(
                    "the ledger is new, though earlier runs left reports: what they delivered is not known to it; "
                    "set require_ledger: true to stop instead",
                )
        else:
            logger.info("dry run: nothing is sent, no STATE and no ledger row is written")

    def _clean(self) -> None:
        """Remove what old runs left; that it fails must not cost this run."""
        for folder, under in ((self._folder, "rejects"), (self._private, "outbox"), (self._folder, "runs")):
            try:
                folder.remove_older(under, KEEP_DAYS[under], self._started)
            except StopRun:
                raise
            except Exception as error:  # noqa: BLE001 - each storage has errors of its own
                place, cause = folder.place(under), type(error).__name__
                self.warn(f"files in {place} of more than {KEEP_DAYS[under]} days ago cannot be removed ({cause})")

    def warn(self, warning: str) -> None:
        """Log a warning once and keep it for the report."""
        if warning not in self.warnings:
            self.warnings.append(warning)
            logger.warning("%s", warning)

    def check(self) -> None:
        """Raise what stopped the run elsewhere: a signal, a sender, stdout, too many rejects."""
        self._raise_if_terminated()
        self.destination.check()
        if self._writer.failure is not None:
            raise self._writer.failure
        if self._too_many_rejects():
            raise TooManyRejectsError(self._rejects_message())

    def hand_over(self, batch: Batch) -> None:
        """Give a batch to the destination, waiting while it is behind; the first one after the preflight."""
        if not self._cleared:
            self._cleared = True
            self._preflight()
        self.destination.carry(batch, give_up=self._is_terminated)
        self._raise_if_terminated()

    def _preflight(self) -> None:
        """Check version, token and rules before anything is sent; warns, or raises what stops the run."""
        if self.delivery is None or not self.settings.preflight:
            return
        found = self._look(self.delivery)
        self.delivery.rule_types.update(found.rule_types)
        for life in found.lives:
            logger.info("%s", life)
        for finding in found.findings:
            if not finding.stops:
                self.warn(str(finding))
        if found.stop is not None:
            raise found.stop

    def _look(self, delivery: Delivery) -> Preflight:
        """What the preflight finds; a signal does not wait for LinkedIn's answers."""
        looked: Future[Preflight] = Future()

        def look() -> None:
            try:
                looked.set_result(preflight(self.settings, delivery.client, delivery.tokens, delivery.clock))
            except BaseException as error:  # noqa: BLE001 - raised where the result is asked for
                looked.set_exception(error)

        Thread(target=look, name="preflight", daemon=True).start()
        while not wait([looked], _LISTEN_SECONDS).done:
            self._raise_if_terminated()
        return looked.result()

    def _warn_of_ends(self) -> None:
        """Warn where a token that was refreshed in this run soon ends for good."""
        if self.delivery is not None:
            tokens = self.delivery.tokens
            for finding in on_lives(lives_of(tokens, None, self.delivery.clock.now()), can_refresh=tokens.can_refresh):
                self.warn(str(finding))

    def _is_terminated(self) -> bool:
        return self.terminated is not None

    def _raise_if_terminated(self) -> None:
        if self.terminated is not None:
            raise Terminated(self.terminated)

    def finish(self) -> None:
        """Wait until everything is settled; raises what stopped the run."""
        self.begin()
        template()
        self.destination.finish(give_up=self._is_terminated)
        self.recorder.flush()  # no STATE may have asked for it: rejects that cannot be kept are no good end
        self.check()
        self.checkpoint.release()
        self._writer.close(self.settings.shutdown_seconds)
        self.check()

    def conclude(self, error: BaseException | None) -> Report:
        """End the run, however it came to it: last STATE, report, summary. Only once."""
        if self.report is not None:
            return self.report
        self._close(error)
        self.report = self._make_report(error)
        if self.begun:
            fault = self._write_report(self.report)
            self.destination.leave()
            if fault is not None and error is None:
                self.report = self._make_report(fault)
                raise fault
        for line in summary(self.report):
            logger.info("%s", line)
        return self.report

    def last_line(self) -> str:
        """`outcome=… exit=…`: the last line on stderr."""
        report = self.report or self._make_report(None)
        return outcome_line(report, self._folder.place(f"runs/{self.run}.json") if self._written else "")

    # STATE

    def _offer_state(self, state: bytes) -> None:
        if self.delivery is not None:
            self._writer.offer(state)

    def _state_allowed(self) -> bool:
        self.recorder.flush()
        return not self._too_many_rejects()

    def _too_many_rejects(self) -> bool:
        return self.tally.judged >= _JUDGED_FROM and self.tally.reject_ratio > self.settings.max_reject_ratio

    def _rejects_message(self) -> str:
        worst = sorted(
            (line for line in self.tally.lines() if line.outcome is Outcome.REJECTED),
            key=lambda line: -line.events,
        )
        causes = "; ".join(
            f"{line.events} {line.code} in {line.stream}: {line.meaning or 'see the rejects file'}"
            for line in worst[:3]
        )
        return f"{self.tally.rejected} rejected, more than max_reject_ratio allows; STATE stays ({causes})"

    # The end

    def _close(self, error: BaseException | None) -> None:
        until = time.monotonic() + self.settings.shutdown_seconds
        try:
            if self.begun:
                self.destination.close(self.settings.shutdown_seconds)
                self.recorder.flush()
                self.checkpoint.release()
        except TargetError as late:
            if late is not error:
                logger.error("%s", late)
        finally:
            self._writer.close(max(_LAST_STATE_SECONDS, until - time.monotonic()))
            self._rejects.close()
            self._outbox.close()
        self._warn_of_ends()
        if error is None and self.tally.rejected and self.tally.reject_ratio > self.settings.max_reject_ratio:
            self.warn("most events of this run were rejected; the run is too small to be judged by max_reject_ratio")

    def _make_report(self, error: BaseException | None) -> Report:
        ended = datetime.now(UTC)
        lines = self.tally.lines()
        counts: dict[str, int] = {}
        for line in lines:
            counts[line.outcome] = counts.get(line.outcome, 0) + line.events
        streams = self.tally.streams()
        return Report(
            run=self.run,
            version=_version(),
            started=self._started.isoformat(timespec="seconds"),
            ended=ended.isoformat(timespec="seconds"),
            seconds=round((ended - self._started).total_seconds(), 3),
            outcome="done" if error is None else outcome_of(error),
            exit_code=0 if error is None else exit_code_of(error),
            message=str(error) if isinstance(error, TargetError) else "",
            dry_run=self.settings.dry_run,
            linkedin_version=self.settings.linkedin_version,
            requests=self.delivery.sender.requests if self.delivery else 0,
            records=self.tally.records,
            events=sum(stream.events for stream in streams),
            counts=counts,
            streams=streams,
            lines=lines,
            left_out=self.tally.fields(),
            unmatched=self.tally.unmatched_values(),
            warnings=self.warnings,
            earlier=self._earlier(),
            ledger=self.destination.ledger.database.place if self.destination.ledger else "",
            rejects=self._rejects.place if self._rejects.used else "",
            outbox=self._outbox.place if self._outbox.used else "",
        )

    def _earlier(self) -> list[EarlierRun]:
        """What became of the events of runs that were killed before they could report."""
        if self.delivery is None or not self.begun:
            return []
        return [
            EarlierRun(found.run, found.delivered, found.resent, found.in_doubt) for found in self.delivery.earlier()
        ]

    def _write_report(self, report: Report) -> ConfigError | None:
        """Write the report in its three forms; the error where they cannot be written."""
        data = msgspec.json.format(msgspec.json.encode(report), indent=2)
        try:
            self._folder.write(f"runs/{self.run}.json", data)
            self._written = True
            self._folder.write("runs/last.json", data)
            self._folder.write(f"runs/{self.run}.html", page(report))
        except (OSError, StopRun) as error:
            # A run that failed has already said why, and most likely that is why here too.
            logger.info("the report could not be written (%s)", type(error).__name__)
            problem = f"the report cannot be written ({type(error).__name__})"
            return ConfigError("state_dir", problem, "make room, or name a folder on another disk")
        return None

    def _pseudonym(self, text: str) -> str:
        return pseudonym(self._secret, text)


def suppress_list(path: str | None) -> frozenset[str]:
    """The digests of a file of e-mails or hashes, one a line; raises `ConfigError`."""
    if path is None:
        return frozenset()
    return digests_of(lines_of(path, "suppress", "name a file of e-mails or hashes, one a line"))


def _version() -> str:
    try:
        return version("target-linkedin-conversions")
    except PackageNotFoundError:
        return "unknown"

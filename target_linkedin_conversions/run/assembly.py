"""What a run is made of, put together from its settings."""

from __future__ import annotations

import logging
import time
from secrets import token_bytes
from typing import TYPE_CHECKING

from target_linkedin_conversions.alerts.alerts import Alerts
from target_linkedin_conversions.delivery.delivery import Delivery
from target_linkedin_conversions.delivery.rehearsal import Rehearsal
from target_linkedin_conversions.errors import LONGEST_MESSAGE
from target_linkedin_conversions.ledger import pseudonym
from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.reporting.keys import PublicKeys
from target_linkedin_conversions.reporting.outbox import Outbox
from target_linkedin_conversions.reporting.rejects import Rejects
from target_linkedin_conversions.reporting.tally import Tally
from target_linkedin_conversions.run.checking import Checks
from target_linkedin_conversions.run.files import RunFiles
from target_linkedin_conversions.run.process.interruptible import Patience
from target_linkedin_conversions.run.process.termination import Termination
from target_linkedin_conversions.run.recorder import Recorder
from target_linkedin_conversions.run.reject_ratio import RejectRatio
from target_linkedin_conversions.run.report_builder import ReportBuilder
from target_linkedin_conversions.run.run_id import new_run_id
from target_linkedin_conversions.run.streams import Streams
from target_linkedin_conversions.telemetry.telemetry import Telemetry

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.delivery.batch import Listener
    from target_linkedin_conversions.delivery.clock import Clock
    from target_linkedin_conversions.delivery.destination import Destination
    from target_linkedin_conversions.reporting.way_back import FedBy
    from target_linkedin_conversions.run.jobs import JobPart
    from target_linkedin_conversions.settings import Settings

__all__ = ["Assembly"]

logger = logging.getLogger(__name__)


class Assembly:
    """The parts of one run, each made once; its beginning, its gathering and its end work with the same ones."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        *,
        destination: Callable[[str, Listener], Destination] | None,
        job_part: JobPart | None,
        fed_by: FedBy,
        is_replay: bool,
    ) -> None:
        """Put the parts together, without I/O; the arguments are those of `Run`."""
        self.settings = settings
        self.name = new_run_id()
        self.clock = clock
        self.since = time.monotonic()
        self.job_part = job_part
        self.begun = False
        """Whether the run has begun: before, there is nothing to close and nobody to tell."""
        self.termination = Termination()
        self.warnings: list[str] = []
        self.tally = Tally()
        self.judge = RejectRatio(self.tally, settings.max_reject_ratio, fed_by)
        self.files = RunFiles(settings, self.name)
        self.files.folder.wait_by(Patience(lambda: self.termination.terminated).wait)
        self.streams = Streams(settings, self.warn, fed_by)
        self.alerts = Alerts(settings.alert_urls, settings.alert_on, self.files.folder)
        self.telemetry = Telemetry(self.name, self.tally.lines, settings.requests_per_day)
        self.report_builder = ReportBuilder(
            settings,
            self.name,
            self.tally,
            self.files,
            self.warnings,
            self.streams,
            fed_by=fed_by,
            is_replay=is_replay,
            is_part=job_part is not None,
        )
        self.secret = token_bytes(32)
        """The key of this run's pseudonyms; the ledger's own from when that is open."""
        self.recorder = Recorder(
            self.tally,
            Rejects(self.files.rejects, self.name, self._pseudonym),
            Outbox(self.files.outbox, settings.origin),
            self.files.keep_results(PublicKeys(self._pseudonym)) if settings.results_log else None,
        )
        self.delivery: Delivery | None = None
        """What sends; None in a run that sends nothing."""
        self.checks: Checks | None = None
        if destination is None and not settings.dry_run:
            self.delivery = Delivery(settings, self.name, self.recorder, clock, self.telemetry)
            self.checks = Checks(self.delivery, self.warn, self.termination.check)
        self.destination: Destination = (
            destination(self.name, self.recorder)
            if destination
            else self.delivery or Rehearsal(settings, self.name, self.recorder)
        )

    def warn(self, warning: str, *, is_worst: bool = False) -> None:
        """Log a warning once and keep it for the report, where the worst one stands first."""
        warning = printable(warning, LONGEST_MESSAGE)
        if warning not in self.warnings:
            self.warnings.insert(0 if is_worst else len(self.warnings), warning)
            logger.warning("%s", warning)

    def _pseudonym(self, text: str) -> str:
        return pseudonym(self.secret, text)

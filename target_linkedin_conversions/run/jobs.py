"""A job is several runs that an engine gives its parts to: what makes a run one of them, and the job's receipt."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.delivery.delivery import ledger_of
from target_linkedin_conversions.errors import LedgerError, StopRun, UnreachableError, exit_code_of, outcome_of
from target_linkedin_conversions.ledger.faults import ConnectionLostError
from target_linkedin_conversions.ledger.jobs import RunOfJob, forget_job, jobs_at_rest, runs_of_job
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.reporting.folder import begun
from target_linkedin_conversions.reporting.job_report import Job, TriedPart, job_report
from target_linkedin_conversions.reporting.report import Report
from target_linkedin_conversions.reporting.summary import outcome_line, summary
from target_linkedin_conversions.run.alerting import tell_of_job
from target_linkedin_conversions.run.end_warnings import parts_of_dry_run_warning, small_parts_warning
from target_linkedin_conversions.run.files import RunFiles
from target_linkedin_conversions.run.job_warnings import warnings_of_job
from target_linkedin_conversions.run.reject_ratio import judged_as_one
from target_linkedin_conversions.run.report_builder import installed_version
from target_linkedin_conversions.run.run_id import BEGIN_OF_RUN, new_run_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from target_linkedin_conversions.ledger import Ledger
    from target_linkedin_conversions.ledger.database import Database
    from target_linkedin_conversions.settings import Settings

__all__ = ["JobPart", "job_receipt"]

logger = logging.getLogger(__name__)

_LOOK_SECONDS = 0.5
_AT_REST_SECONDS = 3.0
"""Spark ends the process of a task two seconds after it was told to (`spark.python.task.killTimeout`)."""
_RESTART_SECONDS = 3.0
"""Between two looks for a database that is gone: each may itself take as long as a connection may."""
_LONGEST_SECONDS = 30.0
_LOST_AFTER = timedelta(hours=1)
"""A job of which no run gave a sign for so long has no driver any more."""


class JobPart(msgspec.Struct, frozen=True):
    """A part of a job, by its number; every run that tries the part has the same number."""

    job: str
    number: int

    def begin(self, ledger: Ledger) -> None:
        """Write that this worker's run tries the part; raises `LedgerError`."""
        ledger.job_runs.begin(self.job, self.number)

    def is_late(self, ledger: Ledger) -> bool:
        """Whether the job's receipt is there already: an engine does not wait for a copy that it needs no more."""
        try:
            return not ledger.job_runs.is_awaited()
        except StopRun:
            return False

    def end(self, ledger: Ledger, report: Report) -> None:
        """Write the report into the ledger for the job's receipt, where a run without one counts as killed."""
        try:
            ledger.job_runs.end(msgspec.json.encode(report))
        except StopRun as error:
            logger.info("the ledger could not be told how this part of the job ended (%s)", type(error).__name__)


def job_receipt(
    settings: Settings,
    job: str,
    stream: str,
    reported: Mapping[str, tuple[int, bytes]],
    *,
    completed: bool,
    sleep: Callable[[float], None] = time.sleep,
) -> Report:
    """Write the report over all runs of a job, `runs/JOB.json`, and log it.

    `reported` are the runs that the engine counted: the number of the part and the report of each. What others did,
    those that were killed too, the ledger knows. Raises `StopRun` where nothing can be written, and where the ledger
    cannot be read: the receipt then counts what was reported, and says so.
    """
    told = [RunOfJob(run, part, report, {}) for run, (part, report) in reported.items()]
    if settings.dry_run:
        return _write(settings, _named(job, told), stream, told, reported, completed=completed)
    database = ledger_of(settings, job).database
    try:
        runs = _runs_in(database, job, sleep, completed=completed)
        if runs is None:
            gone = LedgerError("it is gone") if told else None
            return _write(settings, _named(job, told), stream, told, reported, completed=completed, unread=gone)
        name = _named(job, runs)
        _tell_of_lost(settings, database, job)
        database.note_run(name)  # it knows every run that left a report here
    except StopRun as error:
        database.close()
        _write(settings, _named(job, told), stream, told, reported, completed=completed, unread=error)
        raise
    try:
        receipt = _write(settings, name, stream, runs, reported, completed=completed, ledger=database.place)
        _forget(database, job)
    finally:
        database.close()
    return receipt


def _tell_of_lost(settings: Settings, database: Database, job: str) -> None:
    """Write the receipts of earlier jobs whose driver was killed, so that they had none.

    The ledger keeps what it knows of them: a driver that was only late writes its receipt in the same place. Where several folders share
    a ledger, a job is of that in which its runs left reports.
    """
    try:
        jobs = jobs_at_rest(database, job)
        there = RunFiles(settings, job).folder.names("runs") if jobs else []
        for lost in jobs:
            runs = runs_of_job(database, lost)
            name = _named(lost, runs)
            is_here = settings.ledger_url is None or any(f"{one.run}.json" in there for one in runs)
            ended = _last_sign_of(runs)
            if is_here and f"{name}.json" not in there and datetime.now(UTC) - ended >= _LOST_AFTER:
                logger.warning("job %s left no receipt, for its driver was killed: it is written now", name)
                reports = [_decoded(one.report) for one in runs if one.report is not None]
                stream = next((line.stream for report in reports if report for line in report.lines), "")
                _write(settings, name, stream, runs, {}, completed=False, ledger=database.place, ended=ended)
    except Exception as error:  # noqa: BLE001 - whatever earlier jobs left, it must not cost this one its receipt
        logger.warning("receipts of earlier jobs could not be written (%s)", type(error).__name__)


def _last_sign_of(runs: Sequence[RunOfJob]) -> datetime:
    """When one of these runs ended, or began, last."""
    ended = [datetime.fromisoformat(report.ended) for one in runs if (report := _decoded(one.report)) is not None]
    return max([*ended, *(at for one in runs if (at := begun(one.run)) is not None)], default=datetime.now(UTC))


def _runs_in(database: Database, job: str, sleep: Callable[[float], None], *, completed: bool) -> list[RunOfJob] | None:
    """What the ledger holds of the runs of a job, None where there is no ledger; a server that restarts is waited for."""
    waited = 0.0
    while True:
        try:
            if not database.open_existing():
                return None
            return runs_of_job(database, job) if completed else _runs_at_rest(database, job, sleep)
        except (ConnectionLostError, UnreachableError):
            if waited >= _LONGEST_SECONDS:
                raise
            sleep(_RESTART_SECONDS)
            waited += _RESTART_SECONDS


def _forget(database: Database, job: str) -> None:
    """Delete what the ledger holds of a job whose receipt is written; where it cannot be, the rows only take room."""
    try:
        forget_job(database, job)
    except StopRun as error:
        logger.info("the ledger still holds the runs of this job (%s)", type(error).__name__)


def _runs_at_rest(database: Database, job: str, sleep: Callable[[float], None]) -> list[RunOfJob]:
    """The runs of a job that was ended, once those without a report do nothing any more.

    An engine that ends a job does not wait for its tasks: they send until they are killed.
    """
    runs = runs_of_job(database, job)
    at_rest = waited = 0.0
    while any(one.report is None for one in runs) and at_rest < _AT_REST_SECONDS and waited < _LONGEST_SECONDS:
        sleep(_LOOK_SECONDS)
        before, runs = runs, runs_of_job(database, job)
        at_rest = at_rest + _LOOK_SECONDS if runs == before else 0.0
        waited += _LOOK_SECONDS
    return runs


def _named(job: str, runs: Sequence[RunOfJob]) -> str:
    """The name of a job's receipt, which is that of a run: when it began, and which job it was.

    Its first run is part of that: a job that comes again at once must not write over its first receipt.
    """
    first = min((one.run for one in runs), default=new_run_id())
    return first[:BEGIN_OF_RUN] + blake2b(f"{job} {first}".encode(), digest_size=3).hexdigest()[1:]


def _write(  # noqa: PLR0913 - what a receipt is made of
    settings: Settings,
    name: str,
    stream: str,
    runs: Sequence[RunOfJob],
    reported: Mapping[str, tuple[int, bytes]],
    *,
    completed: bool,
    ledger: str = "",
    unread: StopRun | None = None,
    ended: datetime | None = None,
) -> Report:
    about = Job(
        name=name,
        stream=stream,
        version=installed_version(),
        linkedin_version=settings.linkedin_version,
        ended=ended or datetime.now(UTC),
        completed=completed,
        ledger=ledger,
    )
    tried = [TriedPart(one.run, one.part, _decoded(one.report), one.events) for one in runs]
    receipt = job_report(about, tried, reported)
    warnings = warnings_of_job(receipt, [one.report for one in tried if one.report is not None])
    receipt = judged_as_one(msgspec.structs.replace(receipt, warnings=warnings), settings.max_reject_ratio)
    sending = {one.part for one in tried if one.report is not None and one.report.requests}
    rehearsed = {one.part for one in tried if one.report is not None and one.report.counts.get(Outcome.WOULD_SEND)}
    of_parts = (
        small_parts_warning(len(sending), receipt.counts.get(Outcome.DELIVERED, 0)),
        parts_of_dry_run_warning(len(rehearsed)),
    )
    for warning in filter(None, of_parts):
        logger.warning("%s", warning)
        receipt.warnings.append(warning)
    if unread is not None:
        receipt = _without_ledger(receipt, unread, completed=completed)
    files = RunFiles(settings, name)
    fault = files.write_report(receipt)
    for line in summary(receipt):
        logger.info("%s", line)
    logger.info("%s", outcome_line(receipt, files.report_place))
    if not receipt.dry_run:
        tell_of_job(receipt, files.folder, settings)
    if fault is not None:
        raise fault
    return receipt


def _without_ledger(receipt: Report, error: StopRun, *, completed: bool) -> Report:
    """A receipt that lacks what only the ledger knows, which stops a job that no report says anything else of."""
    lacks = "what killed tasks delivered or left in doubt is not counted here, for the ledger could not be read when the job ended"
    mend = "write the same rows again, which sends only what the ledger does not know"
    receipt = msgspec.structs.replace(receipt, warnings=[f"{lacks}; {mend}", *receipt.warnings])
    if completed or receipt.runs:
        return receipt
    return msgspec.structs.replace(
        receipt, outcome=outcome_of(error), exit_code=exit_code_of(error), message=str(error)
    )


def _decoded(report: bytes | None) -> Report | None:
    return None if report is None else msgspec.json.decode(report, type=Report)

"""The beginning of a run: what is looked at and opened before the first row."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from target_linkedin_conversions.epoch import utc_of
from target_linkedin_conversions.run.earlier_runs import new_ledger_warning, older_copy_warning
from target_linkedin_conversions.run.process.machine import ensure_clock, ensure_descriptors
from target_linkedin_conversions.run.suppress import suppress_list

if TYPE_CHECKING:
    from target_linkedin_conversions.ledger import Ledger
    from target_linkedin_conversions.run.assembly import Assembly

__all__ = ["begin", "warn_of_new_ledger"]

logger = logging.getLogger(__name__)


def begin(run: Assembly) -> None:
    """Open folder and ledger, read the suppress list, start the senders; only once."""
    if run.begun:
        return
    run.begun = True
    for warning in run.settings.warnings:
        run.warn(warning)
    sends = run.delivery is not None
    if sends:
        run.alerts.begin()
    run.telemetry.begin()
    if sends:
        ensure_clock(run.clock.now())
    ensure_descriptors(run.settings.max_concurrent_requests)
    run.termination.opening = True  # by which a signal ends a wait for a folder or a database that is silent
    try:
        _open(run)
    finally:
        run.termination.opening = False
    ledger = run.destination.ledger
    if ledger is None:
        logger.info("dry run: nothing is sent, no STATE and no ledger row is written")
        return
    _join(run, ledger)


def _open(run: Assembly) -> None:
    """Open the folder, the suppress list and the ledger, and start the senders."""
    run.termination.check()
    run.files.prepare(run.report_builder.started, run.warn)
    suppress = run.settings.suppress
    run.streams.suppressed = suppress_list(suppress)
    if suppress is not None and not run.streams.suppressed:
        run.warn(f"the file of suppress names nobody: {suppress} holds no line")
    run.destination.start()


def _join(run: Assembly, ledger: Ledger) -> None:
    """Use the ledger's key for pseudonyms, warn where it does not know earlier runs, and write this run into it."""
    database = ledger.database
    run.secret = database.key
    logger.info("ledger %s, kept since %s", database.place, utc_of(database.created).strftime("%Y-%m-%d %H:%M UTC"))
    if database.is_new and run.files.follows_another_run:
        run.warn(new_ledger_warning("earlier runs left reports"))
    required = run.settings.require_ledger and run.delivery is not None
    if warning := older_copy_warning(ledger, run.files.last_sent(database.place), required=required):
        run.warn(warning)
    database.note_run(run.name)
    if run.job_part is not None:
        run.job_part.begin(ledger)


def warn_of_new_ledger(run: Assembly, source: str) -> None:
    """Warn of a new ledger where `source` shows that an earlier run has delivered, which the ledger then does not know of."""
    ledger = run.destination.ledger
    if ledger is not None and ledger.database.is_new and not run.files.follows_another_run:
        run.warn(new_ledger_warning(source))

"""Runs from the first row to the report in one call, for ways in that need no steps between."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from target_linkedin_conversions.errors import StopRun, Terminated
from target_linkedin_conversions.memory_reserve import RESERVE
from target_linkedin_conversions.run.failure_log import log_failure
from target_linkedin_conversions.run.process.tuning import tuned

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.reporting.report import Report
    from target_linkedin_conversions.run.run import Run

__all__ = ["run_to_end"]


def run_to_end(run: Run, feed: Callable[[], None]) -> tuple[Report, Exception | None]:
    """Let `feed` begin, feed and finish a run; returns its report and the error that ended it, None where it went well.

    The error is logged: what `feed` raised, or why the report of a run that went well cannot be written.
    `KeyboardInterrupt` and the like end the run tidily and are raised again.
    """
    error: Exception | None = None
    try:
        RESERVE.hold()
        with tuned():
            feed()
    except Exception as caught:  # noqa: BLE001 - the report tells it
        RESERVE.release()
        error = caught
        log_failure(error)
    except BaseException as caught:
        RESERVE.release()
        interrupted = isinstance(caught, KeyboardInterrupt)
        run.conclude(Terminated(signal.SIGINT) if interrupted else caught)
        raise
    try:
        return run.conclude(error), error
    except StopRun as unwritten:
        log_failure(unwritten)
        return run.conclude(unwritten), unwritten
    finally:
        RESERVE.release()

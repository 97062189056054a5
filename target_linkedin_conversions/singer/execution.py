"""One run of the program: log, target, exit code, and the last line."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from typing import IO, TYPE_CHECKING

from target_linkedin_conversions.errors import OutputError, Terminated, exit_code_of, outcome_of
from target_linkedin_conversions.memory_reserve import RESERVE
from target_linkedin_conversions.reporting.live import live_line
from target_linkedin_conversions.run.failure_log import log_failure
from target_linkedin_conversions.run.process.tuning import process_tuned
from target_linkedin_conversions.settings.environment import fill_from_dotenv
from target_linkedin_conversions.settings.files import FROM_ENVIRONMENT, named_files, read_config
from target_linkedin_conversions.singer.draining import drain_stdin
from target_linkedin_conversions.singer.errors import InvalidLineError
from target_linkedin_conversions.singer.logs import set_up_logging
from target_linkedin_conversions.singer.target import TargetLinkedInConversions

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["about", "execute"]


def about(form: str | None) -> None:
    """Print what the target is and which settings it takes."""
    TargetLinkedInConversions.print_about(form)


def execute(config: Sequence[str], file_input: IO[bytes] | None) -> None:
    """Run the target on a file or on stdin, and leave the process with its exit code."""
    set_up_logging()
    target = None
    try:
        RESERVE.hold()
        _check_stdin(file_input)
        if FROM_ENVIRONMENT in config:
            fill_from_dotenv(os.environ)
        found = read_config(named_files(config))
        target = TargetLinkedInConversions(config=found, parse_env_config=FROM_ENVIRONMENT in config)
        target.run.owns_process = True
        with process_tuned(), live_line(sys.stderr, target.run.status):
            _listen(target, file_input)
    except Exception as error:  # noqa: BLE001 - told without its message, which may hold a record's values
        RESERVE.release()
        with suppress(MemoryError):
            log_failure(error)
            if file_input is None and not isinstance(error, Terminated):
                drain_stdin()
        _end(target, error)
    else:
        _end(target, None)


def _listen(target: TargetLinkedInConversions, file_input: IO[bytes] | None) -> None:
    """Read the tap to its end; what closes behind an error finds memory to do so."""
    try:
        target.listen(file_input)  # type: ignore[arg-type]  # our reader takes bytes
    except MemoryError:
        RESERVE.release()
        raise


def _check_stdin(file_input: IO[bytes] | None) -> None:
    """Refuse to run on a closed stdin: it is no tap that had nothing to say."""
    if file_input is None and sys.stdin.closed:
        raise InvalidLineError("stdin is closed; pipe a tap into it, or name a file with --input")


def _end(target: TargetLinkedInConversions | None, error: Exception | None) -> None:
    """Write the last line and leave with the exit code."""
    code = 0 if error is None else exit_code_of(error)
    line = f"outcome={'done' if error is None else outcome_of(error)} exit={code}"
    with suppress(MemoryError):
        if target is not None and target.run.report is not None:
            line = target.run.last_line()
        logging.shutdown()
    try:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        # Nobody reads stderr, or its disk is full: the exit code still tells, if Python's last flush does not fail.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    if isinstance(error, OutputError | MemoryError):
        # Python would flush stdout once more at its end, and wait or complain; and its end needs memory.
        os._exit(code)
    sys.exit(code)

"""One run of the program: log, target, exit code, and the last line."""

from __future__ import annotations

import gc
import logging
import os
import sys
import traceback
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from target_linkedin_conversions.cpu_affinity import THREADS
from target_linkedin_conversions.errors import OutputError, TargetError, exit_code_of, outcome_of
from target_linkedin_conversions.settings.environment import fill_from_dotenv
from target_linkedin_conversions.settings.files import read_config
from target_linkedin_conversions.singer.errors import InvalidLineError
from target_linkedin_conversions.singer.logs import set_up_logging
from target_linkedin_conversions.singer.target import TargetLinkedInConversions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["about", "execute"]

logger = logging.getLogger(__name__)

_COLLECT_AFTER = (200_000, 20, 20)
"""The batches that wait and are under way hold 150,000 tuples, the keys of their events."""
_TURN_SECONDS = 0.0002
"""How long the reading thread may keep the interpreter from a sender that has an answer of the ledger.

Python's 5 ms cost each of a batch's twenty statements as much, and the batches behind it too (measured: 42,000
events/s, 61,000 so).
"""


def about(form: str | None) -> None:
    """Print what the target is and which settings it takes."""
    TargetLinkedInConversions.print_about(form)


def execute(config: Sequence[str], file_input: IO[bytes] | None) -> None:
    """Run the target on a file or on stdin, and leave the process with its exit code."""
    set_up_logging()
    target = None
    try:
        _check_stdin(file_input)
        if "ENV" in config:
            fill_from_dotenv(os.environ)
        found = read_config([path for path in config if path != "ENV"])
        target = TargetLinkedInConversions(config=found, parse_env_config="ENV" in config)
        with _tuned_interpreter():
            target.listen(file_input)  # type: ignore[arg-type]  # our reader takes bytes
    except TargetError as error:
        logger.error("%s", error)
        _end(target, error)
    except Exception as error:  # noqa: BLE001 - told without its message, which may hold a record's values
        logger.error(
            "a fault in this program: %s\n%s",
            type(error).__name__,
            "".join(traceback.format_tb(error.__traceback__)),
        )
        _end(target, error)
    else:
        _end(target, None)


@contextmanager
def _tuned_interpreter() -> Iterator[None]:
    """Give the senders their turns soon, and keep the garbage collector from what lasts as long as the run.

    Measured: collecting costs 0.5 us of the 10 us of an event, 0.1 us so.
    """
    thresholds, turn = gc.get_threshold(), sys.getswitchinterval()
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)
    gc.enable()
    sys.setswitchinterval(_TURN_SECONDS)
    try:
        with THREADS.keep_together():
            yield
    finally:
        sys.setswitchinterval(turn)
        gc.set_threshold(*thresholds)
        gc.unfreeze()


def _check_stdin(file_input: IO[bytes] | None) -> None:
    """Refuse to run on a closed stdin: it is no tap that had nothing to say."""
    if file_input is None and sys.stdin.closed:
        raise InvalidLineError("stdin is closed; pipe a tap into it, or name a file with --input")


def _end(target: TargetLinkedInConversions | None, error: Exception | None) -> None:
    """Write the last line and leave with the exit code."""
    code = 0 if error is None else exit_code_of(error)
    if target is not None and target.run.report is not None:
        line = target.run.last_line()
    else:
        line = f"outcome={'done' if error is None else outcome_of(error)} exit={code}"
    logging.shutdown()
    try:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        # Nobody reads it, or its disk is full: the exit code still tells, if Python's last flush does not fail.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    if isinstance(error, OutputError):
        # Python would flush stdout once more at its end, and wait or complain.
        os._exit(code)
    sys.exit(code)

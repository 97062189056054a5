"""The console script `target-linkedin-conversions`: exit codes, and the last line."""

from __future__ import annotations

import io
import logging
import os
import sys
import traceback
from typing import IO, TYPE_CHECKING, Any

import click
from singer_sdk._logging import _setup_console_logging
from singer_sdk.plugin_base import _ConfigInput, _plugin_log_level

from target_linkedin_conversions.errors import OutputError, TargetError, exit_code_of, outcome_of
from target_linkedin_conversions.settings.files import read_config
from target_linkedin_conversions.singer.target import TargetLinkedInConversions

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["command", "main"]

logger = logging.getLogger(__name__)


def _read_config_option(_context: click.Context, _option: click.Parameter, value: Sequence[str]) -> _ConfigInput:
    return _ConfigInput(read_config([path for path in value if path != "ENV"]), "ENV" in value)


def _invoke(*, about: bool, about_format: str | None, config: _ConfigInput, file_input: IO[bytes] | None) -> None:
    if about:
        TargetLinkedInConversions.print_about(about_format)
        return
    target = None
    try:
        target = TargetLinkedInConversions(config=config.config, parse_env_config=config.parse_env)
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


def _end(target: TargetLinkedInConversions | None, error: Exception | None) -> None:
    """Write the last line and leave with the exit code."""
    code = 0 if error is None else exit_code_of(error)
    if target is not None and target.run.report is not None:
        line = target.run.last_line()
    else:
        line = f"outcome={'done' if error is None else outcome_of(error)} exit={code}"
    logging.shutdown()
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
    if isinstance(error, OutputError):
        # Python would flush stdout once more at its end, and wait or complain.
        os._exit(code)
    sys.exit(code)


def command() -> click.Command:
    """The SDK's command line with our reading of `--config` and our exit codes."""
    made: click.Command = TargetLinkedInConversions.get_singer_command()
    made.callback = _invoke
    made.help = "Deliver the records of a Singer tap to LinkedIn's Conversions API."
    for parameter in made.params:
        if parameter.name == "config":
            parameter.callback = _read_config_option
        if parameter.name == "file_input":
            parameter.type = click.File("rb")
    return made


def main(arguments: Sequence[str] | None = None) -> Any:  # noqa: ANN401 - click's own
    """Run the target. Whatever it writes is readable by this user alone."""
    os.umask(0o077)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A STATE leaves in the bytes it came in, whatever the locale.
        sys.stdout.reconfigure(encoding="utf-8")
    _setup_console_logging(log_level=_plugin_log_level(plugin_name=TargetLinkedInConversions.name))
    try:
        return command().main(
            args=list(arguments) if arguments is not None else None,
            prog_name=TargetLinkedInConversions.name,
        )
    except TargetError as error:
        logger.error("%s", error)
        sys.stderr.write(f"outcome={outcome_of(error)} exit={exit_code_of(error)}\n")
        sys.exit(exit_code_of(error))

"""The console script `target-linkedin-conversions`: the SDK's command line, quick to answer.

The SDK takes half a second to import, so `--version` and `--help` do without it; a test holds
the options equal to the SDK's own. What is imported stays until the end, so the garbage collector
looks at it neither at the start nor at the end (measured: a fifth of an empty run).
"""

from __future__ import annotations

import atexit
import gc
import io
import os
import sys
from contextlib import suppress
from importlib.metadata import version
from typing import IO, TYPE_CHECKING, Any

import click

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.output import say_no_more
from target_linkedin_conversions.run.process.signals import ended_by_signals
from target_linkedin_conversions.standard_streams import hold_standard_streams
from target_linkedin_conversions.usage import WordedCommand

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["command", "main"]

_NAME = "target-linkedin-conversions"


def _show_version(context: click.Context, _option: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's signature
    if value:
        click.echo(f"{_NAME} v{version(_NAME)}, Meltano SDK v{version('singer-sdk')}")
        context.exit()


@click.command(cls=WordedCommand, name=_NAME, context_settings={"help_option_names": ["--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Display the package version.",
)
@click.option("--about", is_flag=True, help="Display package metadata and settings.")
@click.option(
    "--format",
    "about_format",
    type=click.Choice(["json", "markdown"], case_sensitive=False),
    help="Specify output style for --about",
)
@click.option(
    "--config",
    multiple=True,
    help="Configuration file location or 'ENV' to use environment variables.",
)
@click.option(
    "--input",
    "file_input",
    type=click.File("rb"),
    help="A path to read messages from instead of from standard in.",
)
def command(*, about: bool, about_format: str | None, config: tuple[str, ...], file_input: IO[bytes] | None) -> None:
    r"""Deliver the records of a Singer tap to LinkedIn's Conversions API.

    \b
    Examples:
      TAP --config tap.json | target-linkedin-conversions --config config.json
      target-linkedin-conversions --config config.json --input records.singer
    """
    from target_linkedin_conversions.singer import execution  # noqa: PLC0415 - the SDK is imported where it is used

    if about:
        execution.about(about_format)
    else:
        execution.execute(config, file_input)


def main(arguments: Sequence[str] | None = None) -> Any:  # noqa: ANN401 - click's own
    """Run the target. Whatever it writes is readable by this user alone."""
    os.umask(0o077)
    gc.disable()
    atexit.register(gc.freeze)
    is_closed = sys.stdin is None
    hold_standard_streams()
    if is_closed:
        sys.stdin.close()  # an input that is broken, not one that is empty
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A STATE leaves in the bytes it came in, whatever the locale.
        sys.stdout.reconfigure(encoding="utf-8")
    with ended_by_signals():
        try:
            return command.main(args=list(arguments) if arguments is not None else None, prog_name=_NAME)
        except ConfigError as error:  # what is shown finds no room; a run tells of its own faults
            with suppress(OSError):
                click.echo(f"Error: {error}", err=True)
            say_no_more()
            sys.exit(error.exit_code)
        finally:
            gc.enable()

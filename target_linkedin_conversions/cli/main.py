"""`linkedin-conversions`: the companion program, one file or folder a command."""

from __future__ import annotations

import importlib
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

import click

from target_linkedin_conversions.cli.telling import configured_by, tell_user
from target_linkedin_conversions.errors import ConfigError, TargetError, exit_code_of
from target_linkedin_conversions.output import say_no_more, taken_output
from target_linkedin_conversions.private_files import mend_of, path_shown
from target_linkedin_conversions.standard_streams import (
    hold_standard_streams,
    lose_what_a_closed_stdout_is_told,
    say_every_character,
)
from target_linkedin_conversions.usage import WordedGroup, with_examples

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main", "program"]

COMMANDS = (
    "check",
    "completion",
    "forget",
    "ledger",
    "login",
    "preview",
    "privacy",
    "quota",
    "reconcile",
    "rejects",
    "rules",
    "runs",
    "sandbox",
    "schema",
    "send",
)
"""Every command; `cli/<name>.py`, or the folder of that name, holds it under the same name and is imported when it is used."""


class _OnDemand(WordedGroup):
    """Imports a command's file when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """The command of a name, None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"target_linkedin_conversions.cli.{cmd_name}")
        found: click.Command = getattr(module, cmd_name)
        return with_examples(found)


@click.group(cls=_OnDemand, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="target-linkedin-conversions")
def program() -> None:
    r"""Send conversions to LinkedIn, and look after what target-linkedin-conversions delivers there.

    Settings are those of --config. A command without it takes the variables TARGET_LINKEDIN_CONVERSIONS_<NAME>, as does
    --config ENV.

    \b
    Examples:
      linkedin-conversions send leads.csv --rule 20418811 --dry-run
      linkedin-conversions check --config config.json
      linkedin-conversions rejects list --config config.json
    """
    configured_by(())


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the companion; a fault is one sentence on stderr and its exit code."""
    os.umask(0o077)
    hold_standard_streams()
    lose_what_a_closed_stdout_is_told()
    say_every_character()
    try:
        with taken_output():
            program.main(
                args=list(arguments) if arguments is not None else None,
                prog_name="linkedin-conversions",
            )
    except TargetError as error:
        _end(error)
    except OSError as error:
        if not isinstance(error.filename, str) or error.strerror is None:
            raise
        # Not a fault of this program: something else lies in the place of a file, or this user may not read or write it.
        mend = mend_of(error, "look what lies there and whose it is, and move it away or make room")
        place = path_shown(error.filename, "a file")
        _end(ConfigError(place, f"it cannot be used ({error.strerror})", mend))


def _end(error: TargetError) -> NoReturn:
    """Say an error, and leave with its exit code, which tells also where stderr takes nothing."""
    with suppress(OSError):
        tell_user(f"Error: {error}", err=True)
    say_no_more()
    sys.exit(exit_code_of(error))

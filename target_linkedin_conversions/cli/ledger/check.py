"""`linkedin-conversions ledger check`: how sound the ledger is."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

import click

from target_linkedin_conversions.cli.config import config_option, load_settings
from target_linkedin_conversions.cli.configured_ledger import ledger_database
from target_linkedin_conversions.cli.json_output import json_option
from target_linkedin_conversions.cli.telling import tell_user
from target_linkedin_conversions.errors import ConfigError, LedgerError
from target_linkedin_conversions.ledger.integrity import Integrity, integrity

if TYPE_CHECKING:
    from target_linkedin_conversions.ledger.database import Database

__all__ = ["check"]

_NO_DATABASE = ("(file is not a database)", "(database disk image is malformed)")
"""What SQLite says of a file that it cannot make sense of."""


@click.command()
@config_option
@json_option("One JSON object instead of sentences.")
def check(config: tuple[str, ...], as_json: bool) -> None:
    r"""Look at all of the ledger and say how bad it is: exit 0 where it is sound, 2 where not; changes nothing.

    Of SQLite every page and index of the file, then the rows; of PostgreSQL, which looks after its own
    files, the rows only. A large ledger takes as long as it takes to read it.

    \b
    Examples:
      linkedin-conversions ledger check --config config.json
      linkedin-conversions ledger check --config ENV --json
    """
    database = ledger_database(load_settings(config))
    with closing(database):
        found = _looked_at(database)
    if as_json:
        sound = {"ledger": database.place, "sound": found.is_sound}
        click.echo(json.dumps({**sound, "looked_at": found.looked_at, "problems": found.problems}))
    else:
        for problem in found.problems:
            tell_user(problem)
        verdict = "sound: " if found.is_sound else ""
        if found.looked_at:
            tell_user(f"{verdict}looked at {' and '.join(found.looked_at)} of {database.place}")
    if not found.is_sound:
        rest = (
            "`linkedin-conversions ledger export` what can be read and `linkedin-conversions ledger import` it into a new one"
            if found.looked_at
            else "move it away and make a new one with `linkedin-conversions ledger init`"
        )
        message = (
            f"the ledger {database.place} is damaged; restore it from a copy, or {rest}, and `linkedin-conversions ledger mark` what was "
            f"delivered{' since' if found.looked_at else ''}"
        )
        raise LedgerError(message)


def _looked_at(database: Database) -> Integrity:
    """How sound it is; a file that SQLite cannot open is as bad as it can be. Raises `ConfigError` where there is none."""
    try:
        is_there = database.open_to_read()
    except LedgerError as error:
        if not any(words in str(error) for words in _NO_DATABASE):  # in use, or of a newer release: not damaged
            raise
        return Integrity([], [str(error).partition("; ")[0]])
    if not is_there:
        raise ConfigError(
            "state_dir" if database.path is not None else "ledger_url",
            f"there is no ledger at {database.place}",
            "name the one that the runs use",
        )
    return integrity(database)

"""`linkedin-conversions ledger check`: how sound the ledger is."""

from __future__ import annotations

import json
from contextlib import closing

import click

from target_linkedin_conversions.cli.config import config_option, load_settings
from target_linkedin_conversions.cli.configured_ledger import ledger_database
from target_linkedin_conversions.cli.json_output import json_option
from target_linkedin_conversions.errors import ConfigError, LedgerError
from target_linkedin_conversions.ledger.integrity import integrity

__all__ = ["check"]


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
        if not database.open_to_read():
            raise ConfigError(
                "state_dir" if database.path is not None else "ledger_url",
                f"there is no ledger at {database.place}",
                "name the one that the runs use",
            )
        found = integrity(database)
    if as_json:
        sound = {"ledger": database.place, "sound": found.is_sound}
        click.echo(json.dumps({**sound, "looked_at": found.looked_at, "problems": found.problems}))
    else:
        for problem in found.problems:
            click.echo(problem)
        verdict = "sound: " if found.is_sound else ""
        click.echo(f"{verdict}looked at {' and '.join(found.looked_at)} of {database.place}")
    if not found.is_sound:
        message = (
            f"the ledger {database.place} is damaged; restore it from a copy, or `linkedin-conversions ledger export` what can be read and "
            "`linkedin-conversions ledger import` it into a new one, and `linkedin-conversions ledger mark` what was delivered since"
        )
        raise LedgerError(message)

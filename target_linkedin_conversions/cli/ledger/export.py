"""`linkedin-conversions ledger export` and `ledger import`: a ledger moves as a file."""

from __future__ import annotations

import json
import sys
import time
from contextlib import closing

import click

from target_linkedin_conversions.cli.config import config_option, load_settings
from target_linkedin_conversions.cli.configured_ledger import existing_ledger, ledger_database, new_ledger_folder
from target_linkedin_conversions.cli.json_output import json_option
from target_linkedin_conversions.cli.ledger.file import read_lines, write_lines
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.ledger.export_format import Trailer, checked_header
from target_linkedin_conversions.ledger.exporting import export_lines
from target_linkedin_conversions.ledger.importing import import_lines
from target_linkedin_conversions.printable import printable

__all__ = ["export", "import_"]

_EVERY_SECONDS = 5.0


class Progress:
    """A line on stderr every few seconds, and none for what takes no longer."""

    def __init__(self, verb: str) -> None:
        """`verb` is what happens to identities."""
        self._verb = verb
        self._next = time.monotonic() + _EVERY_SECONDS

    def __call__(self, done: int, all_of_them: int) -> None:
        """Tell how many identities are done, of about how many."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _EVERY_SECONDS
            click.echo(
                f"{done:,} of about {how_many(max(done, all_of_them), 'identity', 'identities')} {self._verb}", err=True
            )


@click.command()
@click.argument("file", default="-", type=click.Path(dir_okay=False, allow_dash=True))
@config_option
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@json_option("One JSON object instead of a sentence.")
def export(file: str, config: tuple[str, ...], force: bool, as_json: bool) -> None:
    r"""Write the whole ledger to FILE, or to stdout: JSON Lines, gzip if the name ends in .gz.

    The file holds the ledger's key and is as secret as the ledger: whoever has it can find out
    whether an event that they know of was reported to LinkedIn. It is readable by you alone; keep it so.
    Runs may go on meanwhile; what they have under way is exported as in doubt.

    \b
    Examples:
      linkedin-conversions ledger export ledger.jsonl.gz --config config.json
      linkedin-conversions ledger export --config old.json | linkedin-conversions ledger import - --config new.json
    """
    if file == "-" and (as_json or sys.stdout.isatty()):
        raise click.UsageError("name a FILE, or pipe the export into a program")
    with (
        closing(existing_ledger(load_settings(config))) as database,
        closing(export_lines(database, Progress("exported"))) as lines,
    ):
        last = write_lines(file, lines, database.path, replace=force)
    if file == "-":
        return
    counts = last if isinstance(last, Trailer) else Trailer()
    if as_json:
        counted = {"quota_days": counts.quota_days, "batches": counts.batches, "identities": counts.deliveries}
        click.echo(json.dumps({"file": file, "ledger": database.place, **counted}))
        return
    exported = (
        f"{how_many(counts.deliveries, 'identity', 'identities')} in {how_many(counts.batches, 'batch', 'batches')}"
    )
    click.echo(f"{exported} exported from {database.place} to {printable(file, len(file))}")
    click.echo("the file holds the ledger's key: keep it secret, and remove it when it is no longer needed")


@click.command("import")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@config_option
@json_option("One JSON object instead of a sentence.")
def import_(file: str, config: tuple[str, ...], as_json: bool) -> None:
    r"""Take in a ledger from FILE, or from stdin (-): all of it, or nothing.

    An empty ledger, made if there is none, becomes a copy and takes over the file's key. One with
    the same key is merged: what either knows as delivered is delivered, and the larger count of
    a day's requests is kept. No run may be under way. Importing a file again changes nothing.

    \b
    Examples:
      linkedin-conversions ledger import ledger.jsonl.gz --config config.json
      linkedin-conversions ledger import ledger.jsonl --config ENV --json
    """
    settings = load_settings(config)
    database = ledger_database(settings)
    with read_lines(file) as lines, closing(database):
        header = checked_header(next(lines, None))
        new_ledger_folder(settings)
        database.open()
        try:
            imported = import_lines(database, header, lines, Progress("imported"))
        except BaseException:
            if database.is_new:
                database.forget()
            raise
    if as_json:
        counts = {"new": imported.new, "raised": imported.raised, "known": imported.known}
        more = {"adopted": imported.adopted, "batches": imported.batches, "quota_days": imported.quota_days}
        click.echo(json.dumps({"file": file, "ledger": database.place, **counts, **more}))
        return
    click.echo(f"{how_many(imported.new, 'identity', 'identities')} imported into {database.place}", nl=False)
    click.echo(", which has taken over the file's key" if imported.adopted else "")
    if imported.raised:
        click.echo(
            how_many(
                imported.raised,
                "that was not delivered here, or not in doubt, now is",
                "that were not delivered here, or not in doubt, now are",
            )
        )
    if imported.known:
        click.echo(f"{how_many(imported.known, 'was', 'were')} known")

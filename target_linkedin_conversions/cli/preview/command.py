"""`linkedin-conversions preview`: what a load would make of rows, and what is wrong with them; nothing is sent."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click
import msgspec

from target_linkedin_conversions.cli.completing import complete_files
from target_linkedin_conversions.cli.config import config_option, load_settings
from target_linkedin_conversions.cli.json_output import json_option, print_json
from target_linkedin_conversions.cli.preview.tables import tell
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.printable import as_argument
from target_linkedin_conversions.tables.source import STDIN
from target_linkedin_conversions.wall_clock import wall_clock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from target_linkedin_conversions.cli.preview.input import OddRows
    from target_linkedin_conversions.settings import Settings

__all__ = ["Asked", "preview", "read_into"]

_MOST = 100_000
_MOST_GUESSED = 10_000
_BEFORE_SENT = ("stream_maps", "flattening_enabled")


class Asked(msgspec.Struct, frozen=True):
    """The options of the input: files, stream name, encoding and delimiter of text files."""

    inputs: tuple[str, ...]
    stream: str | None = None
    encoding: str | None = None
    delimiter: str | None = None


class Reader(Protocol):
    """Takes schemas and records; `complete` says whether all that came were taken."""

    records: int
    complete: bool

    def schema(self, stream: str, schema: Mapping[str, Any], key: Sequence[str]) -> None:
        """A stream's schema and key."""

    def record(self, stream: str, record: Mapping[str, Any]) -> None:
        """One record."""


@click.command()
@config_option
@click.argument("inputs", metavar="[INPUT]...", nargs=-1, shell_complete=complete_files)
@click.option(
    "--stream",
    help="The stream of a file that names none, such as a CSV; else the only one of `streams`, or the file's name.",
)
@click.option("--all", "everything", is_flag=True, help="All records, not only the first 100,000.")
@click.option(
    "--init", is_flag=True, help="Print a `streams` setting to start from, guessed from the first 10,000 records."
)
@click.option(
    "--expect",
    metavar="FILE",
    shell_complete=complete_files,
    help="Check what becomes of the rows in a file of cases; exit 2 where one differs.",
)
@click.option("--encoding", help="The encoding of a text file, if it is not recognised: windows-1252.")
@click.option("--delimiter", help="The mark between the cells of a text file, if it is not recognised.")
@json_option("One JSON object instead of tables.")
def preview(
    config: tuple[str, ...],
    inputs: tuple[str, ...],
    stream: str | None,
    everything: bool,
    init: bool,
    expect: str | None,
    encoding: str | None,
    delimiter: str | None,
    as_json: bool,
) -> None:
    r"""Show what a load would make of rows, and what is wrong with them.

    Reads the Singer lines of a tap, or files: Singer lines, CSV, JSON lines, Parquet, Excel. Maps them as a load does, and
    shows which columns are sent, how each record would end, by what LinkedIn may match the events, and every
    finding with its mend. Sends nothing, writes nothing, needs no token. The ledger is not asked: an event that an
    earlier run has delivered counts as new.

    \b
    Examples:
      linkedin-conversions preview --config config.json leads.csv
      linkedin-conversions preview --init leads.csv
      linkedin-conversions preview --config config.json --expect cases.yml
      meltano invoke tap-postgres | meltano invoke target-linkedin-conversions:preview
      linkedin-conversions preview --config config.json --all --json leads.singer
    """
    settings = load_settings(config)
    _check(settings)
    if expect is not None:
        _expect(settings, expect, inputs, init=init, as_json=as_json)
        return
    if not inputs and sys.stdin.isatty():
        raise click.UsageError("name a file, or pipe a tap into it")
    asked = Asked(inputs or ("-",), stream, encoding, delimiter)
    if init:
        _init(settings, asked, None if everything else _MOST_GUESSED, as_json=as_json)
        return
    _check_files(settings, inputs)
    from target_linkedin_conversions.run.preview.preview import Previewing  # noqa: PLC0415 - only where rows are read
    from target_linkedin_conversions.run.process.tuning import tuned  # noqa: PLC0415 - the same

    previewing = Previewing(settings, wall_clock())
    with tuned():
        odd_rows = read_into(previewing, settings, asked, None if everything else _MOST)
    for odd in odd_rows:
        previewing.odd_rows(odd.stream, odd.code, odd.count.rows, odd.count.line)
    found = previewing.result()
    if as_json:
        print_json(found)
        return
    tell(found)


def _check(settings: Settings) -> None:
    """Stop where a load would change rows before it maps them; raises `ConfigError`."""
    for name in _BEFORE_SENT:
        if settings.sdk.get(name):
            problem = "a preview reads rows as the tap sends them, and a load would change them before it maps them"
            mend = "run the load once with dry_run: true, or name a config without it that maps the tap's own columns"
            raise ConfigError(name, problem, mend)


def _check_files(settings: Settings, files: Sequence[str]) -> None:
    """Stop where files are to be read and no settings say what of them is sent; raises `ConfigError` with what needs none."""
    if settings.streams or settings.conversion_rule or not files or STDIN in files:
        return
    file = as_argument(files[0]) if Path(files[0]).is_file() else "FILE"  # it may be a secret in a wrong place
    raise ConfigError(
        "streams",
        "no settings say what of the rows is sent",
        f"`linkedin-conversions preview --init {file}` proposes some for a config; `linkedin-conversions send {file} --dry-run` needs none: it finds "
        "the columns of a table itself, asks for what it cannot know, and sends nothing",
    )


def _expect(settings: Settings, file: str, inputs: tuple[str, ...], *, init: bool, as_json: bool) -> None:
    from target_linkedin_conversions.cli.preview.expect import expect  # noqa: PLC0415 - only where it is asked for

    if inputs or init:
        raise click.UsageError("--expect reads its rows from the file of cases; leave the INPUT and --init out")
    expect(settings, file, as_json=as_json)


def _init(settings: Settings, asked: Asked, most: int | None, *, as_json: bool) -> None:
    from target_linkedin_conversions.cli.preview.init import print_streams  # noqa: PLC0415 - only where it is asked for
    from target_linkedin_conversions.guessing.streams import Guessing  # noqa: PLC0415 - the same

    guessing = Guessing()
    read_into(guessing, settings, asked, most)
    print_streams(guessing, settings, as_json=as_json)


def read_into(reader: Reader, settings: Settings, asked: Asked, most: int | None) -> list[OddRows]:
    """Hand the records of all inputs, or the first ones, to a reader, and return what was odd about rows before their values were read.

    A bar on a terminal shows how far it is.
    """
    from target_linkedin_conversions.cli.preview.input import messages_of  # noqa: PLC0415 - only where rows are read
    from target_linkedin_conversions.cli.preview.progress import Progress  # noqa: PLC0415 - the same

    found: list[OddRows] = []
    with Progress(most) as progress:
        for path in asked.inputs:
            for name, content, key in messages_of(path, settings, asked.stream, asked.encoding, asked.delimiter, found):
                if key is not None:
                    reader.schema(name, content, key)
                    continue
                if reader.records == most:
                    reader.complete = False
                    return found
                reader.record(name, content)
                progress.count()
    return found

"""`linkedin-conversions preview`: what a load would make of rows, and what is wrong with them; nothing is sent."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click
import msgspec

from target_linkedin_conversions.cli.config import config_option, load_settings
from target_linkedin_conversions.cli.tables import print_table
from target_linkedin_conversions.errors import ConfigError

if TYPE_CHECKING:
    from target_linkedin_conversions.run.previewing import Previewed, PreviewedStream, Previewing
    from target_linkedin_conversions.settings import Settings

_MOST = 100_000
_TOLD_EVERY = 5_000
_BEFORE_SENT = ("stream_maps", "flattening_enabled")


@click.command()
@config_option
@click.argument("inputs", metavar="[INPUT]...", nargs=-1)
@click.option("--stream", help="The stream of a file that names none, such as a CSV; else the file's name.")
@click.option("--all", "everything", is_flag=True, help="All records, not only the first 100,000.")
@click.option("--encoding", help="How a text file is encoded, where it is not what it looks like: windows-1252.")
@click.option("--delimiter", help="What stands between the cells of a text file, where it is not what it looks like.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of tables.")
def preview(
    config: tuple[str, ...],
    inputs: tuple[str, ...],
    stream: str | None,
    everything: bool,
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
      meltano invoke tap-postgres | linkedin-conversions preview --config ENV
      linkedin-conversions preview --config config.json --all --json leads.singer
    """
    settings = load_settings(config)
    _check(settings)
    if not inputs and sys.stdin.isatty():
        raise click.UsageError("name a file, or pipe a tap into it")
    written = (encoding, delimiter)
    found = _looked_at(settings, inputs or ("-",), stream, None if everything else _MOST, written)
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
        return
    _tell(found)


def _check(settings: Settings) -> None:
    """Stop where a load would change rows before it maps them; raises `ConfigError`."""
    for name in _BEFORE_SENT:
        if settings.sdk.get(name):
            problem = "a preview reads rows as the tap sends them, and a load would change them before it maps them"
            raise ConfigError(name, problem, "name a config without it, and map the tap's own columns")


def _looked_at(
    settings: Settings,
    inputs: tuple[str, ...],
    stream: str | None,
    most: int | None,
    written: tuple[str | None, str | None] = (None, None),
) -> Previewed:
    """What is found in the records of all inputs, or in the first ones; `written` is what is named of encoding and delimiter."""
    from target_linkedin_conversions.cli.preview_input import OddRows, messages_of  # noqa: PLC0415 - only where rows are read
    from target_linkedin_conversions.run.previewing import Previewing  # noqa: PLC0415 - the same

    previewing = Previewing(settings, time.time_ns() // 1_000_000)
    shown = sys.stderr.isatty()
    for path in inputs:
        for message in messages_of(path, settings, stream, *written):
            if isinstance(message, OddRows):
                previewing.odd_rows(message.stream, message.code, message.count.rows, message.count.line)
                continue
            name, content, key = message
            if key is not None:
                previewing.schema(name, content, key)
                continue
            if previewing.records == most:
                previewing.complete = False
                break
            previewing.record(name, content)
            if shown and previewing.records % _TOLD_EVERY == 0:
                _progress(previewing)
    if shown:
        click.echo("\r\x1b[K", nl=False, err=True)
    return previewing.result()


def _progress(previewing: Previewing) -> None:
    click.echo(f"\r{previewing.records:,} records", nl=False, err=True)


def _tell(found: Previewed) -> None:
    more = "" if found.complete else ", the first ones; --all reads all"
    click.echo(f"{found.records:,} records{more}. Nothing is sent.")
    for warning in found.warnings:
        click.echo(f"warning: {warning}")
    for stream in found.streams:
        _tell_stream(stream)
    if not found.findings:
        click.echo("\nno findings")
        return
    click.echo("\nfindings")
    print_table(
        ("severity", "records", "what", "where", "mend"),
        [
            (
                one.severity,
                f"{one.records:,}",
                f"{one.sentence} ({one.code})",
                " ".join(part for part in (one.stream, one.column or one.field) if part),
                one.mend,
            )
            for one in found.findings
        ],
        show_lines=True,
    )


def _tell_stream(stream: PreviewedStream) -> None:
    readiness = stream.readiness
    click.echo(f"\nstream {stream.stream}: {stream.records:,} records, {stream.events:,} events")
    print_table(
        ("field", "from", "how", "filled"),
        [(one.field, ", ".join(one.columns), one.how, f"{one.filled:,}") for one in stream.fields],
    )
    print_table(
        ("rule", "outcome", "why", "events"),
        [(one.rule, one.outcome, one.meaning or one.code, f"{one.events:,}") for one in stream.outcomes],
    )
    click.echo(
        f"match readiness: {readiness.strong:,} strong (e-mail or click id), "
        f"{readiness.supported:,} supported (names and company), {readiness.weak:,} weak"
    )
    print_table(
        ("identifier", "events"),
        [(name, f"{events:,}") for name, events in readiness.by_identifier.items()]
        + [(f"{number} on an event", f"{events:,}") for number, events in readiness.identifiers_per_event.items()],
    )
    for payload in stream.payloads:
        click.echo(bytes(payload).decode())

"""`linkedin-conversions send`: the rows of files become conversions, by the same run as a load."""

from __future__ import annotations

import sys
from contextlib import ExitStack, nullcontext
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import click
import msgspec

from target_linkedin_conversions.cli.completing import complete_files, complete_time_zones
from target_linkedin_conversions.cli.config import config_option, raw_settings, reads_environment
from target_linkedin_conversions.cli.json_output import json_option, print_json
from target_linkedin_conversions.cli.send.asking import Asking
from target_linkedin_conversions.cli.send.files import FilesBeside, read_answers, write_answers
from target_linkedin_conversions.cli.send.flags import Flags
from target_linkedin_conversions.cli.send.mapping import complete, sample_of
from target_linkedin_conversions.cli.send.progress import progress_shown
from target_linkedin_conversions.cli.send.run import Sendable, SendRun
from target_linkedin_conversions.cli.send.shown import show_ended, show_file, show_left
from target_linkedin_conversions.cli.telling import tell_user
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.output import say_no_more
from target_linkedin_conversions.printable import printable_lines, writable
from target_linkedin_conversions.records.written_dates import ORDERS
from target_linkedin_conversions.reporting.live import live_line
from target_linkedin_conversions.run.preview.preview import Previewing
from target_linkedin_conversions.run.tap_only import ensure_no_map
from target_linkedin_conversions.settings import Settings
from target_linkedin_conversions.settings.definitions import BY_NAME
from target_linkedin_conversions.settings.lists import json_array, json_object
from target_linkedin_conversions.settings.streams import read_entry
from target_linkedin_conversions.singer_messages import kind_of
from target_linkedin_conversions.tables.kinds import table_of
from target_linkedin_conversions.tables.source import Source, ensure_there
from target_linkedin_conversions.wall_clock import wall_clock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from target_linkedin_conversions.cli.send.run import Left
    from target_linkedin_conversions.reporting.report import Report

__all__ = ["send"]

_PREVIEWED = 10_000
"""Rows that are looked at before the question."""
_INTERRUPTED = 130
_BY_FILE = ("streams", "conversion_rule", "consent")
"""Settings that say how rows are sent, which each file has its own answer to."""
_READING = ("encoding", "delimiter")
"""What a file's answers hold beside the keys of an entry."""


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, shell_complete=complete_files)
@config_option
@click.option("--rule", metavar="ID", help="The conversion rule that all rows are for, as Campaign Manager shows it.")
@click.option("--stream", metavar="NAME", help="What the rows are called in reports, and in `streams` of a config.")
@click.option(
    "--map",
    "maps",
    metavar="FIELD=COLUMN",
    multiple=True,
    help="What a column holds: email=E-Mail. Repeatable; currency=EUR for all rows.",
)
@click.option("--consent", metavar="COLUMN=VALUE,VALUE", help='Which values mean yes; or "not-required: the reason".')
@click.option(
    "--timezone",
    metavar="TZ",
    shell_complete=complete_time_zones,
    help="The zone of times that name none: Europe/Berlin, or an offset such as +01:00.",
)
@click.option(
    "--date-order",
    type=click.Choice(ORDERS),
    help="How days and months stand in dates: dmy is 31/12/2026.",
)
@click.option("--encoding", metavar="E", help="The encoding of a text file, if it is not recognised: windows-1252.")
@click.option("--delimiter", metavar="D", help="The mark between the cells of a text file, if it is not recognised.")
@click.option("--dry-run", is_flag=True, help="Do everything except sending; needs no token.")
@click.option("--yes", is_flag=True, help="Send without the question, as for cron.")
@json_option("The run's report as one JSON object.")
def send(
    files: tuple[str, ...],
    config: tuple[str, ...],
    rule: str | None,
    stream: str | None,
    maps: tuple[str, ...],
    consent: str | None,
    timezone: str | None,
    date_order: str | None,
    encoding: str | None,
    delimiter: str | None,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    r"""Send the rows of files to LinkedIn as conversions.

    Reads CSV, TSV, Excel, Parquet and JSON lines; - is stdin. Finds out what the columns hold, shows what would
    become of the rows, asks what the file leaves open, and sends after a yes. Answers are kept in
    FILE.mapping.yml. Rows that are not sent are in FILE.not-sent.csv, each with why and what to do: mend them there and send
    that file. However often a file is sent, no conversion is sent twice.

    The token is never an argument: set TARGET_LINKEDIN_CONVERSIONS_ACCESS_TOKEN, or name a --config.

    \b
    Examples:
      linkedin-conversions send leads.csv --rule 123
      linkedin-conversions send leads.csv --rule 123 --dry-run
      linkedin-conversions send leads.xlsx --rule 123 --consent "Opt-in=yes" --timezone Europe/Berlin --yes
      linkedin-conversions send leads.csv.not-sent.csv
    """
    if len(set(files)) < len(files):
        raise click.UsageError("a file is named twice")
    for file in files:  # a slip in a name comes before what the settings lack
        ensure_there(file)
    flags = Flags(rule=rule, stream=stream, maps=maps, consent=consent, timezone=timezone, date_order=date_order)
    raw, warnings = raw_settings(config)
    raw |= {"dry_run": True} if dry_run else {}
    own = {name: value for name, value in raw.items() if name not in _BY_FILE}
    settings = Settings.load(own, {} if reads_environment(config) else None)
    settings = msgspec.structs.replace(settings, warnings=(*warnings, *settings.warnings))

    def say(line: str) -> None:
        tell_user(line, err=as_json)

    with ExitStack() as opened:
        sending = _Sending(raw, settings, flags, (encoding, delimiter), config, yes=yes)
        try:
            sending.read(files, opened)
            sending.show(say)
            is_wanted = sending.is_wanted()
        except click.Abort:  # Ctrl-C at a question
            say("\nNothing was sent.")
            sys.exit(_INTERRUPTED)
        if not is_wanted:
            say("Nothing was sent.")
            return
        sending.run(say, as_json=as_json)


class _Sending:
    """One call of the command, step by step."""

    def __init__(
        self,
        raw: dict[str, Any],
        settings: Settings,
        flags: Flags,
        written: tuple[str | None, str | None],
        config: tuple[str, ...],
        *,
        yes: bool,
    ) -> None:
        """Take the settings, which say nothing yet of how rows are sent, and what was given for that; raises `ConfigError`."""
        self._raw, self._settings, self._flags, self._written, self._yes = raw, settings, flags, written, yes
        self._config = tuple(word for name in config for word in ("--config", name))
        self._asking = Asking.here()
        self._files: list[Sendable] = []
        self._sources: list[Source] = []
        if not yes and not self._settings.dry_run and not self._asking.is_terminal:
            problem = "nobody can be asked whether to send, for this is no terminal"
            self._asking.leave_open("--yes", problem, "add --yes to send, or --dry-run to try")

    def read(self, paths: Sequence[str], opened: ExitStack) -> None:
        """Open every file, find out how it is sent, and keep the answers; raises `ConfigError`."""
        self._sources = [opened.enter_context(Source(path)) for path in paths]
        found = [*map(self._file, self._sources)]
        self._asking.check()
        shared: dict[str, Any] = {
            name: BY_NAME[name].read(self._raw[name], name)
            for name in ("conversion_rule", "consent")
            if name in self._raw
        }
        rules, consent = shared.get("conversion_rule") or (), shared.get("consent")
        for file, entries in found:
            for entry, place in entries:
                made = read_entry({**entry, "stream": file.stream}, place, rules, consent)
                file.entries = (*file.entries, made)
            self._files.append(file)
        streams = tuple(entry for file in self._files for entry in file.entries)
        self._settings = msgspec.structs.replace(
            self._settings, streams=streams, conversion_rule=rules, consent=consent
        )

    def _file(self, source: Source) -> tuple[Sendable, list[tuple[dict[str, Any], str]]]:
        """A file with its table, and its entries as they are written, each with its place."""
        beside = FilesBeside("stdin" if source.is_pipe else source.path)
        kept = {} if source.is_pipe else read_answers(beside.answers)
        reading = {name: str(kept.pop(name)) for name in _READING if name in kept}
        encoding, delimiter = self._written
        if not beside.is_not_sent:
            encoding, delimiter = encoding or reading.get("encoding"), delimiter or reading.get("delimiter")
        table = table_of(source, encoding, delimiter)
        rows = sum(map(len, table.parts()))
        stream = writable(self._flags.stream or beside.stream)
        ensure_no_map(self._settings, stream)
        configured = self._configured(stream)
        options = (*self._config, *self._flags.said_again(are_kept=not configured and not source.is_pipe))
        file = Sendable(table, stream, (), beside, rows, dict(table.oddities), options)
        sample = sample_of(table, _PREVIEWED)
        if sample and kind_of(sample[0]) in {"SCHEMA", "RECORD", "STATE"}:
            mend = "pipe it into target-linkedin-conversions, or look at it with `linkedin-conversions preview`"
            raise ConfigError(source.name, "it holds the messages of a Singer tap, and no rows", mend)
        answered = frozenset(name for name in ("conversion_rule", "consent") if name in self._raw)
        if not rows:
            return file, []
        if configured:
            entries = [
                (
                    complete(
                        table, sample, {}, self._flags, self._asking, place=place, configured=entry, answered=answered
                    ),
                    place,
                )
                for entry, place in configured
            ]
            return file, entries
        entry = complete(
            table, sample, kept, self._flags, self._asking, place=beside.place, configured=None, answered=answered
        )
        written = {name: one for name, one in zip(_READING, self._written, strict=True) if one is not None}
        answers = {**reading, **written, **entry}
        if not source.is_pipe and not self._asking.is_open and answers != {**reading, **kept}:
            write_answers(beside.answers, answers, source.name)
        return file, [(entry, beside.place)]

    def _configured(self, stream: str) -> list[tuple[dict[str, Any], str]]:
        """The entries of a config that fit a stream, each with its place, as a load would take them."""
        raw = json_array(self._raw.get("streams", []), "streams")
        entries = [(json_object(item, f"streams[{at}]"), f"streams[{at}]") for at, item in enumerate(raw)]
        named = [(entry, place) for entry, place in entries if entry.get("stream") == stream]
        fitting = [(entry, place) for entry, place in entries if fnmatchcase(stream, str(entry.get("stream")))]
        return named or fitting[:1]

    def show(self, say: Callable[[str], None]) -> None:
        """What the first rows of each file would become."""
        for warning in self._settings.warnings:
            say(f"! {printable_lines(warning)}")
        for file in self._files:
            if not file.rows:
                say(f"{file.table.name} has a header and no rows: there is nothing to send.")
                continue
            settings = msgspec.structs.replace(self._settings, streams=file.entries)
            previewing = Previewing(settings, wall_clock())
            previewing.schema(file.stream, file.table.schema, ())
            for record in sample_of(file.table, _PREVIEWED):
                previewing.record(file.stream, record)
            for code, count in file.oddities.items():
                previewing.odd_rows(file.stream, code, count.rows, count.line)
            show_file(file, previewing.result(), _PREVIEWED, say)
        for remark in self._asking.remarks:
            say(f"\n  note: {printable_lines(remark)}")

    def is_wanted(self) -> bool:
        """Whether to go on: asked, unless the answer is known or nothing is sent anyway; raises `ConfigError` where a file is another by then."""
        if self._yes or self._settings.dry_run or not any(file.rows for file in self._files):
            return True
        rules = ", ".join(self._settings.rules)
        rows = sum(file.rows for file in self._files)
        is_wanted = self._asking.confirm(
            f"\nSend {'this' if rows == 1 else 'these'} {how_many(rows, 'row')} to LinkedIn, rule {rules}?"
        )
        if is_wanted:
            for source in self._sources:
                source.ensure_unchanged()
        return is_wanted

    def run(self, say: Callable[[str], None], *, as_json: bool) -> None:
        """Send, say what became of it, and exit as a load does."""
        rows = sum(file.rows for file in self._files)
        with progress_shown(rows, is_terminal=self._asking.is_terminal) as advance:
            sending = SendRun(self._settings, self._files, advance)
            with nullcontext() if self._asking.is_terminal else live_line(sys.stderr, sending.run.status):
                report, left = _sent(sending)
        try:
            if as_json:
                print_json(report)
            show_ended(report, say)
            show_left(left, report, say)
            if sys.stdout is not None:  # closed by whoever started it
                sys.stdout.flush()
        except BrokenPipeError:  # what was sent is sent: the exit code is the run's
            say_no_more()
        click.echo(sending.run.last_line(report), err=True)
        sys.exit(report.exit_code)


def _sent(sending: SendRun) -> tuple[Report, list[Left]]:
    """What became of the rows, told also where those that were not sent cannot be written, and where these are."""
    report = sending.send()
    try:
        return report, [] if report.dry_run else sending.write_left()
    except ConfigError as error:
        tell_user(f"Error: {error}", err=True)
        if report.exit_code == 0:
            named = {"outcome": error.outcome, "exit_code": error.exit_code, "message": str(error)}
            report = msgspec.structs.replace(report, **named)
        return report, []

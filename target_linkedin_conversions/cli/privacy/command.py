"""`linkedin-conversions privacy`: what leaves, under which consent, and what is kept where and for how long."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
import msgspec

from target_linkedin_conversions.cli.completing import complete_files
from target_linkedin_conversions.cli.config import config_option, load_settings
from target_linkedin_conversions.cli.json_output import json_option, print_json
from target_linkedin_conversions.cli.past_runs import warn
from target_linkedin_conversions.cli.privacy.text import differences, markdown, paragraphs
from target_linkedin_conversions.cli.telling import tell_user
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.records.column_names import FOUND_BY_NAME
from target_linkedin_conversions.records.compiler import compile_plans
from target_linkedin_conversions.reporting.disclosure import Disclosure, disclosure
from target_linkedin_conversions.run.streams import Streams
from target_linkedin_conversions.settings.files import lines_of
from target_linkedin_conversions.usage import refuse_idle

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from target_linkedin_conversions.records.plan import StreamPlan
    from target_linkedin_conversions.settings import Settings, StreamEntry

__all__ = ["privacy"]

_ANY_STREAM = "*"
_KEY = "(the stream's key properties)"
"""Stands for the columns that only a schema names."""
_OPEN = {
    "properties": {name: {} for names in FOUND_BY_NAME.values() for name in names},
    "additionalProperties": True,
}
"""A stream that has every column which is found by its name, and whatever is mapped."""


@click.command()
@click.pass_context
@config_option
@click.argument("inputs", metavar="[INPUT]...", nargs=-1, shell_complete=complete_files)
@click.option("--markdown", "as_markdown", is_flag=True, help="Markdown, for the record of processing.")
@click.option(
    "--diff",
    "before",
    metavar="FILE",
    shell_complete=complete_files,
    help="Compare with a file that --json wrote before. Shows each difference, and exits with 2 if something else leaves now.",
)
@json_option("One JSON object instead of tables.")
def privacy(
    context: click.Context,
    config: tuple[str, ...],
    inputs: tuple[str, ...],
    as_markdown: bool,
    before: str | None,
    as_json: bool,
) -> None:
    r"""What leaves for LinkedIn: per column, plain or hashed, under which consent, kept where and how long.

    It uses the same mapping as a load. Without INPUT it says what may leave from any stream that the settings
    fit, including columns that are found by their names. With INPUT (the Singer lines of a tap, or a file) it says what leaves
    from those columns. It sends nothing, and reads from records only which columns they have.

    \b
    Examples:
      linkedin-conversions privacy --config config.json
      linkedin-conversions privacy --markdown --config config.json > record-of-processing.md
      linkedin-conversions privacy --json --config config.json > privacy.json
      linkedin-conversions privacy --diff privacy.json --config config.json
    """
    if as_json or before is not None:
        refuse_idle(context, {"as_markdown"}, f"beside {'--diff' if before is not None else '--json'}")
    settings = load_settings(config)
    found = disclosure(settings, _planned(settings, inputs))
    if before is not None:
        _compare(found, before, as_json=as_json)
    elif as_json:
        print_json(found, indent=2)
    elif as_markdown:
        for line in markdown(found):
            click.echo(line)
    else:
        for line in paragraphs(found):
            tell_user(line)


def _planned(settings: Settings, inputs: Sequence[str]) -> Iterator[tuple[StreamEntry, StreamPlan]]:
    """Each entry with its plan: of the streams that come, or of any; raises `ConfigError` as a load does."""
    streams = Streams(settings, warn)
    if inputs:
        for stream, schema, key in _schemas(settings, inputs):
            entries = streams.entries_of(stream)
            yield from zip(entries, compile_plans(stream, schema, key, entries, settings), strict=True)
        return
    if not settings.streams and not settings.conversion_rule:
        mend = "add an entry with the stream's name and a conversion_rule; of a file, `linkedin-conversions send FILE --dry-run` shows it"
        raise ConfigError("streams", "it is empty, so nothing says what is sent", mend)
    for entry in settings.streams or streams.entries_of(_ANY_STREAM):
        yield entry, compile_plans(entry.stream, _OPEN, (_KEY,), [entry], settings)[0]


def _schemas(settings: Settings, inputs: Sequence[str]) -> Iterator[tuple[str, Mapping[str, object], Sequence[str]]]:
    """The streams of all inputs, each by the schema that came first."""
    from target_linkedin_conversions.cli.preview.input import messages_of  # noqa: PLC0415 - only where rows are read

    seen: set[str] = set()
    for path in inputs:
        for stream, content, key in messages_of(path, settings, None):
            if key is not None and stream not in seen:
                seen.add(stream)
                yield stream, content, key


def _compare(found: Disclosure, path: str, *, as_json: bool) -> None:
    """Say what differs from an earlier disclosure, and leave with exit code 2 where something does."""
    text = "\n".join(lines_of(path, "--diff", "name a file that `linkedin-conversions privacy --json` wrote"))
    try:
        before = msgspec.json.decode(text, type=Disclosure)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # Never told to write over it: who named a wrong file would lose that one.
        mend = "name one that it wrote, or let it write a new one: `linkedin-conversions privacy --json > privacy.json`"
        raise ConfigError("--diff", "the file is not what `linkedin-conversions privacy --json` writes", mend) from None
    changes = differences(before, found)
    if as_json:
        print_json({"changes": changes})
    elif not changes:
        click.echo("nothing else leaves than before")
    else:
        for change in changes:
            click.echo(change)
    if changes:
        click.echo(
            "Error: what leaves has changed; where that is meant, note it in the record of processing and write the file "
            "anew with `linkedin-conversions privacy --json`",
            err=True,
        )
        sys.exit(ConfigError.exit_code)

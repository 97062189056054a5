"""`linkedin-conversions rejects show`: everything known of one key."""

from __future__ import annotations

import json
import sys
from itertools import starmap
from typing import TYPE_CHECKING, Any

import click
import msgspec

from target_linkedin_conversions.cli.asking import heard
from target_linkedin_conversions.cli.config import config_option, load_settings
from target_linkedin_conversions.cli.configured_ledger import key_of_ledger
from target_linkedin_conversions.cli.json_output import json_option
from target_linkedin_conversions.cli.past_runs import (
    BACK,
    REPLAY,
    TYPED,
    back_by,
    feed_of,
    outbox_of,
    rejecting_runs,
    run_named,
    warn,
)
from target_linkedin_conversions.cli.telling import tell_user
from target_linkedin_conversions.epoch import utc_of
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.ledger import pseudonym
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.printable import printable_lines
from target_linkedin_conversions.records.event import Shape, shape_of
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.records.text import key_text
from target_linkedin_conversions.reporting.folder import Folder
from target_linkedin_conversions.reporting.outbox import outbox_events, outbox_runs
from target_linkedin_conversions.reporting.rejected_rows import rows_of_run
from target_linkedin_conversions.reporting.rejects import DIGEST, reject_lines
from target_linkedin_conversions.reporting.report_files import report_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from target_linkedin_conversions.reporting.rejects import RejectLine
    from target_linkedin_conversions.settings import Settings

__all__ = ["NO_LEDGER", "show"]

_LONGEST_KEY = 100_000
NO_LEDGER = "there is no ledger here, so keys that are told as digests cannot be found"


@click.command("show")
@click.argument("run", required=False)
@click.option(
    "--key",
    "value",
    required=True,
    metavar="[NAME=]VALUE",
    help="The value of a key column, as the tap sends it, or NAME=VALUE; `-` reads it from stdin.",
)
@config_option
@json_option("One JSON object instead of sentences.")
def show(run: str | None, value: str, config: tuple[str, ...], as_json: bool) -> None:
    r"""What is known of one key, in RUN or in all runs that are kept.

    Looks through the rejects, and through the outbox, where events in doubt are. With the ledger's key it also finds keys
    that the rejects show as a digest; it creates no ledger. If the key names a person, use `--key -`, which reads it from stdin or asks
    for it on a terminal: others on this machine can read what stands in a command.

    \b
    Examples:
      linkedin-conversions rejects show --key 4711 --config config.json
      linkedin-conversions rejects show 20261123T104000Z-0a1b2c3d --key - --json < key.txt
    """
    settings = load_settings(config)
    named = None if run is None else [run_named(settings, run)]
    search = _Search(settings, heard("--key", lambda: _of_stdin() if value == "-" else value))
    in_outbox, rows = list(search.outbox(named)), list(search.rows(named))
    kept = {(row["run"], row["stream"], code) for row in rows for code in row["codes"]}
    rejected = [
        (
            line,
            back_by(
                line,
                {(stream, code) for run, stream, code in kept if run == line.run},
                feed_of(search.folder, line.run),
            ),
        )
        for line in search.rejects(named)
    ]
    notes = search.notes()
    if as_json:
        lines = [{**msgspec.to_builtins(line), "back": back} for line, back in rejected]
        click.echo(json.dumps({"rejects": lines, "outbox": in_outbox, "rows": rows, "notes": notes}))
        return
    for text in (*starmap(_reject_text, rejected), *map(_outbox_text, in_outbox), *map(_row_text, rows), *notes):
        tell_user(printable_lines(text))
    if not rejected and not in_outbox and not rows:
        click.echo("nothing with that key is in the rejects or the outbox")


def _of_stdin() -> str:
    """The key that a person types or a file holds, without the end of its line; raises `ConfigError` where there is none."""
    if sys.stdin.isatty():
        click.echo("key: ", err=True, nl=False)
    value = sys.stdin.readline(_LONGEST_KEY).rstrip("\r\n")
    if not value:
        raise ConfigError("--key", "stdin holds no key", "write its value in one line")
    return value


class _Search:
    """Looks for one key value; nothing it says holds that value."""

    def __init__(self, settings: Settings, value: str) -> None:
        self.folder = Folder(settings.state_dir)
        self._outbox = outbox_of(settings)
        self._key = key_of_ledger(settings)
        self._has_ledger = self._key is not None
        self._wanted = self._forms(value)
        self._column, _, of_column = value.partition("=")
        self._of_column = self._forms(of_column) if of_column else frozenset[str]()
        """The same where `value` names its column too, as `rejects list` tells a key."""
        self._with_digests: set[str] = set()

    def rejects(self, runs: Iterable[str] | None) -> Iterator[RejectLine]:
        """The lines of the rejects that have the key, the oldest first."""
        for run in rejecting_runs(self.folder) if runs is None else runs:
            for line in reject_lines(self.folder, run, warn):
                if any(text and text.startswith(DIGEST) for text in line.key.values()):
                    self._with_digests.add(run)
                if any(self._is_it(name, text) for name, text in line.key.items()):
                    yield line

    def outbox(self, runs: Iterable[str] | None) -> Iterator[dict[str, Any]]:
        """What the outbox holds of the key: which columns hold it, and the event's shape."""
        for run in outbox_runs(self._outbox) if runs is None else runs:
            for line, event, _ in outbox_events(self._outbox, run, warn):
                if columns := [name for name, text in line.key if self._is_it(name, text)]:
                    yield {
                        "run": run,
                        "stream": line.stream,
                        "columns": columns,
                        "rule": line.rule,
                        "outcome": line.outcome,
                        "event_id": line.identity,
                        "event": msgspec.to_builtins(shape_of(event.payload)),
                        "mend": REPLAY.get(line.outcome, ""),
                    }

    def rows(self, runs: Iterable[str] | None) -> Iterator[dict[str, Any]]:
        """The rejected rows that the outbox holds of the key: which columns hold it, and why they were rejected."""
        for run in outbox_runs(self._outbox) if runs is None else runs:
            for kept in rows_of_run(self._outbox, run, warn):
                if columns := [name_shown(name) for name in kept.key if self._is_it(name, key_text(kept.row[name]))]:
                    yield {
                        "run": run,
                        "stream": name_shown(kept.stream),
                        "columns": columns,
                        "codes": list(map(name_shown, kept.codes)),
                        "mend": REPLAY[Outcome.REJECTED],
                    }

    def _forms(self, value: str) -> frozenset[str]:
        """How a key value stands in the rejects: as it is, or as the digest of who it says."""
        return frozenset({value} if self._key is None else {value, DIGEST + pseudonym(self._key, value)})

    def _is_it(self, column: str, text: str | None) -> bool:
        return text in self._wanted or (column == self._column and text in self._of_column)

    def notes(self) -> list[str]:
        """Why a key may be there and was not found."""
        if not self._has_ledger:
            return [NO_LEDGER] if self._with_digests else []
        return [
            f"run {run} was a dry run: the digests in its rejects have a key of their own and cannot be found again"
            for run in sorted(self._with_digests)
            if self._was_dry_run(run)
        ]

    def _was_dry_run(self, run: str) -> bool:
        report = report_of(self.folder, f"{run}.json", lambda _: None)
        return report is not None and report.dry_run


def _reject_text(line: RejectLine, back: str) -> str:
    key = ", ".join(f"{column}={value}" for column, value in line.key.items())
    reasons = [f"  {reason.field} {reason.code}: {reason.message}".replace("   ", "  ") for reason in line.reasons]
    head = f"run {line.run}: stream {line.stream}, {key}, rule {line.rule or 'none'}: rejected"
    return "\n".join([head, *reasons, f"  {_shape(line.event)}", f"  comes back: {BACK[back]}"])


def _outbox_text(entry: dict[str, Any]) -> str:
    head = (
        f"run {entry['run']}: stream {entry['stream']}, key column {', '.join(entry['columns'])}, rule {entry['rule']}: "
        f"in the outbox as {entry['outcome']}"
    )
    mend = (
        f"  `linkedin-conversions {entry['mend']}` sends it again"
        if entry["mend"]
        else "  never sent: a dry run kept it"
    )
    return "\n".join([head, f"  event {entry['event_id']}; {_shape(msgspec.convert(entry['event'], Shape))}", mend])


def _row_text(entry: dict[str, Any]) -> str:
    return (
        f"run {entry['run']}: stream {entry['stream']}, key column {', '.join(entry['columns'])}: its rejected row is in the "
        f"outbox ({', '.join(entry['codes'])})\n  `{TYPED[Outcome.REJECTED]}` maps it anew, once the settings are mended"
    )


def _shape(shape: Shape) -> str:
    time = None if shape.happened_at is None else utc_of(shape.happened_at).isoformat()
    parts = (", ".join(shape.fields) or "no identifier", time and f"happened {time}", shape.value)
    return "; ".join(part for part in parts if part)

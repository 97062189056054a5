"""`linkedin-conversions rejects`: what was not taken, and why."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from target_linkedin_conversions.cli.config import config_option, load_settings
from target_linkedin_conversions.cli.runs import read_report
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.reporting.folder import Folder, run_of
from target_linkedin_conversions.reporting.rejects import RejectLine

if TYPE_CHECKING:
    from collections.abc import Iterator


@click.group()
def rejects() -> None:
    r"""Events and records that were not taken, and why.

    \b
    Examples:
      linkedin-conversions rejects list --config config.json
      linkedin-conversions rejects list 20261123T104000Z-0a1b2c3d --json
    """


@rejects.command("list")
@click.argument("run", required=False)
@config_option
@click.option("--json", "as_json", is_flag=True, help="The lines of the rejects file as one JSON array.")
def list_rejects(run: str | None, config: tuple[str, ...], as_json: bool) -> None:
    """The rejects of RUN, or of the last run."""
    folder = Folder(load_settings(config).state_dir)
    name = read_report(folder, "last.json").run if run is None else run
    if run_of(name) != name:
        raise ConfigError("RUN", "that is no name of a run", "see `linkedin-conversions runs list`")
    lines = list(_lines(folder, name))
    if not lines and run is not None and f"{name}.json" not in folder.names("runs"):
        raise ConfigError("RUN", "there is no report of that run", "see `linkedin-conversions runs list`")
    if as_json:
        click.echo(json.dumps([msgspec.to_builtins(line) for line in lines]))
        return
    if not lines:
        click.echo(f"run {name} rejected nothing, or its rejects are older than 30 days")
        return
    table = Table("stream", "key", "rule", "field", "code", "what to do", show_lines=True)
    for line in lines:
        key = ", ".join(f"{column}={value}" for column, value in line.key.items())
        fields, codes, mends = (
            "\n".join(getattr(reason, part) for reason in line.reasons) for part in ("field", "code", "message")
        )
        table.add_row(*map(Text, (line.stream, key, line.rule or "", fields, codes, mends)))
    Console().print(table)


def _lines(folder: Folder, run: str) -> Iterator[RejectLine]:
    """Every line of a run's rejects: one file, or on a URL its parts; a run that was killed may cut the last one."""
    names = [f"rejects/{run}.jsonl"]
    if not folder.is_local:
        names = [f"rejects/{run}/{part}" for part in folder.names(f"rejects/{run}")]
    for name in names:
        for number, line in enumerate((folder.read(name) or b"").splitlines(), 1):
            try:
                yield msgspec.json.decode(line, type=RejectLine)
            except (msgspec.DecodeError, UnicodeDecodeError):
                click.echo(f"Warning: line {number} of {folder.place(name)} cannot be read", err=True)

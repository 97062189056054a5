"""`linkedin-conversions runs`: what past runs did."""

from __future__ import annotations

import json
import sys

import click
import msgspec
from rich.table import Column

from target_linkedin_conversions.cli.config import config_option, load_settings
from target_linkedin_conversions.cli.runs.opening import open_page
from target_linkedin_conversions.cli.tables import print_table
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.reporting.folder import Folder, run_of
from target_linkedin_conversions.reporting.report import Report
from target_linkedin_conversions.reporting.way_back import FedBy

_BEFORE = 50
"""Reports among which the last load is looked for behind replays of nothing."""


@click.group()
def runs() -> None:
    r"""Reports of past runs.

    \b
    Examples:
      linkedin-conversions runs list --config config.json
      linkedin-conversions runs last --exit-code
      linkedin-conversions runs open
    """


runs.add_command(open_page)


@runs.command("list")
@config_option
@click.option("--json", "as_json", is_flag=True, help="One JSON array instead of a table.")
def list_runs(config: tuple[str, ...], as_json: bool) -> None:
    """All runs, the oldest first."""
    reports = all_reports(Folder(load_settings(config).state_dir))
    if as_json:
        click.echo(json.dumps([msgspec.to_builtins(report) for report in reports]))
        return
    print_table([Column("run", no_wrap=True), "ended", "events", "seconds"], map(_row, reports))


def _row(report: Report) -> list[str]:
    counts = ", ".join(f"{report.counts[outcome]} {outcome}" for outcome in Outcome if report.counts.get(outcome))
    return [report.run, f"{report.outcome} (exit {report.exit_code})", counts or "none", f"{report.seconds:.1f}"]


@runs.command()
@config_option
@click.option("--json", "as_json", is_flag=True, help="The whole report as JSON.")
@click.option("--exit-code", is_flag=True, help="Exit with the code the run ended with.")
def last(config: tuple[str, ...], as_json: bool, exit_code: bool) -> None:
    """The last run; a replay that found nothing to replay is passed over."""
    folder = Folder(load_settings(config).state_dir)
    found = read_report(folder, "last.json")
    if found.replayed_nothing:
        before = reversed(all_reports(folder, _BEFORE))
        found = next((report for report in before if not report.replayed_nothing), found)
    _show(found, as_json=as_json, exit_code=exit_code)


@runs.command()
@click.argument("run")
@config_option
@click.option("--json", "as_json", is_flag=True, help="The whole report as JSON.")
def show(run: str, config: tuple[str, ...], as_json: bool) -> None:
    """One run, by its name."""
    folder = Folder(load_settings(config).state_dir)
    if f"{run}.json" not in folder.names("runs"):
        raise ConfigError("RUN", "there is no report of that run", "see `linkedin-conversions runs list`")
    _show(read_report(folder, f"{run}.json"), as_json=as_json, exit_code=False)


def all_reports(folder: Folder, newest: int = 0) -> list[Report]:
    """The report of every run, or of the newest ones, the oldest first; a warning for each that cannot be read."""
    names = [name for name in folder.names("runs") if name.endswith(".json") and run_of(name) is not None]
    return [report for name in names[-newest:] if (report := _readable(folder, name)) is not None]


def _readable(folder: Folder, name: str) -> Report | None:
    """A report, or None and a warning: one that is broken must not hide the others."""
    try:
        return read_report(folder, name)
    except ConfigError as error:
        click.echo(f"Warning: {error}", err=True)
        return None


def read_report(folder: Folder, name: str) -> Report:
    """The report of that file's name; raises `ConfigError` where it is missing or broken."""
    data = folder.read(f"runs/{name}")
    if data is None:
        raise ConfigError(
            "state_dir",
            f"there is no report {folder.place(f'runs/{name}')}",
            "run the target first, or name its state_dir",
        )
    try:
        return msgspec.json.decode(data, type=Report)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ConfigError(
            "state_dir",
            f"the report {folder.place(f'runs/{name}')} cannot be read",
            "remove it; each run writes its own",
        ) from None


def feed_of(folder: Folder, run: str) -> FedBy:
    """What fed a run; a tap where no report says."""
    try:
        return read_report(folder, f"{run}.json").fed_by
    except ConfigError:
        return FedBy.TAP


def _show(report: Report, *, as_json: bool, exit_code: bool) -> None:
    if as_json:
        click.echo(msgspec.json.encode(report).decode())
    else:
        _show_tables(report)
    if exit_code:
        sys.exit(report.exit_code)


def _show_tables(report: Report) -> None:
    click.echo(
        f"run {report.run}: {report.outcome} (exit {report.exit_code}), {report.records} records in {report.seconds:.1f} s",
    )
    if report.message:
        click.echo(report.message)
    print_table(
        ["stream", "rule", "outcome", "why", "events"],
        [[line.stream, line.rule, line.outcome, line.meaning or line.code, str(line.events)] for line in report.lines],
    )
    for place in (report.rejects, report.outbox):
        if place:
            click.echo(place)

"""`linkedin-conversions runs`: what past runs did."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click
import msgspec
from rich.table import Column

from target_linkedin_conversions.cli.config import config_option, load_settings
from target_linkedin_conversions.cli.json_output import json_option, print_json
from target_linkedin_conversions.cli.past_runs import no_such_run, outcomes_told, warn
from target_linkedin_conversions.cli.runs.opening import open_page
from target_linkedin_conversions.cli.tables import print_table
from target_linkedin_conversions.cli.telling import tell_user
from target_linkedin_conversions.errors import LONGEST_MESSAGE, ConfigError
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.reporting.folder import Folder
from target_linkedin_conversions.reporting.report import Report
from target_linkedin_conversions.reporting.report_files import read_report, reports_of
from target_linkedin_conversions.reporting.verdict import reason_of

if TYPE_CHECKING:
    from target_linkedin_conversions.reporting.report import Line

__all__ = ["last", "list_runs", "runs", "show"]


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
@json_option("One JSON array instead of a table.")
def list_runs(config: tuple[str, ...], as_json: bool) -> None:
    r"""All runs, the oldest first.

    \b
    Example:
      linkedin-conversions runs list --config config.json
    """
    from target_linkedin_conversions.cli.runs.unreported import later_run_without_report  # noqa: PLC0415 - loads SQL

    settings = load_settings(config)
    folder = Folder(settings.state_dir)
    reports = list(reports_of(folder, warn))
    if later := later_run_without_report(settings, folder, max((report.run for report in reports), default="")):
        warn(later)
    if as_json:
        click.echo(json.dumps([msgspec.to_builtins(report) for report in reports]))
        return
    if not reports:
        tell_user(f"no run has left a report in {folder.place('runs')}")
        return
    jobs = {part.run: report.run for report in reports for part in report.runs}
    rows = [_row(report, jobs.get(report.run)) for report in reports]
    print_table([Column("run", no_wrap=True), "ended", "events", "seconds"], rows)


def _row(report: Report, job: str | None) -> list[str]:
    job = job or ("a job without a receipt" if report.is_part else None)
    return [
        report.run if job is None else f"{report.run}\n  of {job}",
        f"{report.outcome} (exit {report.exit_code})",
        outcomes_told(report) or "none",
        f"{report.seconds:.1f}",
    ]


@runs.command()
@config_option
@json_option("The whole report as JSON.")
@click.option("--exit-code", is_flag=True, help="Exit with the code the run ended with.")
def last(config: tuple[str, ...], as_json: bool, exit_code: bool) -> None:
    r"""The last run; a replay that found nothing to replay is passed over.

    If `last.json` cannot be read, or a later run left no report, it shows the newest report that can be read, with a
    warning; and so where that is one part of a job without a receipt. With --exit-code that is an error, for the later
    run, or the job, may have ended otherwise.

    \b
    Examples:
      linkedin-conversions runs last --config config.json
      linkedin-conversions runs last --exit-code --json
    """
    from target_linkedin_conversions.cli.runs.unreported import last_run  # noqa: PLC0415 - loads SQL

    settings = load_settings(config)
    found = last_run(settings, Folder(settings.state_dir), warn)
    if found.report.is_part:
        _tell_of_part(found.report, exit_code=exit_code)
    if exit_code and (found.later or not found.is_last):
        problem = (
            f"{found.later or 'how the last run ended cannot be read'}; the newest report that can be read is that of run "
            f"{found.report.run}"
        )
        raise ConfigError("state_dir", problem, "see the log of the last run, or run the target again")
    if found.later:
        warn(f"{found.later}; shown is the run before it")
    _show(found.report, as_json=as_json, exit_code=exit_code)


def _tell_of_part(part: Report, *, exit_code: bool) -> None:
    """Say that the last report is none of a whole job; raises `ConfigError` where the exit code of one is asked for."""
    problem = f"run {part.run} is one part of a job that has left no receipt: the job goes on, or its driver was killed"
    if exit_code:
        mend = "see the driver's log; if it was killed, write the same rows again, which sends only what is left"
        raise ConfigError("state_dir", problem, mend)
    warn(f"{problem}; shown is that part alone")


@runs.command()
@click.argument("run")
@config_option
@json_option("The whole report as JSON.")
def show(run: str, config: tuple[str, ...], as_json: bool) -> None:
    r"""One run, by its name.

    \b
    Example:
      linkedin-conversions runs show 20261123T104000Z-0a1b2c3d --json
    """
    folder = Folder(load_settings(config).state_dir)
    if f"{run}.json" not in folder.names("runs"):
        raise no_such_run("there is no report of that run")
    _show(read_report(folder, f"{run}.json", Report), as_json=as_json, exit_code=False)


def _show(report: Report, *, as_json: bool, exit_code: bool) -> None:
    if as_json:
        print_json(report)
    else:
        _show_tables(report)
    if exit_code:
        sys.exit(report.exit_code)


def _why(line: Line) -> str:
    """Why the events of a line ended so, where that says more than its outcome."""
    return line.meaning or (reason_of(line) if line.code else "")


def _show_tables(report: Report) -> None:
    tell_user(
        f"run {report.run}: {printable(report.outcome)} (exit {report.exit_code}), {how_many(report.records, 'record')} in {report.seconds:.1f} s",
    )
    if report.message:
        tell_user(printable(report.message, LONGEST_MESSAGE))
    if not report.lines:
        tell_user("no events")
        return
    print_table(
        ["stream", "rule", "outcome", "why", "events"],
        [[line.stream, line.rule, line.outcome, _why(line), str(line.events)] for line in report.lines],
    )
    for place in (report.rejects, report.outbox):
        if place:
            click.echo(printable(place, LONGEST_MESSAGE))

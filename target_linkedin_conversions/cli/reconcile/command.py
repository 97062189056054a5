"""`linkedin-conversions reconcile`: what was sent, what LinkedIn counts of it, and why the numbers differ."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click
import msgspec

from target_linkedin_conversions.admin.figures import Period
from target_linkedin_conversions.admin.reconciliation import Reconciliation, reconciled
from target_linkedin_conversions.cli.completing import complete_files
from target_linkedin_conversions.cli.config import SET_ACCOUNT, config_option, load_settings
from target_linkedin_conversions.cli.configured_ledger import existing_ledger
from target_linkedin_conversions.cli.json_output import json_option, print_json
from target_linkedin_conversions.cli.past_runs import warn
from target_linkedin_conversions.cli.reconcile.source_counts import SourceColumns, source_counts
from target_linkedin_conversions.cli.reconcile.tables import show
from target_linkedin_conversions.delivery.clock import Clock
from target_linkedin_conversions.durations import DAY_MS
from target_linkedin_conversions.epoch import day_of, day_of_date, utc_of
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.records.written_dates import ORDERS
from target_linkedin_conversions.reporting.comparison import KEPT_AS
from target_linkedin_conversions.reporting.folder import Folder
from target_linkedin_conversions.reporting.report_files import reports_of, whole_jobs
from target_linkedin_conversions.reporting.run_list import write_run_list
from target_linkedin_conversions.run.process.machine import ensure_clock
from target_linkedin_conversions.settings.values import identifier
from target_linkedin_conversions.usage import refuse_idle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_linkedin_conversions.admin.source import SourceCount
    from target_linkedin_conversions.reporting.report import Report
    from target_linkedin_conversions.settings import Settings

__all__ = ["reconcile"]

DAYS = 30
MOST_DAYS = 400


@click.command()
@click.pass_context
@config_option
@click.option("--days", type=click.IntRange(1, MOST_DAYS), metavar="N", help=f"The last N days. Default: {DAYS}.")
@click.option("--from", "start", metavar="DAY", help="The first day, as 2026-11-01; with --to, in place of --days.")
@click.option("--to", "end", metavar="DAY", help="The last day. Default: today (UTC).")
@click.option("--rule", metavar="ID", help="Only this conversion rule.")
@click.option(
    "--source",
    metavar="FILE",
    shell_complete=complete_files,
    help="The source's own count: columns day, rule (id or name) and count, as CSV, Singer lines, …; - is stdin.",
)
@click.option(
    "--map",
    "maps",
    multiple=True,
    metavar="PART=COLUMN",
    help="How the columns of --source are called: day=COLUMN, rule=COLUMN, count=COLUMN. Repeatable.",
)
@click.option(
    "--date-order",
    type=click.Choice(ORDERS),
    help="How dates such as 04/11/2026 are written in --source: dmy is 31/12/2026.",
)
@json_option("One JSON object instead of tables.")
def reconcile(
    context: click.Context,
    config: tuple[str, ...],
    days: int | None,
    start: str | None,
    end: str | None,
    rule: str | None,
    source: str | None,
    maps: tuple[str, ...],
    date_order: str | None,
    as_json: bool,
) -> None:
    r"""Compare what was sent with what LinkedIn counts, and say why they differ.

    Needs account_id and a token with the scope r_ads_reporting. Days are UTC's; those of the last 72 hours are not complete.

    \b
    Examples:
      linkedin-conversions reconcile --config config.json
      linkedin-conversions reconcile --days 7 --source crm_counts.csv --config config.json
      linkedin-conversions reconcile --source crm.xlsx --map day=Closed --map count=Deals --config config.json
      linkedin-conversions reconcile --from 2026-10-01 --to 2026-10-31 --rule 101 --json --config config.json
    """
    if source is None:
        refuse_idle(context, {"maps", "date_order"}, "without --source, whose file it is about")
    settings = load_settings(config, needs_token=True)
    _ensure_readable(settings)
    clock = Clock()
    ensure_clock(clock.now())
    period = _period(days, start, end, _rule(rule), clock.now())
    only = period.rule or (settings.rules[0] if len(settings.rules) == 1 else None)
    columns = SourceColumns.of(maps)
    there = None if source is None else source_counts(source, settings, only, columns, date_order)
    made = _reconciled(settings, period, there, clock)
    folder = Folder(settings.state_dir)
    folder.write(KEPT_AS, msgspec.json.format(msgspec.json.encode(made), indent=2))
    write_run_list(folder)
    if as_json:
        print_json(made)
    else:
        show(made)


def _ensure_readable(settings: Settings) -> None:
    """Without account or token nothing can be asked; raises `ConfigError`."""
    if not settings.account_id:
        raise ConfigError("account_id", "LinkedIn reports by ad account, and none is set", SET_ACCOUNT)
    if settings.access_token is None and settings.refresh_token is None:
        raise ConfigError("access_token", "LinkedIn's reports need a token, and none is set", "set access_token")


def _period(days: int | None, start: str | None, end: str | None, rule: str | None, now: int) -> Period:
    """The days that are asked for; raises `ConfigError` where they are none."""
    today = day_of(now)
    if days is not None and (start or end):
        raise ConfigError("--days", "it stands beside --from or --to", "name either")
    if end is not None and start is None:
        raise ConfigError("--to", "it stands without --from", "name both, or --days")
    last = min(today, _day("--to", end)) if end is not None else today
    first = _day("--from", start) if start is not None else last - (days or DAYS) + 1
    if first > last:
        raise ConfigError("--from", "it lies behind --to, or ahead of today", "name the earlier day first")
    if last - first >= MOST_DAYS:
        raise ConfigError("--from", f"more than {MOST_DAYS} days", "ask for fewer")
    return Period(first, last, rule)


def _day(option: str, text: str) -> int:
    try:
        return day_of_date(dt.date.fromisoformat(text))
    except ValueError:
        raise ConfigError(option, "expected a day", "write it as 2026-11-26") from None


def _rule(given: str | None) -> str | None:
    """The id of a rule that is named by id or URN."""
    if given is None:
        return None
    return identifier(given, "--rule").lstrip("0")


def _reconciled(
    settings: Settings, period: Period, source: Sequence[SourceCount] | None, clock: Clock
) -> Reconciliation:
    """The same with the ledger open, where it keeps what was sent; raises `ConfigError` where there is none."""
    reports = _reports(settings, period)
    if not settings.send_once:
        return reconciled(settings, period, source, reports, None, clock)
    database = existing_ledger(settings)
    try:
        return reconciled(settings, period, source, reports, database, clock)
    finally:
        database.close()


def _reports(settings: Settings, period: Period) -> list[Report]:
    """The reports of the runs that began on these days."""
    since, until = (utc_of(day * DAY_MS) for day in (period.first, period.last + 1))
    return whole_jobs(list(reports_of(Folder(settings.state_dir), warn, since=since, until=until)))

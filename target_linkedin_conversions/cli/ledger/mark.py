"""`linkedin-conversions ledger mark`: what another tool has delivered is not sent again."""

from __future__ import annotations

import sys
from typing import IO, TYPE_CHECKING

import click
import msgspec

from target_linkedin_conversions.cli.config import asks_for_dry_run, config_option, load_settings
from target_linkedin_conversions.cli.json_output import json_option, print_json
from target_linkedin_conversions.cli.tables import print_table
from target_linkedin_conversions.cli.telling import tell_user
from target_linkedin_conversions.delivery.marking import (
    BEING_SENT,
    LEFT_TO_A_RUN,
    Marking,
)
from target_linkedin_conversions.errors import TargetError, exit_code_of, fault_of
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.records.reasons import MARKED, WOULD_MARK
from target_linkedin_conversions.settings.values import instant

if TYPE_CHECKING:
    from target_linkedin_conversions.reporting.report import Report
    from target_linkedin_conversions.settings import Settings

__all__ = ["mark"]

_NAMED_CAUSES = 3


@click.command()
@config_option
@click.option("--input", "file", type=click.File("rb"), help="A file of Singer messages instead of stdin.")
@click.option("--before", metavar="RFC3339", help="Only events that happened before; a run sends the others.")
@click.option("--dry-run", is_flag=True, help="Only count; write nothing to the ledger.")
@json_option("One JSON object instead of tables.")
def mark(
    config: tuple[str, ...],
    file: IO[bytes] | None,
    before: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    r"""Note the events of a tap as delivered, without sending them.

    For the day of moving here from another tool, which has delivered them: reads the tap as a run
    does, by the same streams, rules, consent and event ids, and writes what a run would send to
    the ledger. Sends nothing, spends no quota, needs no token, and prints no STATE.

    \b
    Examples:
      tap-postgres --config tap.json | linkedin-conversions ledger mark --config config.json
      tap-postgres --config tap.json | linkedin-conversions ledger mark --config ENV --dry-run
      linkedin-conversions ledger mark --config config.json --input messages.singer --before 2026-11-01T00:00:00Z
    """
    settings = msgspec.structs.replace(
        load_settings(config),
        dry_run=dry_run or asks_for_dry_run(config),
    )
    until = None if before is None else instant(before, "--before")
    report, error = _marked(settings, until, file)
    if report is not None and error is None and (warning := _marks_nothing(report)):
        report = msgspec.structs.replace(report, warnings=[warning, *report.warnings])
        tell_user(f"warning: {warning}", err=True)
    told = report is not None and (as_json or error is None or report.records > 0)
    if report is not None and told:
        _tell(report, as_json=as_json)
    if error is not None and as_json and told:
        raise SystemExit(exit_code_of(error))
    if error is not None:
        raise error


def _marked(settings: Settings, before: int | None, file: IO[bytes] | None) -> tuple[Report | None, TargetError | None]:
    """The report of the marking, and what stopped it."""
    from target_linkedin_conversions.run.run import Run  # noqa: PLC0415 - only where something is marked
    from target_linkedin_conversions.singer.target import (  # noqa: PLC0415 - the SDK is slow to import
        TargetLinkedInConversions,
    )

    run = Run(settings, destination=lambda name, listener: Marking(settings, name, listener, before=before))
    if file is None and sys.stdin.isatty():
        tell_user("reading Singer messages from the terminal; a tap is piped in, or --input names a file", err=True)
    try:
        TargetLinkedInConversions(run=run).listen(file)  # type: ignore[arg-type]  # our reader takes bytes
    except TargetError as error:
        return run.report, error
    except Exception as error:  # noqa: BLE001 - told without its message, which may hold a record's values
        return run.report, fault_of(error)
    return run.report, None


def _marks_nothing(report: Report) -> str | None:
    """A warning where records came and none is in the ledger now, was before, or is left to a run."""
    codes = {WOULD_MARK, LEFT_TO_A_RUN, BEING_SENT}
    counted = any(line.code in codes or line.outcome == Outcome.ALREADY_DELIVERED for line in report.lines)
    if not report.records or counted:
        return None
    worst = sorted(report.lines, key=lambda line: -line.events)[:_NAMED_CAUSES]
    causes = "; ".join(
        f"{line.events} {line.outcome} {line.code} in {line.stream}" + (f" ({line.meaning})" if line.meaning else "")
        for line in worst
    )
    return f"nothing of {how_many(report.records, 'record')} was marked: {causes or 'none became an event'}"


def _tell(report: Report, *, as_json: bool) -> None:
    codes = (WOULD_MARK if report.dry_run else MARKED, LEFT_TO_A_RUN, BEING_SENT)
    marked, left, being_sent = (sum(line.events for line in report.lines if line.code == code) for code in codes)
    known = report.counts.get(Outcome.ALREADY_DELIVERED, 0) - marked
    if as_json:
        found = {"marked": marked, "known": known, "left_to_a_run": left, "being_sent": being_sent}
        print_json({**found, **msgspec.to_builtins(report)})
        return
    tell_user(
        f"{how_many(marked, 'event')} {'would be ' if report.dry_run else ''}marked as delivered, {known:,} already known"
    )
    if left:
        tell_user(f"{left:,} left for a run to send, for they did not happen before --before")
    if being_sent:
        tell_user(f"{being_sent:,} left to a run that is sending them now")
    if report.lines:
        rows = (
            (line.stream, line.rule, line.outcome, line.meaning or line.code, f"{line.events:,}")
            for line in report.lines
        )
        print_table(("stream", "rule", "outcome", "why", "events"), rows)
    if report.ledger:
        tell_user(f"ledger {report.ledger}")
    if report.rejects:
        tell_user(f"rejects {report.rejects}")

"""`linkedin-conversions rejects replay`: events of the outbox are sent again."""

from __future__ import annotations

import json
import logging
import sys
from typing import TYPE_CHECKING

import click

from target_linkedin_conversions.cli.config import config_option, load_settings
from target_linkedin_conversions.cli.json_output import json_option, print_json
from target_linkedin_conversions.cli.log_lines import logged
from target_linkedin_conversions.cli.past_runs import (
    kept_rows,
    outbox_of,
    outcomes_told,
    replayable,
    run_named,
    runs_of,
    warn,
)
from target_linkedin_conversions.cli.rejects.replay_run import Replay, Wanted, rehearsed
from target_linkedin_conversions.cli.telling import tell_user
from target_linkedin_conversions.errors import TargetError, exit_code_of, outcome_of
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.reporting.folder import Folder
from target_linkedin_conversions.reporting.live import live_line
from target_linkedin_conversions.reporting.outbox import outbox_runs
from target_linkedin_conversions.run.process.signals import ending_by_signals
from target_linkedin_conversions.run.run import Run
from target_linkedin_conversions.run.whole_run import run_to_end
from target_linkedin_conversions.settings.values import identifier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_linkedin_conversions.reporting.report import Report
    from target_linkedin_conversions.settings import Settings

__all__ = ["replay"]

logger = logging.getLogger(__name__)


@click.command("replay")
@click.argument("run", required=False)
@config_option
@click.option("--in-doubt", is_flag=True, help="Also events held in doubt: LinkedIn may then hold them twice.")
@click.option("--rule", metavar="ID", help="Only events of this conversion rule.")
@click.option("--stream", metavar="NAME", help="Only events of this stream.")
@click.option("--dry-run", is_flag=True, help="Only count; nothing is sent or written.")
@json_option("The run's report as one JSON object; with --dry-run the counts.")
def replay(
    run: str | None,
    config: tuple[str, ...],
    in_doubt: bool,
    rule: str | None,
    stream: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    r"""Send again what LinkedIn rejected, of RUN or of all runs in the outbox.

    Mend the cause first, because an event is sent as it was. To change the event, let the tap bring its record again.

    A replay is a run with the same checks, quota, ledger, report and exit codes as a load. It does not send what was delivered meanwhile, what
    not_before or the suppress list forbid now, or what is older than 90 days. It cannot check exclude_email_domains,
    because the outbox holds hashes. Events that are sent or skipped leave the outbox; what is rejected again is in the outbox of the new run.

    Rows that were kept by `keep_rejected_rows: true` are mapped again by the present settings; those that are rejected again
    stay. They have no rule yet, so --rule leaves them out.

    \b
    Examples:
      linkedin-conversions rejects replay --dry-run --config config.json
      linkedin-conversions rejects replay --rule 101 --config config.json
      linkedin-conversions rejects replay 20261123T104000Z-0a1b2c3d --in-doubt --config config.json
    """
    try:
        settings = load_settings(config, needs_token=not dry_run)
        wanted = Wanted(settings.origin, in_doubt, None if rule is None else identifier(rule, "--rule"), stream)
        runs = outbox_runs(outbox_of(settings)) if run is None else _named(settings, run)
    except TargetError as error:
        tell_user(f"Error: {error}", err=True)
        click.echo(f"outcome={outcome_of(error)} exit={exit_code_of(error)}", err=True)
        sys.exit(exit_code_of(error))
    if dry_run or settings.dry_run:
        _show_rehearsal(settings, wanted, runs, as_json=as_json)
        return
    with logged():
        report, last_line = _replayed(settings, wanted, runs)
    _show(report, settings, as_json=as_json)
    sys.stdout.flush()
    click.echo(last_line, err=True)
    sys.exit(report.exit_code)


def _named(settings: Settings, run: str) -> list[str]:
    """The run of this name, or those of the job; raises `ConfigError` where there is none."""
    return runs_of(Folder(settings.state_dir), run_named(settings, run))[1]


def _replayed(settings: Settings, wanted: Wanted, runs: Sequence[str]) -> tuple[Report, str]:
    """The report of the run, however it came to its end, and its last line."""
    run = Run(settings, is_replay=True)
    sending = Replay(run, wanted)

    def feed() -> None:
        if wanted.in_doubt:
            run.warn("events in doubt are sent again: LinkedIn may then hold them twice")
        run.begin()
        sending.send(runs)
        run.finish()

    with ending_by_signals(run.termination), live_line(sys.stderr, run.status):
        report, _ = run_to_end(run, feed)
        try:
            sending.clear()
        except TargetError as late:
            logger.error("%s", late)
    return report, run.last_line()


def _show(report: Report, settings: Settings, *, as_json: bool) -> None:
    if as_json:
        print_json(report)
        return
    if not report.events and report.exit_code == 0:
        tell_user(_nothing(settings))
        return
    counts = outcomes_told(report)
    click.echo(f"{how_many(report.events, 'event')} of the outbox: {counts or 'none sent'}")


def _nothing(settings: Settings) -> str:
    """Why nothing was replayed: the outbox holds nothing, or nothing of what was asked for."""
    outbox = outbox_of(settings)
    runs = outbox_runs(outbox)
    events = replayable(outbox, runs, set())
    rejected, in_doubt = (
        sum(count for (ended, _, _), count in events.items() if ended is outcome)
        for outcome in (Outcome.REJECTED, Outcome.IN_DOUBT)
    )
    rows, _ = kept_rows(outbox, runs)
    held = [
        how_many(rejected, "rejected event") if rejected else "",
        how_many(rows, "rejected row") if rows else "",
        f"{how_many(in_doubt, 'event')} in doubt (replayed only with --in-doubt)" if in_doubt else "",
    ]
    told = " and ".join(part for part in held if part)
    return f"nothing was replayed; the outbox holds {told}" if told else "nothing to replay in the outbox"


def _show_rehearsal(settings: Settings, wanted: Wanted, runs: Sequence[str], *, as_json: bool) -> None:
    counted = sorted(rehearsed(settings, wanted, runs, warn).items())
    if as_json:
        lines = [
            {"stream": stream, "rule": rule, "outcome": outcome, "skipped": why, "events": events}
            for (stream, rule, outcome, why), events in counted
        ]
        click.echo(json.dumps({"dry_run": True, "lines": lines}))
        return
    for (stream, rule, outcome, why), events in counted:
        end = f"not be sent ({why})" if why else "be sent"
        of_rule = f", rule {name_shown(rule)}" if rule else ""  # a rejected row may have none yet
        click.echo(f"{events} {outcome} of stream {name_shown(stream)}{of_rule} would {end}")
    if not counted:
        tell_user(_nothing(settings))
    else:
        click.echo("dry run: nothing is sent, and what was delivered meanwhile is not looked up")

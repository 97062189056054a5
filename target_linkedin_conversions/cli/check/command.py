"""`linkedin-conversions check`: what would stop a run, before it does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click
import msgspec

from target_linkedin_conversions.admin.accounts import Account, accounts_of
from target_linkedin_conversions.admin.findings import on_roles
from target_linkedin_conversions.admin.preflight import Preflight, preflight
from target_linkedin_conversions.alerts.alerts import Alerts
from target_linkedin_conversions.cli.check.streams import ONLY_STREAM, checked_entries, stream_data, stream_lines
from target_linkedin_conversions.cli.config import config_option, load_settings
from target_linkedin_conversions.cli.json_output import json_option
from target_linkedin_conversions.cli.linkedin import calls_of
from target_linkedin_conversions.cli.past_runs import outbox_of, warn
from target_linkedin_conversions.cli.telling import tell_user
from target_linkedin_conversions.delivery.delivery import ensure_ledger
from target_linkedin_conversions.errors import (
    LONGEST_MESSAGE,
    ConfigError,
    RuleError,
    TargetError,
    exit_code_of,
    outcome_of,
)
from target_linkedin_conversions.how_many import days_of_window
from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.readiness.entries import on_entries, on_windows
from target_linkedin_conversions.readiness.finding import Finding, worst_first
from target_linkedin_conversions.readiness.past import on_past_runs
from target_linkedin_conversions.records.versions import KNOWN
from target_linkedin_conversions.reporting.folder import Folder
from target_linkedin_conversions.reporting.report_files import reports_of, whole_jobs
from target_linkedin_conversions.run.process.machine import ensure_clock, ensure_descriptors
from target_linkedin_conversions.run.suppress import suppress_list
from target_linkedin_conversions.wall_clock import wall_clock

if TYPE_CHECKING:
    from target_linkedin_conversions.admin.calls import Calls
    from target_linkedin_conversions.admin.rules import Rule
    from target_linkedin_conversions.settings import Settings

__all__ = ["check"]

_REPORTS = 10
"""The newest reports that are looked at."""
_MARKS = {"stops": "✗", "warning": "!", "hint": "·"}


@click.command()
@config_option
@json_option("One JSON object instead of sentences.")
def check(config: tuple[str, ...], as_json: bool) -> None:
    r"""Check settings, alert URLs, version, token, conversion rules and past runs; sends no event and no alert.

    Says for each stream what is mapped, whose records may be sent, and to which rules. If nothing would stop a run, the exit code is 0, also
    with warnings and hints; else it is the code that the run would end with. With dry_run: true a missing token is only a warning.

    \b
    Examples:
      linkedin-conversions check --config config.json
      meltano invoke target-linkedin-conversions:check
    """
    try:
        settings = load_settings(config, needs_token=True)
        found = _look(settings)
    except TargetError as error:
        if not as_json:
            raise
        findings = msgspec.to_builtins(_of_error(error))
        empty: dict[str, list[object]] = {"warnings": [], "tokens": [], "rules": [], "streams": []}
        click.echo(json.dumps({**_verdict(error), **empty, "findings": findings}))
        raise SystemExit(exit_code_of(error)) from None
    stop = _stop(found)
    if as_json:
        click.echo(json.dumps(_data(settings, found, stop)))
    else:
        _show(settings, found, stop)
    if stop is not None:
        raise SystemExit(exit_code_of(stop))


def _look(settings: Settings) -> Preflight:
    """What LinkedIn, the entries and past runs show."""
    folder = Folder(settings.state_dir)
    folder.look()
    outbox_of(settings).look()
    suppress_list(settings.suppress)
    ensure_clock(wall_clock())
    ensure_descriptors(settings.max_concurrent_requests)
    ensure_ledger(settings)
    Alerts(settings.alert_urls, settings.alert_on, folder).begin()
    with calls_of(settings) as calls:
        seen = preflight(settings, calls.client, calls.tokens, calls.clock)
        roles = on_roles(_accounts(calls), settings.account_id) if seen.stop is None and settings.account_id else []
    more = [
        *roles,
        *on_entries(checked_entries(settings), seen.rules),
        *on_windows(settings.rules, seen.rules),
        *on_past_runs(whole_jobs(list(reports_of(folder, warn, newest=_REPORTS))), wall_clock()),
    ]
    if not settings.streams and not settings.conversion_rule:
        more.append(_nothing_configured())
    return msgspec.structs.replace(seen, findings=(*seen.findings, *dict.fromkeys(more)))


def _accounts(calls: Calls) -> list[Account]:
    """The ad accounts of the token's member; none where LinkedIn does not list them, as for a token of Campaign Manager."""
    try:
        return accounts_of(calls)
    except TargetError:
        return []


def _nothing_configured() -> Finding:
    mend = "add an entry with the stream's name and a conversion_rule; what `linkedin-conversions send` is given needs none"
    return Finding(
        code="no_streams", severity="stops", sentence="streams is empty, so nothing says what is sent", mend=mend
    )


def _of_error(error: TargetError) -> list[Finding]:
    """A wrong setting as a finding; what LinkedIn's silence means is none."""
    if not isinstance(error, ConfigError):
        return []
    sentence, _, mend = str(error).partition("; ")
    return [Finding(code=error.code, severity="stops", sentence=sentence, mend=mend)]


def _stop(found: Preflight) -> TargetError | None:
    """What a run is stopped by; else the first finding after which no run should be made."""
    if found.stop is not None:
        return found.stop
    stops = next((one for one in found.findings if one.severity == "stops"), None)
    return None if stops is None else ConfigError(stops.stream or "streams", stops.sentence, stops.mend)


def _verdict(error: TargetError | None) -> dict[str, object]:
    if error is None:
        return {"ok": True, "outcome": "done", "message": ""}
    return {"ok": False, "outcome": outcome_of(error), "message": str(error)}


def _data(settings: Settings, found: Preflight, stop: TargetError | None) -> dict[str, object]:
    return {
        **_verdict(stop),
        "warnings": list(settings.warnings),
        "findings": msgspec.to_builtins(worst_first(list(found.findings))),
        "tokens": msgspec.to_builtins(found.lives),
        "rules": [
            {**msgspec.to_builtins(rule), "configured": name in settings.rules} for name, rule in found.rules.items()
        ],
        "streams": stream_data(checked_entries(settings), found.rules),
    }


def _show(settings: Settings, found: Preflight, stop: TargetError | None) -> None:
    version = KNOWN.get(settings.linkedin_version)
    if version is not None and not any(finding.code.startswith("version_") for finding in found.findings):
        tell_user(f"✓ linkedin_version {version.name} is served until {version.sunset.isoformat()}")
    for life in found.lives:
        tell_user(f"✓ {life}")
    bad = {one.rule for one in found.findings if one.rule and not one.stream and one.severity != "hint"}
    for name in settings.rules:
        if name in found.rules:
            tell_user(f"{'!' if name in bad else '✓'} {printable(_described(found.rules[name]), LONGEST_MESSAGE)}")
    for line in stream_lines(checked_entries(settings), found.rules):
        tell_user(printable(line, LONGEST_MESSAGE))
    for warning in settings.warnings:
        tell_user(f"! {warning}")
    for finding in worst_first(list(found.findings)):
        about = "" if finding.stream in {"", ONLY_STREAM} else f"{finding.stream}: "
        tell_user(f"{_MARKS[finding.severity]} {printable(about + str(finding), LONGEST_MESSAGE)}")
    others = isinstance(found.stop, RuleError) and not found.stopped_rules.keys() >= set(settings.rules)
    stops = "✗ a run would stop" + (
        " for these rules, and send the events of all others" if others else ", or should not be made"
    )
    kind = "dry run" if any(finding.code == "token_missing" for finding in found.findings) else "run"
    tell_user(stops if stop is not None else f"✓ nothing found that would stop a {kind}")


def _described(rule: Rule) -> str:
    """Name, type and windows of a rule in one line."""
    windows = (rule.post_click_attribution_window_size, rule.view_through_attribution_window_size)
    click_days, view_days = map(days_of_window, windows)
    return (
        f"rule {rule.id} {printable(rule.name or 'without a name')} ({printable(rule.type) or 'of no type'}): "
        f"counted up to {click_days} after a click, {view_days} after a view"
    )

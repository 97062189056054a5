"""`linkedin-conversions check`: what would stop a run, before it does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click
import msgspec

from target_linkedin_conversions.admin.preflight import Preflight, preflight
from target_linkedin_conversions.alerts.alerts import Alerts
from target_linkedin_conversions.cli.config import config_option, load_settings
from target_linkedin_conversions.delivery.auth import Tokens
from target_linkedin_conversions.delivery.client import Client
from target_linkedin_conversions.delivery.clock import Clock
from target_linkedin_conversions.errors import LONGEST_MESSAGE, TargetError, exit_code_of, outcome_of
from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.records.versions import KNOWN
from target_linkedin_conversions.reporting.folder import Folder

if TYPE_CHECKING:
    from target_linkedin_conversions.admin.rules import Rule
    from target_linkedin_conversions.settings import Settings


@click.command()
@config_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of sentences.")
def check(config: tuple[str, ...], as_json: bool) -> None:
    r"""Check settings, alert URLs, version, token and conversion rules; sends no event and no alert.

    Exits as a run would that is stopped by what is found.

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
        click.echo(json.dumps({**_verdict(error), "warnings": [], "findings": [], "tokens": [], "rules": []}))
        raise SystemExit(exit_code_of(error)) from None
    if as_json:
        click.echo(json.dumps(_data(settings, found)))
    else:
        _show(settings, found)
    if found.stop is not None:
        raise SystemExit(exit_code_of(found.stop))


def _look(settings: Settings) -> Preflight:
    Alerts(settings.alert_urls, settings.alert_on, Folder(settings.state_dir)).begin()
    client, clock = Client(settings.api_url, settings.oauth_url, settings.linkedin_version), Clock()
    try:
        return preflight(settings, client, Tokens(settings, client, clock), clock)
    finally:
        client.close()


def _verdict(error: TargetError | None) -> dict[str, object]:
    if error is None:
        return {"ok": True, "outcome": "done", "message": ""}
    return {"ok": False, "outcome": outcome_of(error), "message": str(error)}


def _data(settings: Settings, found: Preflight) -> dict[str, object]:
    return {
        **_verdict(found.stop),
        "warnings": list(settings.warnings),
        "findings": msgspec.to_builtins(found.findings),
        "tokens": msgspec.to_builtins(found.lives),
        "rules": [
            {**msgspec.to_builtins(rule), "configured": name in settings.rules} for name, rule in found.rules.items()
        ],
    }


def _show(settings: Settings, found: Preflight) -> None:
    version = KNOWN.get(settings.linkedin_version)
    if version is not None and not any(finding.code.startswith("version_") for finding in found.findings):
        click.echo(f"✓ linkedin_version {version.name} is served until {version.sunset.isoformat()}")
    for life in found.lives:
        click.echo(f"✓ {life}")
    bad = {finding.rule for finding in found.findings if finding.rule}
    for name in settings.rules:
        if name in found.rules:
            click.echo(f"{'!' if name in bad else '✓'} {printable(_described(found.rules[name]), LONGEST_MESSAGE)}")
    for warning in settings.warnings:
        click.echo(f"! {warning}")
    for finding in found.findings:
        click.echo(f"{'✗' if finding.stops else '!'} {printable(str(finding), LONGEST_MESSAGE)}")
    click.echo("✗ a run would stop" if found.stop is not None else "✓ nothing found that would stop a run")


def _described(rule: Rule) -> str:
    """Name, type and windows of a rule in one line."""
    windows = (rule.post_click_attribution_window_size, rule.view_through_attribution_window_size)
    click_days, view_days = ("?" if days is None else str(days) for days in windows)
    return (
        f"rule {rule.id} {rule.name or 'without a name'} ({rule.type or 'of no type'}): "
        f"counted up to {click_days} days after a click, {view_days} after a view"
    )

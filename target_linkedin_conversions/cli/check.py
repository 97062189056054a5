"""`linkedin-conversions check`: what would stop a run, before it does."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click
import msgspec

from target_linkedin_conversions.admin.preflight import preflight
from target_linkedin_conversions.cli.config import config_option, load_settings
from target_linkedin_conversions.delivery.auth import Tokens
from target_linkedin_conversions.delivery.client import Client
from target_linkedin_conversions.delivery.clock import Clock
from target_linkedin_conversions.errors import TargetError, exit_code_of, outcome_of


@click.command()
@config_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of sentences.")
def check(config: tuple[str, ...], as_json: bool) -> None:
    r"""Check settings, version, token and conversion rules; sends no event.

    \b
    Examples:
      linkedin-conversions check --config config.json
      meltano invoke target-linkedin-conversions:check
    """
    try:
        settings = load_settings(config, needs_token=True)
        client = Client(settings.api_url, settings.oauth_url, settings.linkedin_version)
        try:
            found = preflight(settings, client, Tokens(settings, client, Clock()), datetime.now(UTC).date())
        finally:
            client.close()
    except TargetError as error:
        if not as_json:
            raise
        click.echo(json.dumps({"ok": False, "outcome": outcome_of(error), "message": str(error), "findings": []}))
        raise SystemExit(exit_code_of(error)) from None
    findings = [msgspec.to_builtins(finding) for finding in found.findings]
    if as_json:
        click.echo(json.dumps({"ok": True, "rules": found.rule_types, "findings": findings}))
        return
    for warning in settings.warnings:
        click.echo(f"! {warning}")
    for finding in found.findings:
        click.echo(f"! {finding}")
    for rule in settings.rules:
        if rule in found.rule_types:
            click.echo(f"✓ rule {rule} ({found.rule_types[rule]}) takes events")
    click.echo("✓ settings are sound" if not found.findings else "✓ nothing found that would stop a run")

"""What the commands that change rules share: they say what they do, ask, or only show what would be sent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from target_linkedin_conversions.cli.asking import agree
from target_linkedin_conversions.cli.rules.shown import find, rules_in, show_rules
from target_linkedin_conversions.cli.telling import tell_user
from target_linkedin_conversions.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_linkedin_conversions.admin.calls import Calls
    from target_linkedin_conversions.admin.rule_changes import Request
    from target_linkedin_conversions.settings import Settings

__all__ = ["agreed", "show_changed", "show_requests"]


def agreed(
    account: str, lines: Sequence[str], requests: Sequence[Request], *, dry_run: bool, yes: bool, as_json: bool
) -> bool:
    """Say what is about to change in an account, and whether it may: never in a dry run, which shows the requests.

    Raises `ConfigError` where nobody agrees.
    """
    if not (dry_run and as_json):
        click.echo(f"In ad account {account}:", err=True)
        for line in lines:
            tell_user(f"  {printable(line, 300)}", err=True)
    if dry_run:
        show_requests(requests, as_json=as_json)
        return False
    agree("Change the ad account so?", yes=yes, otherwise=", or --dry-run to see what would be sent")
    return True


def show_requests(requests: Sequence[Request], *, as_json: bool) -> None:
    """Print requests that are not sent."""
    if as_json:
        told = [{"method": one.method, "path": one.path, "content": one.content} for one in requests]
        click.echo(json.dumps({"dry_run": True, "requests": told}))
        return
    click.echo("What would be sent, in LinkedIn's own names:")
    for one in requests:
        click.echo(f"{one.method} {one.path}")
        if one.content is not None:
            click.echo(json.dumps(one.content, indent=2))
    click.echo("Nothing was sent.")


def show_changed(calls: Calls, settings: Settings, rule: str, *, as_json: bool) -> None:
    """Read a rule anew, and print it as it now is."""
    found = rules_in(calls, settings)
    show_rules({rule: find(found, rule)}, settings, as_json=as_json)

"""`linkedin-conversions rules update`, `enable`, `disable`: a rule that is there is changed."""

from __future__ import annotations

import click

from target_linkedin_conversions.admin.rule_changes import update as updating
from target_linkedin_conversions.admin.rule_form import RuleChange
from target_linkedin_conversions.cli.config import config_option, load_settings
from target_linkedin_conversions.cli.linkedin import calls_of
from target_linkedin_conversions.cli.rules.change import agreed, show_changed
from target_linkedin_conversions.cli.rules.options import change_options, rule_of, rule_options
from target_linkedin_conversions.cli.rules.shown import find, refuse_same_name, rules_in, show_rules
from target_linkedin_conversions.cli.rules.words import change_in_words
from target_linkedin_conversions.settings.values import identifier

__all__ = ["disable", "enable", "update"]


@click.command()
@click.argument("rule")
@config_option
@rule_options
@change_options
def update(rule: str, config: tuple[str, ...], dry_run: bool, yes: bool, as_json: bool, **fields: str | None) -> None:
    r"""Change a RULE: its name, type, windows, value or attribution; what is not named stays.

    The name of another rule in the account stops it.

    \b
    Example:
      linkedin-conversions rules update 101 --click-window 90 --view-window 90 --config config.json
    """
    wanted = rule_of(fields)
    if not wanted.content():
        raise click.UsageError(
            "name what is to change: --name, --type, --click-window, --view-window, --value, --attribution"
        )
    _change(rule, config, wanted, dry_run=dry_run, yes=yes, as_json=as_json)


@click.command()
@click.argument("rule")
@config_option
@change_options
def enable(rule: str, config: tuple[str, ...], dry_run: bool, yes: bool, as_json: bool) -> None:
    r"""Let a RULE take events again.

    \b
    Example:
      linkedin-conversions rules enable 101 --config config.json
    """
    _change(rule, config, RuleChange(enabled=True), dry_run=dry_run, yes=yes, as_json=as_json)


@click.command()
@click.argument("rule")
@config_option
@change_options
def disable(rule: str, config: tuple[str, ...], dry_run: bool, yes: bool, as_json: bool) -> None:
    r"""Let a RULE take no events any more; LinkedIn deletes no rule, and it can be enabled again.

    \b
    Example:
      linkedin-conversions rules disable 101 --config config.json
    """
    _change(rule, config, RuleChange(enabled=False), dry_run=dry_run, yes=yes, as_json=as_json)


def _change(rule: str, config: tuple[str, ...], wanted: RuleChange, *, dry_run: bool, yes: bool, as_json: bool) -> None:
    name = identifier(rule, "RULE")
    settings = load_settings(config, needs_token=True)
    with calls_of(settings) as calls:
        found = rules_in(calls, settings)
        before = find(found, name)
        content = wanted.checked(settings.linkedin_version, before).content()
        if content == {"enabled": before.enabled}:
            click.echo(
                f"rule {name} is {'enabled' if before.enabled else 'disabled'} already; nothing is changed", err=True
            )
            show_rules({name: before}, settings, as_json=as_json)
            return
        if wanted.name is not None:
            refuse_same_name(found, str(before.account), wanted.name, besides=name)
        request = updating(str(before.account), name, content)
        lines = [
            f"rule {name} {before.name or ''}".rstrip() + ":",
            *change_in_words(wanted),
        ]
        if wanted.enabled is False and name in settings.rules:
            lines.append(
                "the settings name this rule: its events stay unsent from then on, and each run that has some ends with exit 2"
            )
        if agreed(str(before.account), lines, [request], dry_run=dry_run, yes=yes, as_json=as_json):
            request.send(calls, f"changing rule {name}")
            show_changed(calls, settings, name, as_json=as_json)

"""`linkedin-conversions rules`: the conversion rules of the ad accounts, looked at and changed."""

from __future__ import annotations

import click

from target_linkedin_conversions.cli.config import config_option, load_settings
from target_linkedin_conversions.cli.json_output import json_option
from target_linkedin_conversions.cli.linkedin import calls_of
from target_linkedin_conversions.cli.rules.associate import associate
from target_linkedin_conversions.cli.rules.create import create
from target_linkedin_conversions.cli.rules.shown import find, rules_in, show_rules
from target_linkedin_conversions.cli.rules.update import disable, enable, update
from target_linkedin_conversions.settings.values import identifier

__all__ = ["list_rules", "rules", "show"]


@click.group()
def rules() -> None:
    r"""Conversion rules of the ad accounts in account_id: list, make, change, link to campaigns.

    A rule says what a conversion is (its type), for how many days after a click or a view it counts, and which
    campaigns get credit. A rule that is linked to no campaign takes events that are then not counted.

    \b
    Examples:
      linkedin-conversions rules list --config config.json
      linkedin-conversions rules create --name "Demo booked" --type BOOK_APPOINTMENT --config config.json
      linkedin-conversions rules associate 101 --campaign 700001 --config config.json
    """


@rules.command("list")
@config_option
@json_option("One JSON object instead of a table.")
def list_rules(config: tuple[str, ...], as_json: bool) -> None:
    r"""Every rule of every account in account_id; changes nothing.

    \b
    Example:
      linkedin-conversions rules list --config config.json --json
    """
    settings = load_settings(config, needs_token=True)
    with calls_of(settings) as calls:
        found = rules_in(calls, settings)
    show_rules(found.rules, settings, found.unread, as_json=as_json)


@rules.command()
@click.argument("rule")
@config_option
@json_option("One JSON object instead of a table.")
def show(rule: str, config: tuple[str, ...], as_json: bool) -> None:
    r"""One RULE, by its id or URN; changes nothing.

    \b
    Example:
      linkedin-conversions rules show 101 --config config.json
    """
    name = identifier(rule, "RULE")
    settings = load_settings(config, needs_token=True)
    with calls_of(settings) as calls:
        found = rules_in(calls, settings)
    show_rules({name: find(found, name)}, settings, found.unread, as_json=as_json)


for command in (create, update, enable, disable, associate):
    rules.add_command(command)

"""`linkedin-conversions rules create`: a rule that takes events from a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from target_linkedin_conversions.admin.rule_changes import creation, made_id
from target_linkedin_conversions.admin.rule_form import TYPES, RuleChange
from target_linkedin_conversions.cli.asking import ask, is_terminal
from target_linkedin_conversions.cli.config import SET_ACCOUNT, config_option, load_settings
from target_linkedin_conversions.cli.linkedin import calls_of
from target_linkedin_conversions.cli.rules.campaigns import campaign_ids, chosen_campaigns
from target_linkedin_conversions.cli.rules.change import agreed, show_changed
from target_linkedin_conversions.cli.rules.options import change_options, rule_of, rule_options
from target_linkedin_conversions.cli.rules.shown import NOT_COUNTED, refuse_same_name, rules_in
from target_linkedin_conversions.cli.rules.words import change_in_words
from target_linkedin_conversions.errors import ConfigError, UnreachableError
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.settings.lists import identifiers
from target_linkedin_conversions.urns import ACCOUNT_URN

if TYPE_CHECKING:
    from target_linkedin_conversions.settings import Settings

__all__ = ["create"]


@click.command()
@config_option
@rule_options
@click.option(
    "--campaign", "campaigns", multiple=True, metavar="ID", help="A campaign that gets credit; may be repeated."
)
@click.option("--all-campaigns", is_flag=True, help="Link all campaigns there are, up to 200, once.")
@click.option("--no-campaign", is_flag=True, help="Link none yet, without being asked: the rule is then not counted.")
@click.option("--account", help="The ad account, where account_id has several.")
@change_options
def create(
    config: tuple[str, ...],
    campaigns: tuple[str, ...],
    all_campaigns: bool,
    no_campaign: bool,
    account: str | None,
    dry_run: bool,
    yes: bool,
    as_json: bool,
    **fields: str | None,
) -> None:
    r"""Make a rule for the Conversions API.

    180 and 365 days are for ADD_TO_CART, LEAD, PURCHASE, SUBMIT_APPLICATION and the three QUALIFIED_LEAD types. Says
    what it is about to make, and asks. A rule of the same name in the account stops it.

    \b
    Examples:
      linkedin-conversions rules create --config config.json
      linkedin-conversions rules create --name "Demo booked" --type BOOK_APPOINTMENT --campaign 700001 \
        --click-window 90 --view-window 90 --config config.json
    """
    if sum((bool(campaigns), all_campaigns, no_campaign)) > 1:
        raise click.UsageError("give one of --campaign, --all-campaigns and --no-campaign")
    settings = load_settings(config, needs_token=True)
    where = _account(settings, account)
    fields["name"] = fields["name"] if fields["name"] is not None else ask("Name of the rule", "--name")
    fields["kind"] = fields["kind"] or _asked_type()
    wanted = rule_of(fields).checked(settings.linkedin_version)
    with calls_of(settings) as calls:
        refuse_same_name(rules_in(calls, settings), where, wanted.name or "")
        linked = campaign_ids(campaigns)
        if linked or not (all_campaigns or no_campaign or yes or dry_run or not is_terminal()):
            all_campaigns, linked = chosen_campaigns(calls, where, linked)
        request = creation(where, wanted.content(), linked, all_campaigns=all_campaigns)
        lines = _lines(wanted, linked, all_campaigns=all_campaigns)
        if not agreed(where, lines, [request], dry_run=dry_run, yes=yes, as_json=as_json):
            return
        made = made_id(request.send(calls, "making the rule"))
        if not made:
            raise UnreachableError(
                "LinkedIn made the rule and did not say its id; see `linkedin-conversions rules list`"
            )
        if not as_json:
            click.echo(f"made rule {made}; name it in the settings: conversion_rule: {made}")
        show_changed(calls, settings, made, as_json=as_json)


def _account(settings: Settings, account: str | None) -> str:
    """The account to make the rule in; raises `ConfigError` where it is none of the configured ones, or left open."""
    known = settings.account_id
    if not known:
        raise ConfigError(
            "account_id", "no ad account is named", f"{SET_ACCOUNT}; `linkedin-conversions login` lists them"
        )
    if account is None and len(known) > 1:
        account = ask(f"Ad account ({', '.join(known)})", "--account")
    if account is None:
        return known[0]
    found = identifiers(ACCOUNT_URN)(account, "--account")
    if not isinstance(found, tuple) or len(found) != 1 or found[0] not in known:
        raise ConfigError("--account", "it is none of the accounts in account_id", f"name one of {', '.join(known)}")
    return str(found[0])


def _asked_type() -> str:
    if is_terminal():
        click.echo(f"Types: {', '.join(TYPES)}", err=True)
    written = ask("Type of conversion", "--type").upper()
    if written not in TYPES:
        raise ConfigError("--type", "LinkedIn knows no such type", f"name one of {', '.join(TYPES)}")
    return written


def _lines(wanted: RuleChange, linked: tuple[str, ...], *, all_campaigns: bool) -> list[str]:
    """What is about to be made, in words."""
    click_days, view_days = wanted.click_window or 30, wanted.view_window or 7
    credit = (
        "linked to all campaigns"
        if all_campaigns
        else f"linked to campaign{'' if len(linked) == 1 else 's'} {', '.join(linked)}"
    )
    return [
        f"make rule {wanted.name!r} of type {wanted.type}, fed by the Conversions API",
        f"counted up to {how_many(click_days, 'day')} after a click and {how_many(view_days, 'day')} after a view",
        *change_in_words(RuleChange(value=wanted.value, attribution=wanted.attribution)),
        credit
        if linked or all_campaigns
        else f"{NOT_COUNTED}; link one with `linkedin-conversions rules associate RULE --campaign ID`",
    ]

"""`linkedin-conversions rules associate`: which campaigns get credit for a rule's events."""

from __future__ import annotations

import click

from target_linkedin_conversions.admin.accounts import campaigns_of
from target_linkedin_conversions.admin.rule_changes import association
from target_linkedin_conversions.cli.asking import is_terminal
from target_linkedin_conversions.cli.config import config_option, load_settings
from target_linkedin_conversions.cli.linkedin import calls_of
from target_linkedin_conversions.cli.rules.campaigns import campaign_ids, chosen_campaigns
from target_linkedin_conversions.cli.rules.change import agreed, show_changed
from target_linkedin_conversions.cli.rules.options import change_options
from target_linkedin_conversions.cli.rules.shown import find, rules_in, show_rules
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.settings.values import identifier

__all__ = ["associate"]


@click.command()
@click.argument("rule")
@config_option
@click.option(
    "--campaign", "campaigns", multiple=True, metavar="ID", help="A campaign; may be repeated, asked for on a terminal."
)
@click.option("--all-campaigns", is_flag=True, help="Every campaign of the account that can run.")
@click.option("--remove", is_flag=True, help="Undo the link instead of making it.")
@change_options
def associate(
    rule: str,
    config: tuple[str, ...],
    campaigns: tuple[str, ...],
    all_campaigns: bool,
    remove: bool,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    r"""Link a RULE to campaigns, which then get credit for its events; others keep theirs.

    \b
    Examples:
      linkedin-conversions rules associate 101 --campaign 700001 --campaign 700002 --config config.json
      linkedin-conversions rules associate 101 --campaign 700001 --remove --config config.json
    """
    if campaigns and all_campaigns:
        raise click.UsageError("give --campaign or --all-campaigns, not both")
    name, named = identifier(rule, "RULE"), campaign_ids(campaigns)
    if not named and not all_campaigns and (remove or not is_terminal()):
        raise ConfigError("--campaign", "no campaign is named", "give --campaign ID, or --all-campaigns")
    settings = load_settings(config, needs_token=True)
    with calls_of(settings) as calls:
        before = find(rules_in(calls, settings), name)
        account = str(before.account)
        if not remove and not all_campaigns:
            all_campaigns, named = chosen_campaigns(calls, account, named)
        if all_campaigns:
            named = before.campaign_ids if remove else tuple(one.id for one in campaigns_of(calls, account))
        todo = [one for one in named if (one in before.campaign_ids) == remove]
        if not todo:
            is_so = f"rule {name} is {'not ' if remove else ''}linked to these already"
            click.echo(f"{is_so if named else 'no campaign is chosen'}; nothing is changed", err=True)
            show_rules({name: before}, settings, as_json=as_json)
            return
        requests = [association(name, campaign, linked=not remove) for campaign in todo]
        doing = "no longer link" if remove else "link"
        lines = [
            f"{doing} rule {name} {before.name or ''} to campaign{'' if len(todo) == 1 else 's'} {', '.join(todo)}"
        ]
        if not agreed(account, lines, requests, dry_run=dry_run, yes=yes, as_json=as_json):
            return
        for done, (request, campaign) in enumerate(zip(requests, todo, strict=True)):
            request.send(calls, f"campaign {campaign} ({done} of {len(todo)} done before)")
        show_changed(calls, settings, name, as_json=as_json)

"""Which campaigns a rule is linked to: named, all, or chosen on a terminal from those of the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from target_linkedin_conversions.admin.accounts import campaigns_of
from target_linkedin_conversions.cli.asking import ask
from target_linkedin_conversions.cli.past_runs import warn
from target_linkedin_conversions.errors import ConfigError, TargetError
from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.urns import CAMPAIGN_URN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_linkedin_conversions.admin.accounts import Campaign
    from target_linkedin_conversions.admin.calls import Calls

__all__ = ["campaign_ids", "chosen_campaigns"]

_MOST_DIGITS = 19
_MOST_SHOWN = 50


def campaign_ids(written: Sequence[str]) -> tuple[str, ...]:
    """Campaigns by their numbers, as ids or URNs, each once; raises `ConfigError`."""
    found = [one.strip().removeprefix(CAMPAIGN_URN) for part in written for one in part.split(",") if one.strip()]
    if not all(one.isascii() and one.isdigit() and len(one) <= _MOST_DIGITS for one in found):
        problem = f"expected a numeric id or a URN like {CAMPAIGN_URN}700001"
        raise ConfigError("--campaign", problem, "copy it from Campaign Manager")
    return tuple(dict.fromkeys(found))


def chosen_campaigns(calls: Calls, account: str, named: tuple[str, ...]) -> tuple[bool, tuple[str, ...]]:
    """Whether all campaigns, and else which: those named, if the account has them, or those that a person chooses.

    Raises `ConfigError` where the account has no such campaign.
    """
    try:
        known = {one.id: one for one in campaigns_of(calls, account)}
    except TargetError as error:  # a token may change rules without being allowed to list campaigns
        warn(f"{error}. Campaigns are not checked beforehand")
        return False, named
    if not named:
        _show(list(known.values()))
        answer = ask(
            "Campaigns that get credit (ids with commas between, all, or none)", "--campaign or --all-campaigns"
        ).lower()
        if answer in {"all", "none"}:
            return answer == "all", ()
        named = campaign_ids([answer])
    unknown = next((one for one in named if one not in known), None)
    if unknown is not None:
        there = ", ".join(list(known)[:_MOST_SHOWN]) or "none"
        problem = f"ad account {account} has no campaign {unknown} that can run"
        raise ConfigError("--campaign", problem, f"name one that it has; there are {there}")
    return False, named


def _show(campaigns: Sequence[Campaign]) -> None:
    for one in campaigns[:_MOST_SHOWN]:
        click.echo(f"  {one.id}  {printable(one.name)} ({printable(one.status.lower())})", err=True)
    if len(campaigns) > _MOST_SHOWN:
        click.echo(f"  and {len(campaigns) - _MOST_SHOWN} more", err=True)

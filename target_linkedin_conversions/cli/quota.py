"""`linkedin-conversions quota`: how many of the day's requests are spent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from target_linkedin_conversions.cli.config import config_option, load_settings
from target_linkedin_conversions.cli.configured_ledger import ledger_database
from target_linkedin_conversions.cli.json_output import json_option
from target_linkedin_conversions.cli.telling import tell_user
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.ledger.quota import Quota

if TYPE_CHECKING:
    from target_linkedin_conversions.ledger.database import Database
    from target_linkedin_conversions.settings import Settings

__all__ = ["quota"]


@click.command()
@config_option
@json_option("One JSON object instead of a sentence.")
def quota(config: tuple[str, ...], as_json: bool) -> None:
    r"""Requests spent today (UTC), and how many are left; creates no ledger.

    \b
    Examples:
      linkedin-conversions quota --config config.json
      linkedin-conversions quota --config ENV --json
    """
    settings = load_settings(config)
    database = ledger_database(settings)
    used = _used_today(settings, database)
    limit = settings.requests_per_day
    facts = {
        "key": settings.quota_key_shown,
        "used_today": used or 0,
        "left_today": max(0, limit - (used or 0)),
        "requests_per_day": limit,
        "requests_per_minute": settings.requests_per_minute,
        "ledger": database.place,
        "ledger_exists": used is not None,
    }
    if as_json:
        click.echo(json.dumps(facts))
        return
    tell_user(
        f"{facts['used_today']:,} of {how_many(limit, 'request')} spent today (UTC), {facts['left_today']:,} left"
    )
    tell_user(
        f"counted for {facts['key']} in {database.place}{'' if used is not None else ', which does not exist yet'}"
    )


def _used_today(settings: Settings, database: Database) -> int | None:
    """Requests of today; None where there is no ledger."""
    try:
        if not database.open_existing():
            return None
        key, per_minute, per_day = settings.quota_key, settings.requests_per_minute, settings.requests_per_day
        return Quota(database, key, per_minute, per_day).used_today()
    finally:
        database.close()

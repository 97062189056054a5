"""`linkedin-conversions ledger`: make, look into, fill and move the ledger."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

import click
import msgspec

from target_linkedin_conversions.cli.config import config_option, load_settings
from target_linkedin_conversions.cli.configured_ledger import ledger_database, new_ledger_folder
from target_linkedin_conversions.cli.json_output import json_option
from target_linkedin_conversions.cli.ledger.check import check
from target_linkedin_conversions.cli.ledger.export import export, import_
from target_linkedin_conversions.cli.ledger.mark import mark
from target_linkedin_conversions.cli.tables import print_table
from target_linkedin_conversions.cli.telling import tell_user
from target_linkedin_conversions.epoch import utc_of
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.ledger.quota import Quota
from target_linkedin_conversions.ledger.statistics import OfRule, statistics
from target_linkedin_conversions.ledger.tables import SCHEMA_VERSION
from target_linkedin_conversions.records.looks import name_shown

if TYPE_CHECKING:
    from target_linkedin_conversions.ledger.database import Database
    from target_linkedin_conversions.ledger.statistics import Statistics
    from target_linkedin_conversions.settings import Settings

__all__ = ["init", "ledger", "stats"]

_STATUSES = OfRule.__struct_fields__[1:-1]
_MEANINGS = dict(
    zip(
        _STATUSES,
        (
            "LinkedIn took them, or `ledger mark` noted them so; they are not sent again",
            "a run that is alive is sending them",
            "not taken yet; a run that is alive tries them again",
            "not taken, and their run has ended; the next one that meets them sends them",
            "sent and never answered; on_in_doubt says what becomes of them",
            "of the delivered ones: sent twice, for the first time nobody answered",
        ),
        strict=True,
    )
)
"""What each status of an event means; a status that no event has is not explained."""


@click.group()
def ledger() -> None:
    r"""The record of what was delivered, so that nothing is sent twice.

    \b
    Examples:
      linkedin-conversions ledger init --config config.json
      linkedin-conversions ledger stats --config config.json --json
      tap-postgres --config tap.json | linkedin-conversions ledger mark --config config.json
      linkedin-conversions ledger check --config config.json
      linkedin-conversions ledger export ledger.jsonl.gz --config config.json
    """


ledger.add_command(mark)
ledger.add_command(check)
ledger.add_command(export)
ledger.add_command(import_)


@ledger.command()
@config_option
@json_option("One JSON object instead of sentences.")
def init(config: tuple[str, ...], as_json: bool) -> None:
    r"""Make the ledger that the settings name, or open and upgrade it; safe to repeat.

    The way to a first ledger where `require_ledger` is true.

    \b
    Examples:
      linkedin-conversions ledger init --config config.json
      linkedin-conversions ledger init --config ENV --json
    """
    settings = load_settings(config)
    database = ledger_database(settings)
    new_ledger_folder(settings)
    with closing(database):
        database.open()
    facts = {
        "ledger": database.place,
        "kind": _kind(database),
        "made": database.is_new,
        "created": _timestamp(database.created),
        "schema_version": SCHEMA_VERSION,
        "upgraded_from": database.upgraded_from,
    }
    if as_json:
        click.echo(json.dumps(facts))
        return
    what = "new ledger" if database.is_new else "ledger"
    tell_user(f"{what} {database.place}, kept since {_shown(database.created)}")
    if database.upgraded_from is not None:
        tell_user(f"upgraded from version {database.upgraded_from} to {SCHEMA_VERSION}")


@ledger.command()
@config_option
@json_option("One JSON object instead of tables.")
def stats(config: tuple[str, ...], as_json: bool) -> None:
    r"""What the ledger holds, by status and rule; makes no ledger.

    An identity is an event as the ledger knows it, by a keyed digest. The sums of the batches are added up, which is exact and quick
    also for millions. While old identities are being removed, the sums may include some that are already gone.

    \b
    Examples:
      linkedin-conversions ledger stats --config config.json
      linkedin-conversions ledger stats --config ENV --json
    """
    settings = load_settings(config)
    database = ledger_database(settings)
    with closing(database):
        if not database.open_existing():
            _tell_missing(database, as_json=as_json)
            return
        totals = statistics(database)
        quota = Quota(database, settings.quota_key, settings.requests_per_minute, settings.requests_per_day)
        used = quota.used_today()
    if as_json:
        click.echo(json.dumps(_data(settings, database, totals, used)))
    else:
        _show(settings, database, totals, used)


def _tell_missing(database: Database, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"ledger": database.place, "kind": _kind(database), "ledger_exists": False}))
    else:
        tell_user(f"there is no ledger at {database.place} yet; `linkedin-conversions ledger init` makes it")


def _data(settings: Settings, database: Database, totals: Statistics, used: int) -> dict[str, object]:
    return {
        "ledger": database.place,
        "kind": _kind(database),
        "ledger_exists": True,
        "created": _timestamp(totals.created),
        "schema_version": totals.schema_version,
        "identities": totals.identities,
        "exact": totals.exact,
        **{status: totals.events(status) for status in _STATUSES},
        "batches": totals.events("batches"),
        "rules": [{**msgspec.to_builtins(rule), "rule": name_shown(rule.rule)} for rule in totals.rules],
        "oldest_batch": _timestamp(totals.oldest),
        "newest_batch": _timestamp(totals.newest),
        "workers": totals.workers,
        "workers_alive": totals.workers_alive,
        "quota_used_today": used,
        "requests_per_day": settings.requests_per_day,
        "bytes": totals.bytes,
        "pruning": totals.pruning,
    }


def _show(settings: Settings, database: Database, totals: Statistics, used: int) -> None:
    rows = [[name_shown(rule.rule), *(f"{number:,}" for number in _numbers(rule))] for rule in totals.rules]
    if len(totals.rules) > 1:
        rows.append(["all", *(f"{totals.events(status):,}" for status in (*_STATUSES, "batches"))])
    tell_user(f"ledger {database.place}, kept since {_shown(totals.created)} (version {totals.schema_version})")
    about = "" if totals.exact else "at most "
    tell_user(
        f"{about}{how_many(totals.identities, 'identity', 'identities')} in {totals.bytes / 1e6:,.1f} MB: events, each by a keyed digest (pseudonymous)"
    )
    if totals.rules:
        print_table(["rule", *(status.replace("_", " ") for status in _STATUSES), "batches"], rows)
        for status in _STATUSES:
            if totals.events(status):
                tell_user(f"{status.replace('_', ' ')}: {_MEANINGS[status]}")
        tell_user(
            "batches: requests that these events were sent in; a batch keeps its events together until they are forgotten"
        )
        tell_user(f"oldest batch {_shown(totals.oldest)}, newest {_shown(totals.newest)}")
    if totals.events("resent"):
        tell_user(f"{how_many(totals.events('resent'), 'delivered event')} had been sent before without an answer")
    tell_user(f"{how_many(totals.workers_alive, 'run')} alive of {totals.workers:,} in the ledger")
    tell_user(f"{used:,} of {how_many(settings.requests_per_day, 'request')} spent today (UTC)")
    if totals.pruning:
        tell_user("old identities are being removed; some may still be counted above")


def _numbers(rule: OfRule) -> list[int]:
    return [getattr(rule, name) for name in (*_STATUSES, "batches")]


def _kind(database: Database) -> str:
    return "sqlite" if database.is_sqlite else "postgresql"


def _timestamp(milliseconds: int | None) -> str | None:
    if milliseconds is None:
        return None
    return utc_of(milliseconds).isoformat(timespec="seconds")


def _shown(milliseconds: int | None) -> str:
    return utc_of(milliseconds or 0).strftime("%Y-%m-%d %H:%M UTC")

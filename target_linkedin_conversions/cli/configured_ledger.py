"""The ledger that the settings of a command name; apart from them, so that commands without a ledger load no SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.ledger.database import Database
from target_linkedin_conversions.ledger.lease import living_runs
from target_linkedin_conversions.reporting.folder import Folder

if TYPE_CHECKING:
    from target_linkedin_conversions.settings import Settings

__all__ = ["existing_ledger", "key_of_ledger", "ledger_database", "new_ledger_folder", "runs_under_way"]


def ledger_database(settings: Settings) -> Database:
    """The ledger's database that the settings name, not yet open; raises `ConfigError` where they name none.

    It may be opened as a new one even with `require_ledger`: whoever calls a command for the ledger means it.
    """
    return Database(settings.ledger_url, settings.ledger_folder, key_apart=settings.ledger_key_apart)


def key_of_ledger(settings: Settings) -> bytes | None:
    """The key of the ledger's digests, by which rejects are told; None where there is no ledger."""
    if settings.ledger_url is None and not Folder(settings.state_dir).is_local:
        return None
    database = ledger_database(settings)
    try:
        return database.key if database.open_existing() else None
    finally:
        database.close()


def runs_under_way(settings: Settings) -> list[str]:
    """The runs that deliver by the ledger at this moment, or were killed less than a minute ago; none where there is no ledger."""
    if settings.ledger_url is None and not Folder(settings.state_dir).is_local:
        return []
    database = ledger_database(settings)
    try:
        return living_runs(database) if database.open_to_read() else []
    finally:
        database.close()


def new_ledger_folder(settings: Settings) -> None:
    """Make the folder that a local ledger lies in, kept out of version control; a PostgreSQL needs none."""
    if settings.ledger_url is None:
        Folder(settings.state_dir).prepare()


def existing_ledger(settings: Settings) -> Database:
    """The ledger's database that the settings name, open; raises `ConfigError` where there is none, and makes none."""
    database = ledger_database(settings)
    if database.open_existing():
        return database
    raise ConfigError(
        "state_dir" if settings.ledger_url is None else "ledger_url",
        f"there is no ledger at {database.place}",
        "name the one that the runs use, or make one with `linkedin-conversions ledger init`",
    )

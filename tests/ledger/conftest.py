"""Ledgers on SQLite and on a real PostgreSQL, each with several workers and a time that tests set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from target_linkedin_conversions.ledger import Ledger, Quota, tables
from target_linkedin_conversions.ledger.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Table


def rows(ledger: Ledger, table: Table = tables.deliveries) -> int:
    """How many rows a table has."""
    with ledger.database.transaction() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def digests(*names: object) -> list[bytes]:
    """Digests that tests can read, one a name."""
    return [str(name).encode().rjust(16, b"-") for name in names]


class SetTime(Database):
    """A database whose clock tests set; None lets the real one run."""

    at: int | None = None
    latest = 0

    def now(self, connection: Connection) -> int:
        return super().now(connection) if self.at is None else self.at

    def monotonic(self) -> float:
        """Never steps back with the clock that is set."""
        self.latest = max(self.latest, self.at or 0)
        return super().monotonic() if self.at is None else self.latest / 1000


class Workers:
    """Opens ledgers in one place, a worker each, and closes them in the end."""

    def __init__(self, url: str | None, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self._open: list[Ledger] = []

    def __call__(self, run: str = "run", *, per_minute: int = 600, per_day: int = 300_000, key: str = "q") -> Ledger:
        ledger = Ledger(self.url, self.folder, run=run, quota_key=key, per_minute=per_minute, per_day=per_day)
        ledger.open()
        self._open.append(ledger)
        return ledger

    def database(self) -> SetTime:
        database = SetTime(self.url, self.folder)
        database.open()
        self._open.append(database)  # type: ignore[arg-type]
        return database

    def quota(self, *, per_minute: int, per_day: int = 10**9, key: str = "q") -> tuple[Quota, SetTime]:
        database = self.database()
        return Quota(database, key, per_minute, per_day), database

    def close(self) -> None:
        for ledger in self._open:
            ledger.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def workers(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workers]:
    url = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else None
    found = Workers(url, tmp_path)
    yield found
    found.close()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Workers]:
    found = Workers(None, tmp_path)
    yield found
    found.close()

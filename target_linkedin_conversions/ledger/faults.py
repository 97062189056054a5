"""Turns what SQLAlchemy and its drivers raise into one error that says what is wrong with the ledger, and the mend."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from target_linkedin_conversions.errors import ConfigError, LedgerError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import URL

__all__ = [
    "MENDS",
    "ConnectionLostError",
    "NotReadyError",
    "RolledBackError",
    "TransactionLostError",
    "ledger_faults",
    "opening",
    "required_ledger_missing",
]

_LOST = re.compile(r"57P0[123]|08...")
"""PostgreSQL's codes for a server that shuts down, has crashed, or starts, and what PgBouncer says of one."""

_NOT_READY = re.compile(
    r"the database system is (?:starting up|shutting down|in recovery mode|not yet accepting connections)"
)
"""What PostgreSQL says while it starts or stops; of a connection that it refuses, psycopg hands on no code (measured: 3.3.9)."""

_ROLLED_BACK = re.compile(r"40001|40P01")
"""PostgreSQL's codes for a transaction that it rolled back so that others may go on: a deadlock, a serialization failure."""

MENDS = {
    True: "end other programs that use the file, check its folder and the disk, or restore it from a copy; "
    "`linkedin-conversions ledger check` says how bad it is",
    False: "check ledger_url, the database, and what its user may do",
}
"""By whether the ledger is a local file."""
_WAIT = "the next run goes on, once the database takes connections"


class TransactionLostError(LedgerError):
    """A transaction that may be tried again, as `retry_transaction` does."""


class ConnectionLostError(TransactionLostError):
    """The database is gone, and may come back."""


class NotReadyError(ConnectionLostError):
    """The database's server starts or stops: nobody has to change anything."""


class RolledBackError(TransactionLostError):
    """The database rolled a transaction back so that others may go on; nothing of it was written."""


def required_ledger_missing(problem: str) -> ConfigError:
    """The error where `require_ledger` is set and there is no ledger."""
    mend = "check state_dir or ledger_url, or make the first one with `linkedin-conversions ledger init`"
    return ConfigError("require_ledger", problem, mend)


@contextmanager
def opening() -> Iterator[None]:
    """Raise `UnreachableError`, exit 5, where a ledger is opened whose server starts or stops: other faults of that moment are of the URL."""
    try:
        yield
    except NotReadyError as error:
        raise UnreachableError(str(error)) from None


@contextmanager
def ledger_faults(url: URL, place: Callable[[], str]) -> Iterator[None]:
    """Raise every fault of the database as a `LedgerError` without the password; `place()` says where the ledger is."""
    is_sqlite = url.get_backend_name() == "sqlite"
    try:
        yield
    except SQLAlchemyError as error:
        kind = _kind_of(error, is_sqlite=is_sqlite)
        mend = _WAIT if kind is NotReadyError else MENDS[is_sqlite]
        raise kind(
            f"the ledger {place()} cannot be used ({_cause(error, url)}); nothing more is sent: {mend}"
        ) from None
    except (LookupError, ValueError, TypeError, OverflowError) as error:
        message = (
            f"the ledger {place()} holds what no run has written ({type(error).__name__}); "
            f"nothing more is sent: {MENDS[is_sqlite]}"
        )
        raise LedgerError(message) from None


def _kind_of(error: SQLAlchemyError, *, is_sqlite: bool) -> type[LedgerError]:
    """The class of error: not ready, connection lost, transaction rolled back, or any other fault."""
    if is_sqlite or not isinstance(error, DBAPIError):
        return LedgerError
    if _NOT_READY.search(str(error.orig)):
        return NotReadyError
    code = getattr(error.orig, "sqlstate", None)
    unconnected = isinstance(error, OperationalError) and code is None
    if error.connection_invalidated or unconnected or _LOST.fullmatch(code or ""):
        return ConnectionLostError
    return RolledBackError if _ROLLED_BACK.fullmatch(code or "") else LedgerError


def _cause(error: SQLAlchemyError, url: URL) -> str:
    """The first line of what the driver says, without the password; later lines may show a row."""
    words = str(getattr(error, "orig", None) or "").strip() or type(error).__name__
    cause = words.splitlines()[0]
    for secret in filter(None, [url.password, *(str(value) for value in url.query.values())]):
        cause = cause.replace(str(secret), "…")
    return cause

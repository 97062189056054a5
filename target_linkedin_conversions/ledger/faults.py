"""Turns what SQLAlchemy and its drivers raise into one error that says what is wrong with the ledger, and the mend."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from target_linkedin_conversions.errors import ConfigError, LedgerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import URL

__all__ = [
    "MENDS",
    "ConnectionLostError",
    "RolledBackError",
    "TransactionLostError",
    "ledger_faults",
    "required_ledger_missing",
]

_LOST = re.compile(r"57P0[123]|08...")
"""PostgreSQL's codes for a server that shuts down, has crashed, or starts, and what PgBouncer says of one."""

_ROLLED_BACK = re.compile(r"40001|40P01")
"""PostgreSQL's codes for a transaction that it rolled back so that others may go on: a deadlock, a serialization failure."""

MENDS = {
    True: "end other programs that use the file, check its folder and the disk, or restore it from a copy; "
    "`linkedin-conversions ledger check` says how bad it is",
    False: "check ledger_url, the database, and what its user may do",
}
"""By whether the ledger is a local file."""


class TransactionLostError(LedgerError):
    """A transaction that may be tried again, as `retry_transaction` does."""


class ConnectionLostError(TransactionLostError):
    """The database is gone, and may come back."""


class RolledBackError(TransactionLostError):
    """The database rolled a transaction back so that others may go on; nothing of it was written."""


def required_ledger_missing(problem: str) -> ConfigError:
    """The error where `require_ledger` is set and there is no ledger."""
    mend = "check state_dir or ledger_url, or make the first one with `linkedin-conversions ledger init`"
    return ConfigError("require_ledger", problem, mend)


@contextmanager
def ledger_faults(url: URL, place: Callable[[], str]) -> Iterator[None]:
    """Raise every fault of the database as a `LedgerError` without the password; `place()` says where the ledger is."""
    is_sqlite = url.get_backend_name() == "sqlite"
    try:
        yield
    except SQLAlchemyError as error:
        message = (
            f"the ledger {place()} cannot be used ({_cause(error, url)}); nothing more is sent: {MENDS[is_sqlite]}"
        )
        raise _kind_of(error, is_sqlite=is_sqlite)(message) from None
    except (LookupError, ValueError, TypeError, OverflowError) as error:
        message = (
            f"the ledger {place()} holds what no run has written ({type(error).__name__}); "
            f"nothing more is sent: {MENDS[is_sqlite]}"
        )
        raise LedgerError(message) from None


def _kind_of(error: SQLAlchemyError, *, is_sqlite: bool) -> type[LedgerError]:
    """The class of error: connection lost, transaction rolled back, or any other fault."""
    if is_sqlite or not isinstance(error, DBAPIError):
        return LedgerError
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

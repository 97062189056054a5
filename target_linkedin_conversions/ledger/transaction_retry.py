"""Tries a transaction again that PostgreSQL lost by a restart, or rolled back so that another may go on.

What such a transaction does must come to the same when the first try was committed after all and only its answer
was lost. SQLite is a file, and never gone.
"""

from __future__ import annotations

import functools
import time
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar

from target_linkedin_conversions.errors import UnreachableError
from target_linkedin_conversions.ledger.faults import ConnectionLostError, RolledBackError
from target_linkedin_conversions.ledger.patience import NO_PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.ledger.database import Database

__all__ = ["retry_transaction"]

_PAUSE = 0.1
_LONGEST_PAUSE = 5.0
_MOST_ROLLBACKS = 20
"""How often in a row a transaction is rolled back before it is told; PostgreSQL takes a second to see a deadlock."""


class _OfDatabase(Protocol):
    _database: Database


Self = TypeVar("Self", bound=_OfDatabase)
Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def retry_transaction(
    method: Callable[Concatenate[Self, Arguments], Result],
) -> Callable[Concatenate[Self, Arguments], Result]:
    """Call a method of one transaction again, for as long as the database's patience lasts where that is gone.

    Raises `UnreachableError` where it does not come back; `LedgerError` at once outside of a run, and where the
    transaction is rolled back again and again.
    """

    @functools.wraps(method)
    def patient(self: Self, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        patience, pause, until = self._database.patience, _PAUSE, None
        rollbacks = 0
        while True:
            try:
                return method(self, *args, **kwargs)
            except RolledBackError:
                rollbacks += 1
                if rollbacks > _MOST_ROLLBACKS:
                    raise
            except ConnectionLostError:
                if patience is NO_PATIENCE:
                    raise
                now = time.monotonic()
                until = now + patience.seconds if until is None else until
                if now + pause > until or patience.wait(pause):
                    message = (
                        f"the ledger's database {self._database.place} is gone and has not come back; nothing more is "
                        "sent, and the next run goes on where this one stopped"
                    )
                    raise UnreachableError(message) from None
                pause = min(_LONGEST_PAUSE, pause * 2)

    return patient  # type: ignore[return-value]  # the same call, by mypy's other name for a wrapped method

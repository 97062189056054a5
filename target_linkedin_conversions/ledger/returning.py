"""A transaction is tried again where the database was gone and has come back: PostgreSQL restarted in mid-run.

What such a transaction does must come to the same when the first try was committed after all and only its answer
was lost. SQLite is a file, and never gone.
"""

from __future__ import annotations

import functools
import time
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar

from target_linkedin_conversions.errors import UnreachableError
from target_linkedin_conversions.ledger.database import ConnectionLostError
from target_linkedin_conversions.ledger.patience import NO_PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.ledger.database import Database

__all__ = ["when_back"]

_PAUSE = 0.1
_LONGEST_PAUSE = 5.0


class _OfDatabase(Protocol):
    _database: Database


Self = TypeVar("Self", bound=_OfDatabase)
Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def when_back(
    method: Callable[Concatenate[Self, Arguments], Result],
) -> Callable[Concatenate[Self, Arguments], Result]:
    """Call a method of one transaction again, for as long as the database's patience lasts.

    Raises `UnreachableError` where it does not come back; `LedgerError` at once outside of a run.
    """

    @functools.wraps(method)
    def patient(self: Self, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        patience, pause, until = self._database.patience, _PAUSE, None
        while True:
            try:
                return method(self, *args, **kwargs)
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

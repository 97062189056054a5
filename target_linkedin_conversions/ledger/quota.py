"""The quota of the minute and of the UTC day, spent before a request leaves.

Counted in the ledger, so that threads, processes and machines that share it share the quota.
The minute is a sliding one: never more than the limit in any 60 seconds. Once half of it is
spent, requests are spaced evenly, so that waiting is smooth; one that leaves late lets the next
ones catch up.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from target_linkedin_conversions.durations import DAY_MS, MINUTE_MS
from target_linkedin_conversions.ledger import tables
from target_linkedin_conversions.ledger.tables import new_id
from target_linkedin_conversions.ledger.transaction_retry import retry_transaction

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.ledger.database import Database

__all__ = ["ROOM_MS", "WINDOW_MS", "DaySpent", "Quota", "Reserved", "Wait"]

ROOM_MS = 600
"""1 % of a minute: requests take different times to arrive, and LinkedIn counts them on arrival."""
WINDOW_MS = MINUTE_MS + ROOM_MS
"""How long a request counts; one whose answer took longer than `ROOM_MS` counts from its answer on."""
_CATCHING_UP = 40
"""Requests are evenly spaced over this part of the limit, or over four: one that is late costs no throughput."""
_MIDNIGHT_MS = 5 * MINUTE_MS
"""How long after midnight LinkedIn may still count requests for the day before."""


_attempts, _days = tables.attempts, tables.quota_days
_of_key = _attempts.c.quota_key == bindparam("of_key")
_of_day = (_days.c.quota_key == bindparam("of_key")) & (_days.c.day == bindparam("of_day"))

# Made once: building a statement costs SQLAlchemy ten times its execution (measured: 140 us, 16 us).
_SEEN = select(func.count(), func.min(_attempts.c.at), func.max(_attempts.c.at)).where(_of_key)
_STEP_BACK = update(_attempts).where(_of_key, _attempts.c.at > bindparam("clock")).values(at=bindparam("clock"))
_FORGET = delete(_attempts).where(_of_key, _attempts.c.at <= bindparam("until"))
_BEFORE = select(_attempts.c.at).where(_of_key).order_by(_attempts.c.at.desc()).offset(bindparam("newer")).limit(1)
_ATTEMPT = insert(_attempts)
_CAME_LATE = (
    update(_attempts)
    .where(_attempts.c.id == bindparam("attempt"), _attempts.c.at < bindparam("now"))
    .values(at=bindparam("now"))
)
_DAY = (
    select(_days.c.day, _days.c.used)
    .where(_days.c.quota_key == bindparam("of_key"), _days.c.day.in_([bindparam("today"), bindparam("tomorrow")]))
    .order_by(_days.c.day.desc())
    .limit(1)
)
_FIRST_OF_DAY = insert(_days)
_COUNT = update(_days).where(_of_day).values(used=bindparam("count"))
_USED = select(_days.c.used).where(_of_day)


class Reserved(msgspec.Struct, frozen=True):
    """One request may leave now; it is counted, under this number in the minute, as so many of that UTC day since 1970."""

    used_today: int
    attempt: int
    day: int = 0


class Wait(msgspec.Struct, frozen=True):
    """Nothing was counted; ask again after so many milliseconds."""

    milliseconds: int


class DaySpent(msgspec.Struct, frozen=True):
    """The UTC day's requests are spent; milliseconds until the next day."""

    milliseconds: int


class _OwnRequests:
    """The requests of this process in the last minute by its monotonic clock, whatever the ledger's clock does; thread-safe."""

    def __init__(self, per_minute: int, monotonic: Callable[[], float]) -> None:
        self._per_minute = per_minute
        self._monotonic = monotonic
        self._lock = Lock()
        self._since: dict[Reserved, float] = {}
        """When each was reserved, the oldest first; the ledger gives numbers twice."""

    def add(self, reserved: Reserved) -> None:
        """Count one from now on."""
        with self._lock:
            self._since[reserved] = self._monotonic()

    def renew(self, reserved: Reserved) -> None:
        """Count one from now on, not from when it was reserved, where it still counts."""
        with self._lock:
            if self._since.pop(reserved, None) is not None:
                self._since[reserved] = self._monotonic()

    def wait(self) -> int:
        """Milliseconds until this process may send again; those of more than a minute ago are forgotten."""
        with self._lock:
            now = self._monotonic()
            while self._since and now - next(iter(self._since.values())) >= WINDOW_MS / 1000:
                del self._since[next(iter(self._since))]
            if len(self._since) < self._per_minute:
                return 0
            return max(1, int((next(iter(self._since.values())) - now) * 1000) + WINDOW_MS + 1)


class Quota:
    """Requests allowed a minute and a day under one key."""

    def __init__(self, database: Database, key: str, per_minute: int, per_day: int) -> None:
        """Describe the quota; nothing is read before `reserve`."""
        self._database = database
        self._key = key
        self._per_minute = per_minute
        self._per_day = per_day
        self._own = _OwnRequests(per_minute, database.monotonic)

    @retry_transaction
    def reserve(self) -> Reserved | Wait | DaySpent:
        """Count one request, or say how long to wait. A clock that steps back refunds nothing."""
        with self._database.transaction() as connection:
            self._lock(connection)
            clock = self._database.now(connection)
            count, oldest = self._seen(connection, clock)
            day, used = self._day(connection, clock)
            if (used or 0) >= self._per_day:
                return DaySpent((day + 1) * DAY_MS - clock)
            wait = self._own.wait() or self._wait(connection, clock, count, oldest)
            if wait:
                return Wait(wait)
            attempt = new_id(connection.execute(_ATTEMPT, {"quota_key": self._key, "at": clock}))
            self._count(connection, day, used, (used or 0) + 1)
            reserved = Reserved((used or 0) + 1, attempt, day)
            self._own.add(reserved)
            return reserved

    @retry_transaction
    def count_late(self, reserved: Reserved) -> None:
        """Count a request from now on, not from when it was reserved: it may have arrived only now.

        So whatever LinkedIn counts in a minute was also counted here, by whoever reserved the last of it.
        """
        with self._database.transaction() as connection:
            now = self._database.now(connection)
            connection.execute(_CAME_LATE, {"attempt": reserved.attempt, "now": now})
        self._own.renew(reserved)

    def _seen(self, connection: Connection, clock: int) -> tuple[int, int]:
        """The requests of the last minute, and when the first of them was; older ones are forgotten."""
        mine = {"of_key": self._key}
        count, oldest, newest = connection.execute(_SEEN, mine).one()
        if not count:
            return 0, 0
        stepped_back, aged = newest > clock, oldest <= clock - WINDOW_MS
        if stepped_back:  # the minute begins again, and does not last until then
            connection.execute(_STEP_BACK, mine | {"clock": clock})
        if aged:
            connection.execute(_FORGET, mine | {"until": clock - WINDOW_MS})
        if stepped_back or aged:
            count, oldest, _ = connection.execute(_SEEN, mine).one()
        return count, oldest or 0

    def _day(self, connection: Connection, clock: int) -> tuple[int, int | None]:
        """The day that is counted, and its requests if there were any: tomorrow, if the clock was there before."""
        today = clock // DAY_MS
        newest = connection.execute(_DAY, {"of_key": self._key, "today": today, "tomorrow": today + 1}).first()
        return (newest.day, newest.used) if newest else (today, None)

    def _count(self, connection: Connection, day: int, before: int | None, used: int) -> None:
        if before is None:
            connection.execute(_FIRST_OF_DAY, {"quota_key": self._key, "day": day, "used": used})
        else:
            connection.execute(_COUNT, {"of_key": self._key, "of_day": day, "count": used})

    def _wait(self, connection: Connection, now: int, count: int, oldest: int) -> int:
        if count >= self._per_minute:
            return max(1, oldest + WINDOW_MS - now + 1)
        if count * 2 >= self._per_minute:
            few = max(1, min(self._per_minute // 2, max(4, self._per_minute // _CATCHING_UP)))
            before = connection.scalar(_BEFORE, {"of_key": self._key, "newer": few - 1}) or 0
            return max(0, before + few * WINDOW_MS // self._per_minute - now)
        return 0

    @retry_transaction
    def spend_day(self) -> bool:
        """Count the whole day as spent, for LinkedIn said that it is; false where it may mean yesterday."""
        with self._database.transaction() as connection:
            self._lock(connection)
            clock = self._database.now(connection)
            if clock % DAY_MS < _MIDNIGHT_MS:
                return False
            day, used = self._day(connection, clock)
            self._count(connection, day, used, max(used or 0, self._per_day))
            return True

    def _lock(self, connection: Connection) -> None:
        """Lock this quota against other workers; SQLite needs no lock, because it has one writer."""
        if not self._database.is_sqlite:
            connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(self._key))))

    def used_today(self) -> int:
        """Requests counted this UTC day."""
        with self._database.transaction() as connection:
            day = self._database.now(connection) // DAY_MS
            return connection.scalar(_USED, {"of_key": self._key, "of_day": day}) or 0

"""Merges the lines of an export into a ledger: of an event that both know, the higher status is kept."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, assert_never

from sqlalchemy import Connection, bindparam, delete, func, insert, select, text, update

from target_linkedin_conversions.ledger import pruning, tables
from target_linkedin_conversions.ledger.batches import count_out
from target_linkedin_conversions.ledger.bulk import postgresql_array, postgresql_values
from target_linkedin_conversions.ledger.event_days import UNDATED, days_of_text
from target_linkedin_conversions.ledger.export_format import (
    Batch,
    Deliveries,
    Header,
    Line,
    QuotaDay,
    Trailer,
    broken,
    from_hexadecimal,
)
from target_linkedin_conversions.ledger.tables import DIGEST_BYTES, Status, new_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_linkedin_conversions.ledger.database import Database

__all__ = ["Merge"]

_RANKS = {Status.WAITING: 1, Status.LEAVING: 2, Status.IN_DOUBT: 2, Status.DELIVERED: 3}
"""Of two statuses of one event the higher one wins: what was delivered stays so, a doubt outweighs none."""

_STATUSES = {status.name.lower(): status for status in (Status.WAITING, Status.IN_DOUBT, Status.DELIVERED)}
"""By the word that an export has for them."""

_CHUNK = 500


class Merge:
    """The rows of an export on their way into the tables of one transaction."""

    def __init__(self, database: Database, connection: Connection, header: Header) -> None:
        """Begin with the line after the header; any round of pruning begins anew."""
        self._is_sqlite = database.is_sqlite
        self._connection = connection
        self._header = header
        self._offset = _offset(connection, header)
        self._statuses: dict[int, Status] = {}
        self._events: Counter[int] = Counter()
        self._days: dict[int, str] = {}
        self._last = b""
        self._new = self._raised = self._known = 0
        self._trailer: Trailer | None = None
        self.seen = Trailer()
        pruning.stop(connection)
        # A worker that is gone: what is in doubt or free is the next run's to decide.
        values = {"run": "import", "leased_until": 0, "told": 1}
        self._worker = new_id(connection.execute(insert(tables.workers).values(**values)))

    @property
    def counts(self) -> tuple[int, int, int, int, int]:
        """New, raised and known identities, then batches and quota days."""
        return self._new, self._raised, self._known, len(self._events), self.seen.quota_days

    def take(self, line: Line) -> None:
        """One line after the header; raises `ConfigError` where it does not belong there."""
        if self._trailer is not None:
            raise broken("lines follow its last one")
        match line:
            case Header():
                raise broken("it has a second header")
            case QuotaDay():
                self._take_quota_day(line)
            case Batch():
                self._take_batch(line)
            case Deliveries():
                self._take_identities(line)
            case Trailer():
                self._trailer = line
            case other:
                assert_never(other)

    def _take_quota_day(self, line: QuotaDay) -> None:
        """The larger count of a day is kept."""
        days = tables.quota_days
        mine = (days.c.quota_key == line.key) & (days.c.day == line.day)
        used = self._connection.scalar(select(days.c.used).where(mine))
        if used is None:
            self._connection.execute(insert(days).values(quota_key=line.key, day=line.day, used=line.used))
        elif used < line.used:
            self._connection.execute(update(days).where(mine).values(used=line.used))
        self._count(quota_days=1)

    def _take_batch(self, line: Batch) -> None:
        """A batch, whose events are counted as they come."""
        status = _STATUSES.get(line.status)
        inside = self._header.first_batch <= line.id <= self._header.last_batch
        if status is None or not inside or line.id in self._statuses:
            raise broken(f"its batch {line.id} is none")
        self._statuses[line.id] = status
        if line.days != UNDATED:
            self._days[line.id + self._offset] = line.days
        values = {"id": line.id + self._offset, "worker": self._worker, "rule": line.rule, "events": 0}
        values |= {"status": status, "created": line.created, "resent": int(line.resent)}
        self._connection.execute(insert(tables.batches).values(**values))
        self._count(batches=1)

    def _take_identities(self, line: Deliveries) -> None:
        """Identities: new ones, those whose status is raised, and those that stay as they are."""
        rows = [(from_hexadecimal(digest), batch + self._offset, content) for digest, batch, content in line.rows]
        self._check_order(rows)
        taken = self._insert(rows)
        self._new += taken
        self._events.update(batch for _, batch, _ in rows)
        if taken < len(rows):
            self._merge(rows, len(rows) - taken)
        self._count(deliveries=len(rows))

    def end(self) -> None:
        """Write how many events each batch brought; those that brought none go. Raises `ConfigError` if lines lack."""
        if self._trailer is None:
            raise broken("it was cut: its last line is missing")
        if self._trailer != self.seen:
            raise broken("it was changed: its last line counts other rows than it holds")
        batches = tables.batches
        counted = [{"counted": batch, "events": events} for batch, events in self._events.items() if events]
        if counted:
            statement = update(batches).where(batches.c.id == bindparam("counted"))
            self._connection.execute(statement.values(events=bindparam("events")), counted)
        dated = [{"counted": batch, "on": text} for batch, text in self._days.items() if self._is_whole(batch, text)]
        if dated:
            statement = update(batches).where(batches.c.id == bindparam("counted"))
            self._connection.execute(statement.values(days=bindparam("on")), dated)
        self._connection.execute(delete(batches).where(batches.c.worker == self._worker, batches.c.events == 0))
        self._events = +self._events
        if not self._is_sqlite:  # the ids of the next batches begin behind these
            highest = select(func.max(batches.c.id)).scalar_subquery()
            ids = func.pg_get_serial_sequence("batches", "id")
            self._connection.execute(select(func.setval(ids, func.greatest(highest, func.nextval(ids)))))

    def _is_whole(self, batch: int, text: str) -> bool:
        """Whether all events of a batch came in, so that its days are right; raises `ConfigError` where they are none."""
        try:
            days = days_of_text(text)
        except ValueError:
            raise broken("the days of a batch in it are none") from None
        return sum(days.values()) == self._events[batch]

    def _check_order(self, rows: Sequence[tuple[bytes, int, int]]) -> None:
        for digest, batch, _ in rows:
            if len(digest) != DIGEST_BYTES or digest <= self._last:
                raise broken("its identities are not in order")
            if batch - self._offset not in self._statuses:
                raise broken("an identity names a batch that is not there")
            self._last = digest

    def _insert(self, rows: Sequence[tuple[bytes, int, int]]) -> int:
        if self._is_sqlite:
            statement = "INSERT OR IGNORE INTO deliveries (digest, batch, content) VALUES (?, ?, ?)"
            return self._connection.exec_driver_sql(statement, list(rows)).rowcount if rows else 0
        digests, batches, contents = zip(*rows, strict=True) if rows else ((), (), ())
        result = self._connection.execute(
            text(
                "INSERT INTO deliveries (digest, batch, content) "
                "SELECT substr(CAST(:digests AS bytea), CAST(16 * i AS integer) - 15, 16), batch, content "
                "FROM unnest(CAST(:batches AS bigint[]), CAST(:contents AS bigint[])) WITH ORDINALITY AS t(batch, content, i) "
                "ON CONFLICT (digest) DO NOTHING",
            ),
            {**postgresql_values(digests, contents), "batches": postgresql_array(batches)},
        )
        return result.rowcount

    def _merge(self, rows: Sequence[tuple[bytes, int, int]], known: int) -> None:
        """Of an identity that both ledgers hold, the higher status is kept."""
        raised = []
        left: Counter[int] = Counter()
        here = self._known_here([digest for digest, _, _ in rows])
        for digest, batch, content in rows:
            row = here[digest]
            if row.batch == batch:
                continue
            if _RANKS[self._statuses[batch - self._offset]] > _RANKS[Status(row.status)]:
                raised.append({"taken": digest, "batch": batch, "content": content})
                left[row.batch] += 1
            else:
                self._events[batch] -= 1
        self._raise(raised, left)
        self._raised += len(raised)
        self._known += known - len(raised)

    def _raise(self, raised: list[dict[str, Any]], left: Counter[int]) -> None:
        deliveries = tables.deliveries
        if raised:
            statement = update(deliveries).where(deliveries.c.digest == bindparam("taken"))
            self._connection.execute(
                statement.values(batch=bindparam("batch"), content=bindparam("content")),
                raised,
            )
        count_out(self._connection, left)

    def _known_here(self, digests: Sequence[bytes]) -> dict[bytes, Any]:
        deliveries, batches = tables.deliveries, tables.batches
        joined = deliveries.join(batches, deliveries.c.batch == batches.c.id)
        columns = select(deliveries.c.digest, deliveries.c.batch, batches.c.status).select_from(joined)
        parts = (digests[start : start + _CHUNK] for start in range(0, len(digests), _CHUNK))
        return {
            memoryview(row.digest).tobytes(): row
            for part in parts
            for row in self._connection.execute(columns.where(deliveries.c.digest.in_(part)))
        }

    def _count(self, quota_days: int = 0, batches: int = 0, deliveries: int = 0) -> None:
        seen = self.seen
        self.seen = Trailer(seen.quota_days + quota_days, seen.batches + batches, seen.deliveries + deliveries)


def _offset(connection: Connection, header: Header) -> int:
    """What to add to the batches' ids: before those that are there if they are all older, else behind.

    Pruning goes by their order, so that what is older must not come last without need.
    """
    batches = tables.batches
    ends = select(func.min(batches.c.id), func.max(batches.c.id), func.min(batches.c.created))
    first, last, oldest = connection.execute(ends).one()
    if first is None:
        return 0
    return int(first - 1 - header.last_batch if header.newest <= oldest else last + 1 - header.first_batch)

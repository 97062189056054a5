"""Takes in the lines of another ledger: all of them or, after any fault, none.

One transaction, so that a file that was cut, a full disk or a power failure leaves the ledger as it
was, and the import can be repeated. No run may be under way, for it would still know the old key,
or send what the lines say was delivered.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, assert_never

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, insert, select, text, update

from target_linkedin_conversions.errors import ConfigError, LedgerError
from target_linkedin_conversions.ledger import pruning, tables
from target_linkedin_conversions.ledger.deliveries import TAKEN_OVER, Status, new_id
from target_linkedin_conversions.ledger.exporting import (
    FORMAT,
    Batch,
    Deliveries,
    Header,
    Line,
    QuotaDay,
    Trailer,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from target_linkedin_conversions.ledger.database import Database

__all__ = ["Imported", "checked_header", "import_lines"]

_RANKS = {Status.WAITING: 1, Status.LEAVING: 2, Status.IN_DOUBT: 2, Status.DELIVERED: 3}
"""Of two statuses of one event the higher one wins: what was delivered stays so, a doubt outweighs none."""

_KEPT = {status.name.lower(): status for status in (Status.WAITING, Status.IN_DOUBT, Status.DELIVERED)}

_CHUNK = 500

_KEY_BYTES = 32
_DIGEST_BYTES = 16


class Imported(msgspec.Struct, frozen=True):
    """What an import brought: identities that were new, that replaced a lesser status, or that were known."""

    adopted: bool
    """Whether the ledger was empty and has taken the export's key."""
    new: int
    raised: int
    known: int
    batches: int
    quota_days: int


def checked_header(line: Line | None) -> Header:
    """The header, if the first line is one that this release can read; raises `ConfigError`."""
    if not isinstance(line, Header):
        raise _broken("it does not begin as an export of a ledger")
    if line.format > FORMAT or line.schema_version > tables.SCHEMA_VERSION:
        raise ConfigError("FILE", "a newer release wrote it", "update target-linkedin-conversions")
    if len(_hexadecimal(line.key)) != _KEY_BYTES:
        raise _broken("its key is no key")
    return line


def import_lines(
    database: Database,
    header: Header,
    lines: Iterable[Line],
    tell: Callable[[int, int], None] = lambda _done, _all: None,
) -> Imported:
    """Take the lines after a header into an open ledger; raises `ConfigError` or `LedgerError` and changes nothing.

    An empty ledger takes the header's key. `tell(done, all)` hears of every line of identities.
    """
    with database.transaction() as connection:
        _alone(database, connection)
        adopts = _adopts(database, connection, header)
        taking = _Import(database, connection, header)
        for line in lines:
            taking.take(line)
            if isinstance(line, Deliveries):
                tell(taking.seen.deliveries, header.identities)
        taking.end()
    if adopts:
        database.read_key()
    return Imported(adopts, *taking.counts)


def _alone(database: Database, connection: Connection) -> None:
    """Refuse while a run is alive, keep others from joining until the end, and fence those that were only slow."""
    workers = tables.workers
    if not database.is_sqlite:
        connection.execute(text("LOCK TABLE workers IN EXCLUSIVE MODE"))
    alive = select(func.count()).where(workers.c.leased_until > database.now(connection))
    if connection.scalar(alive):
        message = (
            f"a run is using the ledger {database.place}; wait until it has ended "
            "(one that was killed counts for another 30 seconds) and import again"
        )
        raise LedgerError(message)
    connection.execute(update(workers).where(workers.c.leased_until > 0).values(leased_until=TAKEN_OVER))


def _adopts(database: Database, connection: Connection, header: Header) -> bool:
    """Write the key to an empty ledger; refuse one that holds events under another."""
    meta = tables.meta
    key = _hexadecimal(header.key)
    empty = connection.execute(select(tables.deliveries.c.digest).limit(1)).first() is None
    if key != database.key and not empty:
        raise ConfigError(
            "FILE",
            f"it comes from a ledger with another key, and {database.place} already holds events",
            "import it into a ledger of its own: name an empty state_dir, or another ledger_url",
        )
    created = header.created if empty else min(header.created, database.created)
    for name, value in (("key", key), ("created", str(created).encode())):
        connection.execute(update(meta).where(meta.c.name == name).values(value=value))
    return empty


class _Import:
    """The rows of an import on their way into the tables."""

    def __init__(self, database: Database, connection: Connection, header: Header) -> None:
        self._is_sqlite = database.is_sqlite
        self._connection = connection
        self._header = header
        self._offset = _offset(connection, header)
        self._statuses: dict[int, Status] = {}
        self._events: Counter[int] = Counter()
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
            raise _broken("lines follow its last one")
        match line:
            case Header():
                raise _broken("it has a second header")
            case QuotaDay():
                self._quota_day(line)
            case Batch():
                self._batch(line)
            case Deliveries():
                self._deliveries(line)
            case Trailer():
                self._trailer = line
            case other:
                assert_never(other)

    def _quota_day(self, line: QuotaDay) -> None:
        """The larger count of a day is kept."""
        days = tables.quota_days
        mine = (days.c.quota_key == line.key) & (days.c.day == line.day)
        used = self._connection.scalar(select(days.c.used).where(mine))
        if used is None:
            self._connection.execute(insert(days).values(quota_key=line.key, day=line.day, used=line.used))
        elif used < line.used:
            self._connection.execute(update(days).where(mine).values(used=line.used))
        self._saw(quota_days=1)

    def _batch(self, line: Batch) -> None:
        """A batch, whose events are counted as they come."""
        status = _KEPT.get(line.status)
        inside = self._header.first_batch <= line.id <= self._header.last_batch
        if status is None or not inside or line.id in self._statuses:
            raise _broken(f"its batch {line.id} is none")
        self._statuses[line.id] = status
        values = {"id": line.id + self._offset, "worker": self._worker, "rule": line.rule, "events": 0}
        values |= {"status": status, "created": line.created, "resent": int(line.resent)}
        self._connection.execute(insert(tables.batches).values(**values))
        self._saw(batches=1)

    def _deliveries(self, line: Deliveries) -> None:
        """Identities: new ones, those whose status is raised, and those that stay as they are."""
        rows = [(_hexadecimal(digest), batch + self._offset, content) for digest, batch, content in line.rows]
        self._check(rows)
        taken = self._insert(rows)
        self._new += taken
        self._events.update(batch for _, batch, _ in rows)
        if taken < len(rows):
            self._merge(rows, len(rows) - taken)
        self._saw(deliveries=len(rows))

    def end(self) -> None:
        """Write how many events each batch brought; those that brought none go. Raises `ConfigError` if lines lack."""
        if self._trailer is None:
            raise _broken("it was cut: its last line is missing")
        if self._trailer != self.seen:
            raise _broken("it was changed: its last line counts other rows than it holds")
        batches = tables.batches
        counted = [{"counted": batch, "events": events} for batch, events in self._events.items() if events]
        if counted:
            statement = update(batches).where(batches.c.id == bindparam("counted"))
            self._connection.execute(statement.values(events=bindparam("events")), counted)
        self._connection.execute(delete(batches).where(batches.c.worker == self._worker, batches.c.events == 0))
        self._events = +self._events
        if not self._is_sqlite:  # the ids of the next batches begin behind these
            highest = select(func.max(batches.c.id)).scalar_subquery()
            ids = func.pg_get_serial_sequence("batches", "id")
            self._connection.execute(select(func.setval(ids, func.greatest(highest, func.nextval(ids)))))

    def _check(self, rows: Sequence[tuple[bytes, int, int]]) -> None:
        for digest, batch, _ in rows:
            if len(digest) != _DIGEST_BYTES or digest <= self._last:
                raise _broken("its identities are not in order")
            if batch - self._offset not in self._statuses:
                raise _broken("an identity names a batch that is not there")
            self._last = digest

    def _insert(self, rows: Sequence[tuple[bytes, int, int]]) -> int:
        if self._is_sqlite:
            statement = "INSERT OR IGNORE INTO deliveries (digest, batch, content) VALUES (?, ?, ?)"
            return self._connection.exec_driver_sql(statement, list(rows)).rowcount if rows else 0
        digests, batches, contents = zip(*rows, strict=True) if rows else ((), (), ())
        found = self._connection.execute(
            text(
                "INSERT INTO deliveries (digest, batch, content) SELECT d, b, c FROM unnest(CAST(:digests AS bytea[]), "
                "CAST(:batches AS bigint[]), CAST(:contents AS bigint[])) AS t(d, b, c) "
                "ON CONFLICT (digest) DO NOTHING",
            ),
            {"digests": list(digests), "batches": list(batches), "contents": list(contents)},
        )
        return found.rowcount

    def _merge(self, rows: Sequence[tuple[bytes, int, int]], known: int) -> None:
        """Of an identity that both ledgers hold, the higher status is kept."""
        raised = []
        left: Counter[int] = Counter()
        held = self._held([digest for digest, _, _ in rows])
        for digest, batch, content in rows:
            found = held[digest]
            if found.batch == batch:
                continue
            if _RANKS[self._statuses[batch - self._offset]] > _RANKS[Status(found.status)]:
                raised.append({"taken": digest, "batch": batch, "content": content})
                left[found.batch] += 1
            else:
                self._events[batch] -= 1
        self._raise(raised, left)
        self._raised += len(raised)
        self._known += known - len(raised)

    def _raise(self, raised: list[dict[str, Any]], left: Counter[int]) -> None:
        deliveries, batches = tables.deliveries, tables.batches
        if raised:
            statement = update(deliveries).where(deliveries.c.digest == bindparam("taken"))
            self._connection.execute(
                statement.values(batch=bindparam("batch"), content=bindparam("content")),
                raised,
            )
        for batch, events in left.items():
            mine = batches.c.id == batch
            self._connection.execute(update(batches).where(mine).values(events=batches.c.events - events))

    def _held(self, digests: Sequence[bytes]) -> dict[bytes, Any]:
        deliveries, batches = tables.deliveries, tables.batches
        joined = deliveries.join(batches, deliveries.c.batch == batches.c.id)
        columns = select(deliveries.c.digest, deliveries.c.batch, batches.c.status).select_from(joined)
        parts = (digests[start : start + _CHUNK] for start in range(0, len(digests), _CHUNK))
        return {
            bytes(row.digest): row
            for part in parts
            for row in self._connection.execute(columns.where(deliveries.c.digest.in_(part)))
        }

    def _saw(self, quota_days: int = 0, batches: int = 0, deliveries: int = 0) -> None:
        seen = self.seen
        self.seen = Trailer(seen.quota_days + quota_days, seen.batches + batches, seen.deliveries + deliveries)


def _offset(connection: Connection, header: Header) -> int:
    """What to add to the batches' ids: before those that are there if they are all older, else behind.

    Pruning goes by their order, so that what is older must not come last without need.
    """
    batches = tables.batches
    found = select(func.min(batches.c.id), func.max(batches.c.id), func.min(batches.c.created))
    first, last, oldest = connection.execute(found).one()
    if first is None:
        return 0
    return int(first - 1 - header.last_batch if header.newest <= oldest else last + 1 - header.first_batch)


def _broken(problem: str) -> ConfigError:
    return ConfigError("FILE", problem, "nothing was imported; export the ledger again, or copy the file again")


def _hexadecimal(digits: str) -> bytes:
    try:
        return bytes.fromhex(digits)
    except ValueError:
        raise _broken("a digest in it is none") from None

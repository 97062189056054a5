"""Takes in the lines of another ledger: all of them or, after any fault, none.

One transaction, so that a file that was cut, a full disk or a power failure leaves the ledger as it
was, and the import can be repeated. No run may be under way, for it would still know the old key,
or send what the lines say was delivered.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import Connection, func, select, text, update

from target_linkedin_conversions.errors import ConfigError, LedgerError
from target_linkedin_conversions.ledger import tables
from target_linkedin_conversions.ledger.export_format import Deliveries, Header, Line, from_hexadecimal
from target_linkedin_conversions.ledger.keys import CHECK
from target_linkedin_conversions.ledger.lease import TAKEN_OVER
from target_linkedin_conversions.ledger.merging import Merge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from target_linkedin_conversions.ledger.database import Database

__all__ = ["Imported", "import_lines"]


class Imported(msgspec.Struct, frozen=True):
    """What an import brought: how many identities were new, raised to a higher status, or already known."""

    adopted: bool
    """Whether the ledger was empty and has taken the export's key."""
    new: int
    raised: int
    known: int
    batches: int
    quota_days: int


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
        _ensure_alone(database, connection)
        adopted = _adopt_key(database, connection, header)
        merge = Merge(database, connection, header)
        for line in lines:
            merge.take(line)
            if isinstance(line, Deliveries):
                tell(merge.seen.deliveries, header.identities)
        merge.end()
    if adopted:
        database.read_key()
    database.note_run(time.strftime("%Y%m%dT%H%M%SZ-import", time.gmtime()))  # a person has looked after it
    return Imported(adopted, *merge.counts)


def _ensure_alone(database: Database, connection: Connection) -> None:
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


def _adopt_key(database: Database, connection: Connection, header: Header) -> bool:
    """Write the key to an empty ledger, and say whether it was; refuse one that holds events under another."""
    meta = tables.meta
    name, value = database.key_row
    empty = connection.execute(select(tables.deliveries.c.digest).limit(1)).first() is None
    theirs = from_hexadecimal(header.check or header.key)
    if header.check and (name != CHECK or theirs != value):
        raise ConfigError(
            "ledger_key",
            "FILE comes from a ledger whose key is kept apart from it, and this is not that one",
            "set the ledger_key of that ledger",
        )
    if not header.check and theirs != database.key and (name == CHECK or not empty):
        raise ConfigError(
            "FILE",
            f"it comes from a ledger with another key, and {database.place} already holds events or has a ledger_key",
            "import it into a ledger of its own: name an empty state_dir, or another ledger_url, without ledger_key",
        )
    created = header.created if empty else min(header.created, database.created)
    rows = [("created", str(created).encode())] + ([] if name == CHECK else [("key", theirs)])
    for row, found in rows:
        connection.execute(update(meta).where(meta.c.name == row).values(value=found))
    return empty

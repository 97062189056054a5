"""The connections to the ledger: opening it, and its transactions."""

from __future__ import annotations

import secrets
import time
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, TextClause, delete, false, func, inspect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL

from target_linkedin_conversions.cpu_affinity import THREADS
from target_linkedin_conversions.epoch import LAST_MS
from target_linkedin_conversions.errors import ConfigError, LedgerError
from target_linkedin_conversions.ledger import tables
from target_linkedin_conversions.ledger.advisory_locks import AdvisoryLock
from target_linkedin_conversions.ledger.engines import (
    AUTOCOMMIT,
    READS,
    checked_url,
    engine_of,
    engine_to_read,
)
from target_linkedin_conversions.ledger.faults import MENDS, ledger_faults, opening, required_ledger_missing
from target_linkedin_conversions.ledger.file import LedgerFile
from target_linkedin_conversions.ledger.keys import CHECK, KEY_BYTES, check_of, key_of
from target_linkedin_conversions.ledger.patience import NO_PATIENCE, Patience
from target_linkedin_conversions.ledger.upgrades import upgrade
from target_linkedin_conversions.wall_clock import wall_clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from sqlalchemy.engine import Engine

__all__ = ["Database"]

_BUSY_SECONDS = 60.0
_LAST_RUN = "last_run"
_WRITTEN = (tables.meta, tables.workers, tables.batches, tables.deliveries)
"""What every run adds rows to."""


class Database:
    """The ledger's database: SQLite by one connection for one thread at a time, PostgreSQL by a pool of a few."""

    def __init__(  # noqa: PLR0913 - one argument a setting
        self,
        url: str | None,
        folder: Path,
        *,
        required: bool = False,
        busy_seconds: float = _BUSY_SECONDS,
        patience: Patience = NO_PATIENCE,
        key_apart: bytes | None = None,
        clock: Callable[[], int] = wall_clock,
    ) -> None:
        """Describe the database; nothing is opened before `open`. A locked one is waited for so long.

        `patience` is for one that is gone in mid-run; `key_apart` is the key of a ledger that does not hold it itself;
        `clock` gives the epoch milliseconds of a local file, which has no clock of its own.
        """
        self.patience = patience
        self._clock = clock
        self._key_apart = key_apart
        self.path = folder / "ledger.sqlite" if url is None else None
        self._required = required
        self._busy_seconds = busy_seconds
        self._url = checked_url(url) if url is not None else URL.create("sqlite", database=str(self.path))
        if self._url.get_backend_name() == "sqlite" and self.path is None and self._url.database:
            self.path = Path(self._url.database)
        self._file = LedgerFile(self.path) if self.path is not None else None
        self._turn: AbstractContextManager[object] = Lock() if self.is_sqlite else nullcontext()
        self._engine: Engine | None = None
        self._kept: Connection | None = None
        """SQLite's one connection."""
        self.created = 0
        self.is_new = False
        """Whether `open` made it."""
        self.upgraded_from: int | None = None
        """The version that `open` found, where that was an earlier one."""
        self.key = b""
        self.last_run = ""
        """The newest run that the ledger knew when it was opened; empty where it does not say."""

    @property
    def place(self) -> str:
        """Where the ledger is, without credentials; a query may hold some."""
        return str(self.path) if self.path else self._url.set(query={}).render_as_string(hide_password=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is a local file."""
        return self._url.get_backend_name() == "sqlite"

    def open(self) -> None:
        """Connect, create or upgrade what is there, and read the ledger's key; raises `LedgerError`, or `UnreachableError`."""
        if self._file is not None:
            self._file.prepare(required=self._required)
        try:
            with opening():
                self._connect()
        except BaseException:
            self.close()
            raise

    def open_existing(self) -> bool:
        """Open and upgrade what is there; false where there is no ledger, and none is made."""
        self._required = True
        try:
            self.open()
        except ConfigError as error:
            if error.setting != "require_ledger":
                raise
            return False
        return True

    def open_to_read(self) -> bool:
        """Open what is there for `snapshot` alone: nothing is made, upgraded, written or left beside it.

        False where there is no ledger; raises `LedgerError` for what is none, or of a newer release, and `UnreachableError`.
        """
        if self._file is not None and not self._file.is_there():
            return False
        try:
            with self._faults():
                self._engine = engine_to_read(self._url, self._busy_seconds)
            with opening(), self.snapshot() as connection:
                self._ensure_ours(connection)
                meta = self._meta(connection) if inspect(connection).has_table(tables.meta.name) else {}
                if not meta:
                    self._ensure_empty(connection)
            if meta:
                self._take_meta(meta)
        except BaseException:
            self.close()
            raise
        if not meta:
            self.close()
        return bool(meta)

    def _connect(self) -> None:
        with self._faults():
            self._engine = engine_of(self._url, self._busy_seconds)
            self._kept = self._engine.connect() if self.is_sqlite else None
        with self.transaction() as connection:
            if not self.is_sqlite:
                connection.execute(select(func.pg_advisory_xact_lock(int(AdvisoryLock.OPENING))))
            self._ensure_ours(connection)
            self.ensure_whole(connection)
            tables.metadata.create_all(connection)
            self._read_meta(connection)

    def _ensure_ours(self, connection: Connection) -> None:
        """Refuse an SQLite file with another program's tables; a server's database may be shared."""
        found = inspect(connection).get_table_names() if self.is_sqlite else []
        if found and tables.meta.name not in found:
            message = (
                f"the ledger {self.place} cannot be used (the file is another program's database); "
                "move it away, or name another state_dir or ledger_url"
            )
            raise LedgerError(message)

    def ensure_whole(self, connection: Connection) -> None:
        """Raise `LedgerError` where a table was taken away: an empty one in its place would know nothing of what was delivered."""
        found = set(inspect(connection).get_table_names()) if self.is_sqlite else set()
        missing = sorted(tables.metadata.tables.keys() - found) if found else []
        if missing and self._meta(connection).get("version") == str(tables.SCHEMA_VERSION).encode():
            mend = MENDS[self.is_sqlite]
            raise LedgerError(f"the ledger {self.place} lacks its table {missing[0]}; nothing more is sent: {mend}")

    def ensure_writable(self) -> None:
        """Raise `LedgerError` where a run could not write to what `open_to_read` has opened; nothing is written."""
        if self._file is not None:
            self._file.ensure_writable()
            return
        # One that has read is set to write by SQLAlchemy, whatever server and URL say (measured); a run's is new.
        self._opened().dispose()
        with self.transaction() as connection:
            for table in _WRITTEN:  # none of its rows: who may not, or in a database that is read only, is told at once
                connection.execute(table.insert().from_select(list(table.c), select(table).where(false())))

    def close(self) -> None:
        """Give the connections back, SQLite's after the transaction under way; safe to call twice."""
        with self._turn:
            if self._kept is not None:
                self._kept.close()
                self._kept = None
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    @contextmanager
    def transaction(self, *, bulky: bool = False) -> Iterator[Connection]:
        """A write transaction that commits at the end; SQLite's for one thread at a time, a bulky one beside the others."""
        with self._turn, self._faults(), self._lent() as connection, connection.begin() as transaction:
            yield connection
            if bulky:
                try:
                    with THREADS.elsewhere():
                        transaction.commit()
                except BaseException:
                    transaction.rollback()  # SQLAlchemy leaves it begun, and the connection then begins no other
                    raise

    def autocommit(self, statement: TextClause, values: Mapping[str, object]) -> Row[Any] | None:
        """The first row of a statement that is a transaction of its own: one way to PostgreSQL and back. Not for SQLite."""
        waits = {"patience": f"{int(self._busy_seconds * 1000)}ms"}
        with self._faults(), self._lent() as connection:
            connection.execution_options(isolation_level=AUTOCOMMIT)
            return connection.execute(statement, {**waits, **values}).first()

    @contextmanager
    def _lent(self) -> Iterator[Connection]:
        """A connection for one transaction."""
        engine, kept = self._opened(), self._kept
        if kept is None:
            with engine.connect() as connection:
                yield connection
        else:
            if self._file is not None:
                self._file.ensure_in_place()
            yield kept

    def _opened(self) -> Engine:
        """The engine, once for a whole use of it: another thread may close the ledger in between. Raises `LedgerError`."""
        engine = self._engine
        if engine is None:
            message = "the ledger is closed"
            raise LedgerError(message)
        return engine

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A read transaction that sees one moment of the ledger, however long it lasts, and stops no writer."""
        with self._turn, self._faults():
            engine = self._opened()
            level = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            with engine.connect() as connection:
                connection.execution_options(**{READS: True}, **level)
                with connection.begin():
                    yield connection

    def read_key(self) -> None:
        """Read the ledger's key again: an import may have given an empty ledger another one since `open`."""
        with self.transaction() as connection:
            self.key = key_of(self._meta(connection), self._key_apart, self.place)

    @property
    def key_row(self) -> tuple[str, bytes]:
        """Name and value of the row that says which key the ledger has: the key itself, or what a key apart is known by."""
        return ("key", self.key) if self._key_apart is None else (CHECK, check_of(self.key))

    def note_run(self, run: str) -> None:
        """Write that the ledger knows a run, so that an older copy of it is seen as one beside that run's report."""
        insert = (sqlite if self.is_sqlite else postgresql).insert(tables.meta)
        noted = insert.values(name=_LAST_RUN, value=run.encode())
        is_later = insert.excluded.value > tables.meta.c.value
        with self.transaction() as connection:  # one statement, for others may begin in the same moment
            connection.execute(
                noted.on_conflict_do_update(
                    index_elements=["name"], set_={"value": insert.excluded.value}, where=is_later
                )
            )

    def forget(self) -> None:
        """Undo `open` for a ledger that it made and no worker has joined: without these rows it counts as not there."""
        with self.transaction() as connection:
            if connection.execute(select(tables.workers.c.id).limit(1)).first() is None:
                connection.execute(delete(tables.meta))

    def now(self, connection: Connection) -> int:
        """Epoch milliseconds by the database's clock."""
        if self.is_sqlite:
            return self._clock()
        milliseconds = connection.scalar(select(func.extract("epoch", func.clock_timestamp()) * 1000))
        return int(milliseconds or 0)

    def monotonic(self) -> float:
        """Monotonic seconds of this process."""
        return time.monotonic()

    def _read_meta(self, connection: Connection) -> None:
        meta = self._meta(connection)
        if not meta:
            self._ensure_empty(connection)
            if self._required:
                raise required_ledger_missing(f"{self.place} holds no ledger")
            self.is_new = True
            self.key = self._key_apart or secrets.token_bytes(KEY_BYTES)
            name, value = self.key_row
            meta = {
                "version": str(tables.SCHEMA_VERSION).encode(),
                name: value,
                "created": str(self.now(connection)).encode(),
            }
            connection.execute(
                tables.meta.insert(),
                [{"name": name, "value": value} for name, value in meta.items()],
            )
        upgrade(connection, self._take_meta(meta))

    def _ensure_empty(self, connection: Connection) -> None:
        """Raise `LedgerError` where batches stand beside no key: by a new one, none of their events would be found."""
        is_there = inspect(connection).has_table(tables.batches.name)
        if is_there and connection.execute(select(tables.batches.c.id).limit(1)).first() is not None:
            mend = MENDS[self.is_sqlite]
            raise LedgerError(f"the ledger {self.place} has lost its key (meta is empty); nothing more is sent: {mend}")

    def _meta(self, connection: Connection) -> dict[str, bytes]:
        return {row.name: row.value for row in connection.execute(select(tables.meta))}

    def _take_meta(self, meta: dict[str, bytes]) -> int:
        """Read key and age, and the version; raises `LedgerError` for what is none, or of a newer release."""
        try:
            version, self.created = int(meta["version"]), int(meta["created"])
            self.last_run = str(meta.get(_LAST_RUN, b""), "utf-8")  # `bytes(5)` would be five zeros
            is_ours = version > 0 and 0 <= self.created <= LAST_MS
        except (KeyError, ValueError, TypeError):
            is_ours = False
        if not is_ours or not {"key", CHECK} & meta.keys():
            message = f"{self.place} is no ledger of this program; set state_dir or ledger_url to a place of its own"
            raise LedgerError(message)
        if version > tables.SCHEMA_VERSION:
            message = f"the ledger {self.place} was written by a newer release; update target-linkedin-conversions"
            raise LedgerError(message)
        self.key = key_of(meta, self._key_apart, self.place)
        if version < tables.SCHEMA_VERSION:
            self.upgraded_from = version
        return version

    def _faults(self) -> AbstractContextManager[None]:
        return ledger_faults(self._url, lambda: self.place)

"""Opening a ledger: private, durable, and every fault one clear stop that shows no secret."""

from __future__ import annotations

import os
import resource
import sqlite3
import stat
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy import text, update

from target_linkedin_conversions.errors import ConfigError, LedgerError, exit_code_of
from target_linkedin_conversions.ledger import Ledger, tables
from target_linkedin_conversions.ledger.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = "canary-password-9"
NOBODY = 65_534


def opened(url: str | None, folder: Path, **more: Any) -> Database:
    database = Database(url, folder, **more)
    try:
        database.open()
    except BaseException:
        database.close()
        raise
    return database


@pytest.fixture
def open_umask() -> Any:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("open_umask")
def test_every_file_of_the_ledger_is_this_users_alone(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    ledger = Ledger(None, folder, run="r", quota_key="q", per_minute=10, per_day=10)
    ledger.open()
    ledger.claims.claim("101", [b"x" * 16], [0], resend=True)
    files = list(folder.iterdir())
    assert {path.name for path in files} >= {"ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    ledger.close()


@pytest.mark.usefixtures("waiting_for_the_disk")
def test_the_file_is_set_for_durability_and_random_keys(tmp_path: Path) -> None:
    database = opened(None, tmp_path)
    with database.transaction() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "page_size")
        }
    database.close()
    assert found == {"journal_mode": "wal", "synchronous": 2, "page_size": 1024}


def test_a_closed_ledger_can_be_opened_again_and_closed_twice(workers: Any) -> None:
    ledger = workers()
    key = ledger.database.key
    ledger.close()
    ledger.close()
    with pytest.raises(LedgerError, match="closed"):
        ledger.quota.reserve()
    ledger.open()
    assert ledger.database.key == key
    assert ledger.quota.reserve()


def test_a_ledger_that_was_never_opened_can_be_closed(tmp_path: Path) -> None:
    Ledger(None, tmp_path, run="r", quota_key="q", per_minute=1, per_day=1).close()
    assert not list(tmp_path.iterdir())


def test_workers_that_create_a_ledger_at_the_same_moment_agree_on_its_key(workers: Any) -> None:
    together = threading.Barrier(6)
    keys: list[bytes] = []
    errors: list[BaseException] = []

    def create() -> None:
        together.wait(10)
        try:
            database = opened(workers.url, workers.folder)
        except BaseException as error:  # noqa: BLE001 - the test's own thread looks at it
            errors.append(error)
        else:
            keys.append(database.key)
            database.close()

    threads = [threading.Thread(target=create) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert len(set(keys)) == 1
    assert len(keys) == 6


def test_a_folder_that_cannot_be_made_is_a_clear_stop(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LedgerError, match=r"cannot be written .*; check state_dir and its permissions") as stop:
        opened(None, tmp_path / "file" / "below")
    assert exit_code_of(stop.value) == 2


def test_a_path_that_sqlite_does_not_take_is_told_as_too_long(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=r"SQLite takes paths of 504 bytes\); name a shorter state_dir") as stop:
        opened(None, tmp_path.joinpath(*(["p" * 200] * 3)))
    assert exit_code_of(stop.value) == 2


@contextmanager
def without_privileges() -> Iterator[None]:
    """As somebody who may not write everywhere: root could prove nothing."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)


def test_a_folder_that_cannot_be_written_is_a_clear_stop(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with without_privileges(), pytest.raises(LedgerError, match="check state_dir and its permissions"):
        opened(None, tmp_path)
    tmp_path.chmod(0o700)


@pytest.mark.parametrize("content", [b"this is no database" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_corrupt_file_is_a_clear_stop_with_a_mend(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(content)
    with pytest.raises(LedgerError, match="restore it from a copy") as stop:
        opened(None, tmp_path)
    assert str(tmp_path / "ledger.sqlite") in str(stop.value)
    assert "\n" not in str(stop.value)
    assert (tmp_path / "ledger.sqlite").read_bytes() == content


def test_a_folder_in_the_files_place_is_a_clear_stop(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").mkdir()
    with pytest.raises(LedgerError, match="cannot be used"):
        opened(None, tmp_path)


def test_a_ledger_of_a_newer_release_is_not_touched(workers: Any) -> None:
    database = workers.database()
    with database.transaction() as connection:
        newer = update(tables.meta).where(tables.meta.c.name == "version").values(value=b"99")
        connection.execute(newer)
    with pytest.raises(LedgerError, match="newer release; update"):
        opened(workers.url, workers.folder)


@pytest.mark.parametrize("name", ["version", "key", "created"])
def test_tables_that_are_not_ours_are_not_used(workers: Any, name: str) -> None:
    database = workers.database()
    with database.transaction() as connection:
        connection.execute(tables.meta.delete().where(tables.meta.c.name == name))
    with pytest.raises(LedgerError, match="no ledger of this program"):
        opened(workers.url, workers.folder)


def test_require_ledger_makes_no_new_one(workers: Any) -> None:
    with pytest.raises(ConfigError, match="require_ledger") as stop:
        opened(workers.url, workers.folder, required=True)
    assert exit_code_of(stop.value) == 2
    assert not (workers.folder / "ledger.sqlite").exists()
    workers()
    opened(workers.url, workers.folder, required=True).close()


def test_require_ledger_takes_no_empty_file_for_one(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").touch()
    with pytest.raises(ConfigError, match="holds no ledger"):
        opened(None, tmp_path, required=True)


@pytest.mark.parametrize(
    "url",
    [
        f"{SECRET}",
        f"postgres://u:{SECRET}@h/db",
        f"mysql://u:{SECRET}@h/db",
        f"postgresql://u:{SECRET}@h:port/db",
        f"postgresql://u:a@{SECRET}@h/db",
        f"postgresql+nothing://u:{SECRET}@h/db",
        f"postgresql+asyncpg://u:{SECRET}@h/db",
        f"postgresql://u:{SECRET}%00@h:9/db",
        f"postgresql://h:9/db?password={SECRET}%00",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite+aiosqlite:///x.db",
    ],
)
def test_a_url_that_is_none_for_a_ledger_is_a_fault_of_the_setting_and_not_shown(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError, match="ledger_url: ") as stop:
        opened(url, tmp_path)
    assert exit_code_of(stop.value) == 2
    assert SECRET not in str(stop.value)
    assert stop.value.__cause__ is None
    assert stop.value.__suppress_context__ or stop.value.__context__ is None
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://u:{SECRET}@127.0.0.1:9/db",
        f"postgresql+psycopg://127.0.0.1:9/db?user=u&password={SECRET}",
        f"postgresql://u@127.0.0.1:9/db?sslpassword={SECRET}&connect_timeout=5",
        f"postgresql://u@127.0.0.1:9/db?options={SECRET}",
    ],
)
def test_a_database_that_cannot_be_reached_is_a_clear_stop_without_the_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(LedgerError, match="check ledger_url") as stop:
        opened(url, tmp_path)
    assert SECRET not in str(stop.value)
    assert SECRET not in Database(url, tmp_path).place
    assert stop.value.__suppress_context__


def test_a_sqlite_url_names_the_file(tmp_path: Path) -> None:
    database = opened(f"sqlite:///{tmp_path}/below/own.db", tmp_path)
    assert database.place == str(tmp_path / "below" / "own.db")
    assert database.is_sqlite
    database.close()
    assert stat.S_IMODE((tmp_path / "below" / "own.db").stat().st_mode) == 0o600


# A ledger that somebody else holds


def test_a_locked_file_is_waited_for(tmp_path: Path) -> None:
    database = opened(None, tmp_path, busy_seconds=30)
    holder = sqlite3.connect(tmp_path / "ledger.sqlite", isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")

    def release() -> None:
        time.sleep(0.3)
        holder.execute("COMMIT")
        holder.close()

    thread = threading.Thread(target=release)
    thread.start()
    with database.transaction() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    thread.join(30)
    database.close()


def test_a_file_that_stays_locked_is_a_clear_stop_and_can_be_used_later(tmp_path: Path) -> None:
    database = opened(None, tmp_path, busy_seconds=0.1)
    holder = sqlite3.connect(tmp_path / "ledger.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerError, match=r"database is locked.*end other programs"), database.transaction():
        pytest.fail("nobody else may write")
    with pytest.raises(LedgerError, match="database is locked"):
        opened(None, tmp_path, busy_seconds=0.1)
    holder.execute("ROLLBACK")
    holder.close()
    with database.transaction() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    database.close()


def test_a_postgresql_lock_that_is_never_released_is_a_clear_stop(postgresql_url: str, tmp_path: Path) -> None:
    database = opened(postgresql_url, tmp_path, busy_seconds=0.2)

    def read() -> None:
        with database.transaction() as connection:
            assert connection.execute(tables.batches.select()).all() == []

    with psycopg.connect(postgresql_url) as holder:
        holder.execute("LOCK TABLE batches IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(LedgerError, match="lock timeout"):
            read()
    read()
    database.close()


def test_the_latest_run_is_known_in_whatever_order_runs_say_so(workers: Any) -> None:
    database = workers.database()
    for run in ("20261127T031333Z-b", "20261127T031334Z-a", "20261127T031333Z-c"):
        database.note_run(run)
    assert workers.database().last_run == "20261127T031334Z-a"


def test_runs_that_begin_in_one_moment_on_a_new_ledger_all_begin(postgresql_url: str, tmp_path: Path) -> None:
    database = opened(postgresql_url, tmp_path)
    noted = threading.Thread(target=database.note_run, args=("20261127T031334Z-a",))
    with psycopg.connect(postgresql_url) as other:
        other.execute("INSERT INTO meta VALUES ('last_run', '20261127T031333Z-b')")
        noted.start()
        noted.join(0.5)  # it waits for the other's end
        assert noted.is_alive()
    noted.join()
    database.close()
    database = opened(postgresql_url, tmp_path)
    assert database.last_run == "20261127T031334Z-a"
    database.close()


def test_a_lost_connection_is_a_clear_stop_and_close_still_works(postgresql_url: str, tmp_path: Path) -> None:
    ledger = Ledger(postgresql_url, tmp_path, run="r", quota_key="q", per_minute=10, per_day=10)
    ledger.open()
    with psycopg.connect(postgresql_url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    with pytest.raises(LedgerError, match="nothing more is sent"):
        ledger.quota.reserve()
    ledger.close()


def test_a_fault_inside_a_transaction_writes_nothing(workers: Any) -> None:
    database = workers.database()

    def fail() -> None:
        with database.transaction() as connection:
            connection.execute(tables.meta.insert().values(name="x", value=b"y"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.transaction() as connection:
        assert "x" not in {row.name for row in connection.execute(tables.meta.select())}


def test_a_commit_that_finds_no_room_takes_nothing_from_the_next(tmp_path: Path) -> None:
    """What LinkedIn took is still to be written, in a smaller transaction or once there is room."""
    database = opened(None, tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fail() -> None:
        with database.transaction(bulky=True) as connection:
            connection.execute(tables.meta.insert().values(name="x", value=bytes(1 << 20)))
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, hard))

    try:
        with pytest.raises(LedgerError, match="disk I/O error"):
            fail()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    with database.transaction(bulky=True) as connection:
        connection.execute(tables.meta.insert().values(name="y", value=b"z"))
    with database.transaction() as connection:
        assert {"x", "y"} & {row.name for row in connection.execute(tables.meta.select())} == {"y"}
    database.close()


def test_no_row_is_told_in_an_error(workers: Any) -> None:
    database = workers.database()
    row = {"name": "canary-name", "value": b"canary-value"}
    with database.transaction() as connection:
        connection.execute(tables.meta.insert().values(row))
    with pytest.raises(LedgerError) as stop, database.transaction() as connection:
        connection.execute(tables.meta.insert().values(row))
    assert "canary" not in str(stop.value)
    assert stop.value.__suppress_context__

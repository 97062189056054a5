"""A ledger of an earlier release opens as one of this, with everything that it knew."""

from __future__ import annotations

import sqlite3
import threading
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy import inspect, select

from target_linkedin_conversions.errors import LedgerError
from target_linkedin_conversions.ledger import Ledger, Status, tables

if TYPE_CHECKING:
    from pathlib import Path

VERSION_1 = """
CREATE TABLE meta (name VARCHAR NOT NULL PRIMARY KEY, value {bytes} NOT NULL);
CREATE TABLE quota_days (quota_key VARCHAR NOT NULL, day INTEGER NOT NULL, used INTEGER NOT NULL,
    PRIMARY KEY (quota_key, day));
CREATE TABLE attempts (id {id} PRIMARY KEY, quota_key VARCHAR NOT NULL, at BIGINT NOT NULL);
CREATE INDEX attempts_by_time ON attempts (quota_key, at);
CREATE TABLE workers (id {id} PRIMARY KEY, run VARCHAR NOT NULL, leased_until BIGINT NOT NULL);
CREATE TABLE batches (id {id} PRIMARY KEY, worker BIGINT NOT NULL, rule VARCHAR NOT NULL, events INTEGER NOT NULL,
    status INTEGER NOT NULL, created BIGINT NOT NULL);
CREATE TABLE deliveries (digest {bytes} NOT NULL PRIMARY KEY, batch BIGINT NOT NULL, content BIGINT NOT NULL);
INSERT INTO meta VALUES ('version', {one}), ('key', {key}), ('created', {one});
INSERT INTO workers (run, leased_until) VALUES ('run-1', 1);
INSERT INTO batches (worker, rule, events, status, created) VALUES (1, '101', 1, 3, 1000), (1, '101', 1, 1, 1000);
INSERT INTO deliveries VALUES ({first}, 1, 7), ({second}, 2, 7);
"""
"""The tables as the first release made them, with one event delivered and one in doubt."""

FIRST, SECOND = b"a" * 16, b"b" * 16


def of_version_1(url: str | None, folder: Path) -> None:
    def written(value: bytes) -> str:
        return f"'\\x{value.hex()}'::bytea" if url else f"x'{value.hex()}'"

    types = {"bytes": "BYTEA", "id": "BIGSERIAL"} if url else {"bytes": "BLOB", "id": "INTEGER"}
    values = {"one": b"1", "key": b"k" * 32, "first": FIRST, "second": SECOND}
    script = VERSION_1.format(**types, **{name: written(value) for name, value in values.items()})
    if url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(script.encode())
        return
    folder.mkdir(exist_ok=True)
    with sqlite3.connect(folder / "ledger.sqlite") as file:
        file.executescript(script)
    file.close()


def test_a_ledger_of_version_1_is_upgraded_and_knows_what_it_knew(workers: Any) -> None:
    of_version_1(workers.url, workers.folder)
    ledger = workers()
    assert ledger.database.key == b"k" * 32
    claim = ledger.claims.claim("101", [FIRST, SECOND, b"c" * 16], [7, 7, 7], resend=True)
    assert (claim.delivered, claim.again, claim.fresh) == ([0], [1], [2])
    ledger.batches.mark(claim.batch_again, Status.DELIVERED)
    with ledger.database.transaction() as connection:
        version = connection.scalar(select(tables.meta.c.value).where(tables.meta.c.name == "version"))
    assert version == str(tables.SCHEMA_VERSION).encode()
    assert workers().database.key == b"k" * 32


def test_an_upgraded_ledger_has_the_columns_of_a_new_one(workers: Any, tmp_path: Path) -> None:
    of_version_1(workers.url, workers.folder)
    new = Ledger(None, tmp_path / "new", run="r", quota_key="q", per_minute=1, per_day=1)
    new.open()
    found = []
    for ledger in (workers(), new):
        with ledger.database.transaction() as connection:
            inspector = inspect(connection)
            found.append({name: {c["name"] for c in inspector.get_columns(name)} for name in tables.metadata.tables})
    new.close()
    assert found[0] == found[1]


def test_many_workers_that_start_at_once_upgrade_it_once(workers: Any) -> None:
    of_version_1(workers.url, workers.folder)
    ready = threading.Barrier(4)
    failures: list[BaseException] = []

    def start() -> None:
        ready.wait()
        try:
            workers()
        except BaseException as error:  # noqa: BLE001 - asserted below
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_ledger_of_a_newer_release_is_left_alone(workers: Any) -> None:
    ledger = workers()
    newer = str(tables.SCHEMA_VERSION + 1).encode()
    with ledger.database.transaction() as connection:
        connection.execute(tables.meta.update().where(tables.meta.c.name == "version").values(value=newer))
    with pytest.raises(LedgerError, match="newer release"):
        workers()

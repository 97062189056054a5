"""The ledger behind a PgBouncer that lends each transaction another connection to the server."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from target_linkedin_conversions.ledger import Ledger, Patience, Reserved, Status
from tests.postgresql import postgresql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.postgresql import PostgreSQL

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="there is no pgbouncer here")

SETTINGS = """
[databases]
* = host={sockets} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
server_login_retry = 1
server_check_delay = 0
logfile = {folder}/log
"""


@pytest.fixture(scope="module")
def server() -> Iterator[PostgreSQL]:
    with postgresql() as found:
        yield found


@pytest.fixture(scope="module")
def bouncer(server: PostgreSQL) -> Iterator[int]:
    """The port of a PgBouncer before the server; as root it runs as the same user as that."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="bouncer-") as name:
        folder = Path(name)
        folder.chmod(0o777)
        settings = folder / "pgbouncer.ini"
        settings.write_text(SETTINGS.format(sockets=server.sockets, port=port, folder=folder))
        settings.chmod(0o644)
        user = ["-u", server.user] if server.user else []
        process = subprocess.Popen([str(PROGRAM), "-q", *user, str(settings)], stderr=subprocess.DEVNULL)
        try:
            _wait_for(port)
            yield port
        finally:
            process.terminate()
            process.wait()


def _wait_for(port: int) -> None:
    for _ in range(500):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)


@pytest.fixture
def url(server: PostgreSQL, bouncer: int, request: pytest.FixtureRequest) -> str:
    name = f"t{abs(hash(request.node.nodeid))}"
    server.database(name)
    return f"postgresql://postgres@127.0.0.1:{bouncer}/{name}"


def opened(url: str, folder: Path) -> Ledger:
    patience = Patience(30.0)
    ledger = Ledger(url, folder, run="r", quota_key="q", per_minute=10**6, per_day=10**6, patience=patience)
    ledger.open()
    return ledger


def digests(ledger: Ledger, numbers: range) -> list[bytes]:
    return ledger.digests("https://api.linkedin.com", "101", [(str(one), None) for one in numbers])


def test_it_is_one_that_keeps_nothing_between_transactions(url: str) -> None:
    """What a session would hold is gone after a transaction: the tests below try what they mean to."""
    with psycopg.connect(url, prepare_threshold=None, autocommit=True) as first:
        with psycopg.connect(url, prepare_threshold=None) as second:
            second.execute("SELECT 1")
            servers = {first.execute("SELECT pg_backend_pid()").fetchone() for _ in range(5)}
        assert servers


def test_workers_claim_mark_and_count_as_they_do_without_it(url: str, tmp_path: Path) -> None:
    ledgers = [opened(url, tmp_path) for _ in range(4)]
    taken: list[list[int]] = [[] for _ in ledgers]
    failures: list[BaseException] = []

    def work(number: int) -> None:
        ledger = ledgers[number]
        try:
            for start in range(0, 600, 50):
                span = range(start, start + 50)
                assert isinstance(ledger.quota.reserve(), Reserved)
                claim = ledger.claims.claim("101", digests(ledger, span), [0] * 50, resend=False)
                if claim.fresh:
                    taken[number] += [start + i for i in claim.fresh]
                    ledger.batches.mark(claim.batch, Status.DELIVERED)
        except BaseException as error:  # noqa: BLE001 - told below
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(ledgers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(one for part in taken for one in part) == list(range(600))
    assert ledgers[0].quota.used_today() == 4 * 12
    everything = digests(ledgers[0], range(600))
    assert len(ledgers[0].claims.peek(everything, [0] * 600).delivered) == 600
    for ledger in ledgers:
        ledger.close()


def test_a_server_that_restarts_behind_it_is_waited_for(url: str, server: PostgreSQL, tmp_path: Path) -> None:
    ledger = opened(url, tmp_path)
    for round_ in range(4):
        if round_ in {1, 2}:
            server.restart(how="immediate" if round_ == 1 else "fast")
        span = digests(ledger, range(round_ * 10, round_ * 10 + 10))
        claim = ledger.claims.claim("101", span, [0] * 10, resend=False)
        assert claim.fresh == list(range(10))
        ledger.batches.mark(claim.batch, Status.DELIVERED)
    ledger.close()


def test_pruning_and_a_read_of_one_moment_work_through_it(url: str, tmp_path: Path) -> None:
    ledger: Any = opened(url, tmp_path)
    assert ledger.pruning.step() is False
    with ledger.database.snapshot() as connection:
        assert ledger.database.now(connection) > 0
    ledger.close()

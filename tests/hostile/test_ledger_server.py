"""A PostgreSQL that goes away in mid-run: what comes back in time costs nothing, what does not ends with exit 5."""

from __future__ import annotations

import socketserver
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from target_linkedin_conversions.delivery.clock import Clock
from target_linkedin_conversions.errors import LaterError, UnreachableError, exit_code_of
from target_linkedin_conversions.ledger import Ledger, Patience, Reserved
from target_linkedin_conversions.sandbox import Sandbox
from tests.delivery.world import deliver, event, settings_for
from tests.postgresql import postgresql

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.postgresql import PostgreSQL


SSL_REQUEST = (80877103).to_bytes(4, "big")
"""By which a client asks whether the server speaks TLS."""


class Server:
    """A database of a PostgreSQL that can be stopped and started again."""

    def __init__(self, postgresql: PostgreSQL, url: str) -> None:
        self.url = url
        self._postgresql = postgresql

    def restart(self, seconds: float = 0.0, *, how: str = "fast") -> None:
        self._postgresql.restart(seconds, how=how)

    def stop(self) -> None:
        self._postgresql.stop()

    def start(self) -> None:
        self._postgresql.start()

    def cut(self) -> None:
        """Cut every connection, as a restart does, without one."""
        name = self.url.partition("?")[0].rpartition("/")[2]
        with psycopg.connect(self._postgresql.uri, autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))


@pytest.fixture(scope="module")
def restartable() -> Iterator[PostgreSQL]:
    with postgresql() as found:
        yield found


@pytest.fixture
def server(restartable: PostgreSQL, request: pytest.FixtureRequest) -> Server:
    return Server(restartable, restartable.database(f"t{abs(hash(request.node.nodeid))}"))


@pytest.fixture
def linkedin() -> Iterator[Sandbox]:
    with Sandbox(requests_per_minute=10**6) as found:
        yield found


def fresh(*identities: int) -> list[Any]:
    now = int(time.time() * 1000)
    return [event(str(one), at=now - 1000) for one in identities]


def until(linkedin: Sandbox, taken: int) -> None:
    """Wait until LinkedIn has taken so many events."""
    for _ in range(2000):
        if len(linkedin.received) >= taken:
            return
        time.sleep(0.01)


def test_a_database_that_restarts_in_mid_run_costs_no_event_and_sends_none_twice(
    server: Server, linkedin: Sandbox, tmp_path: Path
) -> None:
    linkedin.faults("delay", delay=0.05, times=100)
    settings = settings_for(
        tmp_path, linkedin, ledger_url=server.url, batch_size_rows=5, max_concurrent_requests=2, retry_for_seconds=30
    )

    def restart_twice() -> None:
        for taken, how in ((20, "fast"), (100, "immediate")):
            until(linkedin, taken)
            server.restart(0.3, how=how)

    restarts = threading.Thread(target=restart_twice)
    restarts.start()
    receipt = deliver(fresh(*range(200)), settings, clock=Clock())
    restarts.join()
    assert receipt.stopped_by is None
    assert sum(receipt.counts.values()) == 200
    assert set(receipt.counts) == {"delivered"}
    assert sorted(int(one["eventId"]) for one in linkedin.received) == list(range(200))


ROLLS_BACK = """
CREATE SEQUENCE writes;
CREATE FUNCTION roll_back() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF {when} THEN RAISE EXCEPTION 'so that others may go on' USING ERRCODE = '{code}'; END IF;
  RETURN NULL;
END $$;
"""
WRITTEN = ("attempts", "batches", "deliveries", "quota_days", "workers")


def rolls_back(server: Server, *, when: str, code: str) -> None:
    """Let a made ledger's server roll back transactions, as it does where they lock each other out."""
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(ROLLS_BACK.format(when=when, code=code).encode())
        for table in WRITTEN:
            made = f"CREATE TRIGGER t AFTER INSERT OR UPDATE OR DELETE ON {table} EXECUTE FUNCTION roll_back()"
            connection.execute(made.encode())


@pytest.mark.parametrize("code", ["40P01", "40001"])
def test_transactions_that_are_rolled_back_for_others_are_tried_again(
    server: Server, linkedin: Sandbox, tmp_path: Path, code: str
) -> None:
    settings = settings_for(tmp_path, linkedin, ledger_url=server.url, batch_size_rows=5, max_concurrent_requests=2)
    deliver(fresh(1000), settings, clock=Clock())
    rolls_back(server, when="nextval('writes') % 9 = 0", code=code)
    receipt = deliver(fresh(*range(60)), settings, clock=Clock())
    assert receipt.stopped_by is None
    assert receipt.counts == {"delivered": 60}
    assert sorted(int(one["eventId"]) for one in linkedin.received) == [*range(60), 1000]


def test_a_transaction_that_is_always_rolled_back_is_told(server: Server, linkedin: Sandbox, tmp_path: Path) -> None:
    settings = settings_for(tmp_path, linkedin, ledger_url=server.url)
    deliver(fresh(1), settings, clock=Clock())
    rolls_back(server, when="TG_TABLE_NAME = 'deliveries'", code="40P01")
    receipt = deliver(fresh(2), settings, clock=Clock())
    assert "so that others may go on" in str(receipt.stopped_by)
    assert receipt.counts == {"unsent": 1}


def test_a_database_that_stays_away_ends_the_run_with_exit_5(server: Server, linkedin: Sandbox, tmp_path: Path) -> None:
    linkedin.faults("delay", delay=0.1, times=100)
    settings = settings_for(
        tmp_path, linkedin, ledger_url=server.url, batch_size_rows=5, max_concurrent_requests=1, retry_for_seconds=0.5
    )

    def go() -> None:
        until(linkedin, 10)
        server.stop()

    gone = threading.Thread(target=go)
    gone.start()
    receipt = deliver(fresh(*range(100)), settings, clock=Clock())
    gone.join()
    server.start()
    assert isinstance(receipt.stopped_by, UnreachableError)
    assert exit_code_of(receipt.stopped_by) == 5
    assert "has not come back" in str(receipt.stopped_by)
    assert receipt.counts["unsent"] > 0


NOT_READY = ("starting up", "shutting down", "in recovery mode", "not yet accepting connections")


@contextmanager
def refusing(message: str) -> Iterator[str]:
    """The URL of a PostgreSQL that refuses each connection with this message."""
    fields = f"SFATAL\0VFATAL\0C57P03\0M{message}\0\0".encode()

    class Refusal(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            while asked := self.request.recv(4096):
                if not asked.endswith(SSL_REQUEST):
                    self.request.sendall(b"E" + (len(fields) + 4).to_bytes(4, "big") + fields)
                    return
                self.request.sendall(b"N")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Refusal) as found:
        threading.Thread(target=found.serve_forever, daemon=True).start()
        yield f"postgresql://somebody:password@127.0.0.1:{found.server_address[1]}/ledger"
        found.shutdown()


@pytest.mark.parametrize(
    ("message", "exit_code"),
    [
        *((f"the database system is {doing}", 5) for doing in NOT_READY),
        ("the database system is not accepting connections", 2),
        ('database "ledger" does not exist', 2),
    ],
)
def test_a_run_that_begins_while_its_database_starts_or_stops_is_one_for_later(
    linkedin: Sandbox, tmp_path: Path, message: str, exit_code: int
) -> None:
    with refusing(message) as url:
        receipt = deliver(fresh(1), settings_for(tmp_path, linkedin, ledger_url=url), clock=Clock())
    assert receipt.stopped_by is not None
    assert exit_code_of(receipt.stopped_by) == exit_code
    assert isinstance(receipt.stopped_by, LaterError) is (exit_code == 5)
    assert message in str(receipt.stopped_by)
    assert "password" not in str(receipt.stopped_by)
    assert ("the next run goes on" in str(receipt.stopped_by)) is (exit_code == 5)
    assert not linkedin.received


def test_each_step_of_a_batch_goes_on_after_its_connection_was_cut(server: Server, tmp_path: Path) -> None:
    ledger = Ledger(server.url, tmp_path, run="r", quota_key="q", per_minute=100, per_day=100, patience=Patience(20.0))
    ledger.open()
    digests = ledger.digests("https://api.linkedin.com", "101", [(str(one), None) for one in range(4)])
    server.cut()
    claim = ledger.claims.claim("101", digests, [0] * 4, resend=False)
    assert claim.fresh == [0, 1, 2, 3]
    server.cut()
    assert isinstance(ledger.quota.reserve(), Reserved)
    server.cut()
    halves = ledger.batches.divide(claim.batch, "101", [(digests[:2], 1), (digests[2:], 1)])  # type: ignore[list-item]
    server.cut()
    ledger.lease.heartbeat()
    for half in halves:
        server.cut()
        ledger.batches.mark(half, 3)  # type: ignore[arg-type]
    server.cut()
    assert ledger.claims.peek(digests, [0] * 4).delivered == [0, 1, 2, 3]
    ledger.close()


def test_a_run_that_is_stopped_does_not_wait_for_its_database(server: Server, tmp_path: Path) -> None:
    clock = Clock()
    ledger = Ledger(
        server.url, tmp_path, run="r", quota_key="q", per_minute=9, per_day=9, patience=Patience(600.0, clock.wait)
    )
    ledger.open()
    clock.stop()
    server.stop()
    with pytest.raises(UnreachableError):
        ledger.quota.reserve()
    server.start()
    ledger.close()

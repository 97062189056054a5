"""`tap | target` again and again in one folder: each life goes on from the last STATE that was written."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Self

from target_linkedin_conversions.ledger import Ledger, Status
from tests.chaos.forking import start
from tests.chaos.rows import ENTRIES, HOUR_MS, Bookmarks, Event, Sent, bookmarks_of, event_of, sent_of
from tests.singer.pipe import MODULE, environment

if TYPE_CHECKING:
    import signal
    from collections.abc import Iterable, Sequence

    from tests.chaos.witness import Witness

WORKER = [sys.executable, str(Path(__file__).with_name("worker.py"))]
PLENTY = 1_000_000_000
PATIENCE = 240.0
"""Seconds after which a life that does not end has broken a law by itself."""


@dataclass(frozen=True)
class StateSeen:
    """A STATE line, and how many batches had been taken when it was read."""

    bookmarks: Bookmarks
    batches: int
    at: float


class StuckError(Exception):
    """A process did not come to its end: that breaks every law."""


def last_lines(folder: Path) -> str:
    """The end of the log of the lives in a folder."""
    return " | ".join((folder / "log").read_text(errors="replace").splitlines()[-8:])


class Life:
    """One process of the target, the tap that feeds it, and the STATE lines as they come."""

    def __init__(self, command: Sequence[str], folder: Path, witness: Witness) -> None:
        """Start the process; its log goes to a file."""
        self._witness = witness
        self._log = (folder / "log").open("ab")
        self.started = time.monotonic()
        self.process = start(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            cwd=folder,
            env=environment(),
        )
        self.states: list[StateSeen] = []
        self._threads = [Thread(target=self._listen, daemon=True)]
        self._threads[0].start()

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing of it is left, however it went."""
        if self.process.poll() is None:
            self.process.kill()
        self.end()

    def feed(self, pieces: Iterable[bytes], *, close: bool = True) -> None:
        """Write a tap's lines to stdin, from a thread; then close it, unless the tap is only silent."""
        thread = Thread(target=self._feed, args=(pieces, close), daemon=True)
        self._threads.append(thread)
        thread.start()

    def _feed(self, pieces: Iterable[bytes], close: bool) -> None:  # noqa: FBT001 - a thread's argument
        stdin = self.process.stdin
        assert stdin is not None
        with contextlib.suppress(BrokenPipeError):
            for piece in pieces:
                stdin.write(piece)
            stdin.flush()
        if close:
            with contextlib.suppress(BrokenPipeError):
                stdin.close()

    def _listen(self) -> None:
        stdout = self.process.stdout
        assert stdout is not None
        for line in stdout:
            if line.endswith(b"\n"):
                self.states.append(StateSeen(bookmarks_of(line), self._witness.batches, time.monotonic()))

    def wait_for_batches(self, more: int, seconds: float) -> None:
        """Until LinkedIn has taken so many more, the process has ended, or the time is over."""
        reached, until = self._witness.batches + more, time.monotonic() + seconds
        while self._witness.batches < reached and self.process.poll() is None and time.monotonic() < until:
            time.sleep(0.002)

    def wait_for_row(self, row: int, seconds: float) -> None:
        """Until a STATE came that covers so many rows of each stream, or the time is over."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.states and min(self.states[-1].bookmarks.values()) >= row:
                return
            time.sleep(0.005)

    def wait_until_stopped(self, seconds: float) -> bool:
        """Until the process has stopped itself; false if it ended, or the time is over."""
        until = time.monotonic() + seconds
        flags = os.WSTOPPED | os.WEXITED | os.WNOWAIT | os.WNOHANG
        while time.monotonic() < until:
            found = os.waitid(os.P_PID, self.process.pid, flags)
            if found is not None:
                return found.si_code == os.CLD_STOPPED
            time.sleep(0.005)
        return False

    def send(self, number: signal.Signals) -> None:
        """Send a signal, if there is still a process."""
        self.process.send_signal(number)

    def end(self, seconds: float = PATIENCE) -> int:
        """Wait for the end; the exit code, and every line that was written by then."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise StuckError(f"it did not end within {seconds:g} s; its log ends: {self._last_lines()}") from None
        finally:
            self._close()
        return code

    def _last_lines(self) -> str:
        return last_lines(Path(self._log.name).parent)

    def _close(self) -> None:
        for thread in self._threads:
            thread.join(10)
        for stream in (self.process.stdin, self.process.stdout, self._log):
            with contextlib.suppress(BrokenPipeError):
                if stream is not None:
                    stream.close()


class Pipeline:
    """One folder with a config and a ledger; what its lives left behind."""

    def __init__(self, folder: Path, witness: Witness, **settings: Any) -> None:
        """Write the config; nothing runs."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.witness = witness
        self.state_dir = folder / "delivery"
        self.bookmarks: Bookmarks = {}
        self.states: list[StateSeen] = []
        self.codes: Counter[int] = Counter()
        url = witness.linkedin.url
        config = {
            "api_url": url,
            "oauth_url": url,
            "access_token": "sandbox-token",
            "consent": {"not_required": "a test"},
            "state_dir": str(self.state_dir),
            "streams": ENTRIES,
            "batch_size_rows": 100,
            "requests_per_minute": PLENTY,
            "requests_per_day": PLENTY,
            "state_interval_seconds": 0.05,
            "preflight": False,
            **settings,
        }
        self._config = folder / "config.json"
        self._config.write_text(json.dumps(config))

    def life(self, *options: str, unmodified: bool = False) -> Life:
        """Start the target: the program as it is, or with a worker's options."""
        program = MODULE if unmodified else [*WORKER, *options, "--"]
        return Life([*program, "--config", str(self._config)], self.folder, self.witness)

    def over(self, life: Life, seconds: float = PATIENCE) -> int:
        """Wait until a life is over, and go on from its last STATE."""
        code = life.end(seconds)
        self.codes[code] += 1
        self.states += life.states
        if life.states:
            self.bookmarks = life.states[-1].bookmarks
        return code

    def run(self, pieces: Iterable[bytes], *options: str, unmodified: bool = False) -> int:
        """A life to its own end."""
        with self.life(*options, unmodified=unmodified) as life:
            life.feed(pieces)
            return self.over(life)

    # What is on disk

    @property
    def seen(self) -> list[tuple[Bookmarks, int]]:
        """Each STATE, and how many batches had been taken when it came."""
        return [(state.bookmarks, state.batches) for state in self.states]

    def reports(self) -> list[dict[str, Any]]:
        """The report of each run that came to its end, in order."""
        paths = sorted((self.state_dir / "runs").glob("2*.json"), key=lambda path: path.stat().st_mtime_ns)
        return [json.loads(path.read_bytes()) for path in paths]

    def resent(self) -> int:
        """Events that the reports count as sent again after no answer came."""
        reports = self.reports()
        own: int = sum(line["events"] for one in reports for line in one["lines"] if line["code"] == "resent")
        return own + sum(int(found["resent"]) for one in reports for found in one["earlier"])

    def named_in_doubt(self) -> dict[Event, Sent]:
        """The events that the outbox holds as in doubt."""
        lines = [
            line for path in (self.state_dir / "outbox").glob("*.jsonl") for line in path.read_bytes().splitlines()
        ]
        kept = (json.loads(line) for line in lines if line.endswith(b"}"))
        return {event_of(one["event"]): sent_of(one["event"]) for one in kept if one["outcome"] == "in_doubt"}

    def digests_in_doubt(self) -> frozenset[bytes]:
        """What the ledger knows as sent and not answered, or about to be sent."""
        path = self.state_dir / "ledger.sqlite"
        if not path.exists():
            return frozenset()
        with contextlib.closing(sqlite3.connect(path)) as connection, contextlib.suppress(sqlite3.OperationalError):
            rows = connection.execute(
                "SELECT digest FROM deliveries JOIN batches ON deliveries.batch = batches.id WHERE status IN (?, ?)",
                (Status.LEAVING, Status.IN_DOUBT),
            )
            return frozenset(row[0] for row in rows)
        return frozenset()

    def wait_for_leases(self) -> None:
        """Until no dead worker is believed alive any more."""
        with contextlib.closing(sqlite3.connect(self.state_dir / "ledger.sqlite")) as connection:
            (until,) = connection.execute("SELECT max(leased_until) FROM workers").fetchone()
        time.sleep(max(0.0, int(until) / 1000 - time.time() + 0.01))

    def ledger_rows(self) -> int:
        """Identities in the ledger; -1 where there is none."""
        path = self.state_dir / "ledger.sqlite"
        if not path.exists():
            return -1
        with contextlib.closing(sqlite3.connect(path)) as connection:
            return int(connection.execute("SELECT count(*) FROM deliveries").fetchone()[0])

    def digester(self) -> Digester:
        """Knows events by the ledger's digests."""
        with contextlib.closing(sqlite3.connect(self.state_dir / "ledger.sqlite")) as connection:
            (key,) = connection.execute("SELECT value FROM meta WHERE name = 'key'").fetchone()
        return Digester(self.folder, key, self.witness.linkedin.url)


class Digester:
    """The ledger's own digests of events, under its key."""

    def __init__(self, folder: Path, key: bytes, origin: str) -> None:
        """The ledger is described, never opened."""
        self._ledger = Ledger(None, folder, run="", quota_key="", per_minute=1, per_day=1)
        self._ledger.database.key = key
        self._origin = origin

    def __call__(self, event: Event, sent: Sent) -> bytes:
        """An event's digest; its hour leads where the time is part of its identity."""
        (rule, ref), (identity, at) = event, sent
        hour = at // HOUR_MS if ref.startswith("leads-") else None
        (digest,) = self._ledger.digests(self._origin, rule, [(identity, hour)])
        return digest

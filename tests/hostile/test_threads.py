"""A thread that dies ends the run, whatever it died of; what memory is left is enough to say so."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import threading
import time
import tracemalloc
from collections import deque
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.delivery.clock import Clock
from target_linkedin_conversions.delivery.courier import Courier
from target_linkedin_conversions.errors import TargetError
from target_linkedin_conversions.ledger.group_commit import GroupCommit
from target_linkedin_conversions.memory_reserve import MemoryReserve
from target_linkedin_conversions.sandbox import Sandbox
from target_linkedin_conversions.singer.state_writer import StateWriter
from tests.chaos.memory import STARVED, starved
from tests.reserve import Reserve
from tests.singer.pipe import Pipe, environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

END_SECONDS = 30


@pytest.fixture(scope="module")
def linkedin() -> Iterator[Sandbox]:
    with Sandbox(lint="off") as sandbox:
        yield sandbox


class Nothing:
    """A sender, and what it asks, of which only one part is used."""

    stopped_rules: tuple[str, ...] = ()

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def is_stopped(self, _rule: str) -> bool:
        return False

    def clear(self, *_: Any, **__: Any) -> Any:
        raise self._error


class Item:
    rule = "101"


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("x"), KeyboardInterrupt(), SystemExit(3)])
def test_what_a_sender_dies_of_is_raised_where_batches_are_handed_over(
    error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_memory(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("target_linkedin_conversions.delivery.courier.logger.error", no_memory)
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    nothing: Any = Nothing(error)
    courier = Courier(nothing, nothing, Clock(), senders=1)
    courier.start()
    item: Any = Item()
    courier.carry(item)
    with pytest.raises(type(error)):
        courier.finish()
    courier.close(1)


def test_a_sender_without_memory_gives_back_what_was_put_aside_for_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    reserve = Reserve()
    monkeypatch.setattr("target_linkedin_conversions.delivery.courier.RESERVE", reserve)
    nothing: Any = Nothing(MemoryError())
    courier = Courier(nothing, nothing, Clock(), senders=1)
    courier.fail(MemoryError())
    assert reserve.released


def test_a_question_to_the_ledger_without_memory_gives_it_back_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory(_questions: list[int]) -> list[int]:
        assert not reserve.released
        raise MemoryError

    reserve = Reserve()
    monkeypatch.setattr("target_linkedin_conversions.ledger.group_commit.RESERVE", reserve)
    commits: GroupCommit[int, int] = GroupCommit(no_memory, 4)
    with pytest.raises(MemoryError):
        commits.ask(1)
    assert reserve.released


def test_what_is_put_aside_is_held_once_and_given_back_once() -> None:
    reserve = MemoryReserve()
    tracemalloc.start()
    try:
        sizes = []
        for act in (reserve.release, reserve.hold, reserve.hold, reserve.release, reserve.release):
            act()
            sizes.append(tracemalloc.get_traced_memory()[0] > 1 << 20)
    finally:
        tracemalloc.stop()
    assert sizes == [False, True, True, False, False]


def test_a_thread_that_is_gone_without_a_word_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing: Any = Nothing(MemoryError())
    courier = Courier(nothing, nothing, Clock(), senders=2)

    def vanish(_courier: Courier) -> None:
        """As one that had no memory left to be caught."""

    monkeypatch.setattr(Courier, "_send_all", vanish)
    courier.start()
    item: Any = Item()
    until = time.monotonic() + END_SECONDS

    def hand_over() -> None:
        while time.monotonic() < until:
            courier.carry(item)

    with pytest.raises(TargetError, match="ended by itself") as stop:
        hand_over()
    assert stop.value.exit_code == 1
    courier.close(1)


class Forgetful(deque[Any]):
    def append(self, _question: object) -> None:
        """Keep nothing."""


def test_a_question_that_was_lost_is_an_error_and_no_endless_loop() -> None:
    commits: GroupCommit[int, int] = GroupCommit(list, 4)
    commits._asked = Forgetful()  # noqa: SLF001 - as if another thread had taken it away and died
    with pytest.raises(TargetError, match="was lost"):
        commits.ask(1)


def test_a_state_writer_that_dies_is_a_failure_that_the_run_sees(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory(_state: bytes) -> None:
        raise MemoryError

    monkeypatch.setattr("target_linkedin_conversions.singer.state_writer._write", no_memory)
    writer = StateWriter(0)
    writer.offer(b"{}")
    writer.close(END_SECONDS)
    assert isinstance(writer.failure, MemoryError)


@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_AS counts on Linux only")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("place", STARVED)
def test_a_run_without_memory_ends_with_exit_1_and_its_last_line(place: str, tmp_path: Path, linkedin: Sandbox) -> None:
    found = starved(Pipe(tmp_path, linkedin), place)
    assert found.code == 1, found.stderr
    assert re.match(r"outcome=fault exit=1", found.stderr.splitlines()[-1]), found.stderr
    assert found.seconds < END_SECONDS


STUCK = """
import os, signal, sqlite3, sys, threading, time
from target_linkedin_conversions.run.process.signals import listen_for_signals
class Run: terminated = None
listen_for_signals(Run())
ours = sqlite3.connect(sys.argv[1], isolation_level=None)
ours.execute("CREATE TABLE x (y)"); ours.execute("BEGIN IMMEDIATE")
print("ready", flush=True)
theirs = sqlite3.connect(sys.argv[1], timeout=120, isolation_level=None)
theirs.execute("BEGIN IMMEDIATE")
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_a_process_whose_main_thread_is_kept_by_a_database(
    tmp_path: Path, number: signal.Signals
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", STUCK, str(tmp_path / "x.db")], stdout=subprocess.PIPE, env=environment()
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(0.5)
        process.send_signal(number)
        time.sleep(0.5)
        assert process.poll() is None
        process.send_signal(number)
        assert process.wait(END_SECONDS) == 128 + number


# The sandbox's door


def hostile_request(linkedin: Sandbox, host: str, megabytes: int) -> tuple[int, bytes]:
    """How many megabytes it took of so many, and the head of its answer."""
    with closing(socket.create_connection(("127.0.0.1", linkedin.port), timeout=30)) as connection:
        head = f"POST /rest/conversionEvents HTTP/1.1\r\nHost: {host}\r\nContent-Length: {megabytes << 20}\r\n\r\n"
        connection.sendall(head.encode())
        sent = 0
        with suppress(OSError):
            while sent < megabytes:
                connection.sendall(b"x" * (1 << 20))
                sent += 1
        try:
            return sent, connection.recv(1 << 16)
        except OSError:
            return sent, b""


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.1"])
def test_the_sandbox_reads_no_body_of_a_stranger_and_no_more_than_16_mb_of_a_friend(
    host: str, linkedin: Sandbox
) -> None:
    linkedin.reset()
    sent, answer = hostile_request(linkedin, host, 200)
    assert sent < 60  # what the sockets hold
    assert not answer or answer.startswith((b"HTTP/1.1 421", b"HTTP/1.1 413"))
    assert linkedin.received == []

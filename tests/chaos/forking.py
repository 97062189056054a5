"""The lives of a law as forks of a process that has imported the program already: most of what a short one computed was that.

A life has a process, files and signals of its own as ever, is a child of whoever started it, and ends as an interpreter ends.
Only what it imports is imported once for all of them; no law is about a moment before that. `make chaos` starts each life anew.
"""

from __future__ import annotations

import ctypes
import json
import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any

from tests.singer.pipe import ROOT, environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PR_SET_CHILD_SUBREAPER = 36
_LONGEST = 1 << 16
_STANDARD = (0, 1, 2)
_OF_EACH_TEST = "PYTEST_CURRENT_TEST"
_IMPORTED_BY_A_RUN = "import sqlalchemy.dialects.sqlite, target_linkedin_conversions.singer.execution"
_SERVER = f"""
{_IMPORTED_BY_A_RUN}
from target_linkedin_conversions.starting import target
from tests.chaos.forking import serve
from tests.chaos.worker import begin
(target if serve({{}}) else begin)()
"""

_servers: list[ForkServer] = []


class ForkServer:
    """A process that has imported what a worker imports, and forks where it is asked to."""

    def __init__(self) -> None:
        """Start it; it is ready some while after."""
        self._asking, asked = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._lock = Lock()
        self.environment = _without_the_test(environment())
        with asked:
            # Pipes, as a life has, so that no file of the interpreter believes it could seek.
            self._process = subprocess.Popen(
                [sys.executable, "-c", _SERVER.format(asked.fileno())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                pass_fds=[asked.fileno()],
                cwd=ROOT,
                env=environment(),
            )

    def fork(self, arguments: Sequence[str], folder: str, files: Sequence[int]) -> int:
        """The pid of a life, a child of this process, with these arguments of Python and stdin, stdout and stderr."""
        asked = json.dumps([[*arguments], folder]).encode()
        with self._lock, _adopting():
            socket.send_fds(self._asking, [asked], files)
            return int(self._asking.recv(_LONGEST))

    def close(self) -> None:
        """End the server; the lives stay."""
        self._asking.close()
        self._process.communicate()


class Forked(subprocess.Popen[bytes]):
    """A process by a fork; where its environment is not the server's, one that imports for itself."""

    def __init__(self, server: ForkServer, command: Sequence[str], **options: Any) -> None:
        """Start it, with the options of `Popen` that a life needs."""
        self._server = server
        super().__init__(command, **options)

    def _execute_child(self, *given: Any) -> None:
        command, folder, own = given[0], given[5], given[6]
        if _without_the_test(own) != self._server.environment:
            super()._execute_child(*given)  # type: ignore[misc]
            return
        stdin, _, _, stdout, _, stderr = given[10:16]
        self.pid = self._server.fork(command[1:], os.fspath(folder), [stdin, stdout, stderr])
        self._child_created = True
        self._close_pipe_fds(*given[10:16])  # type: ignore[attr-defined]


def start(command: Sequence[str], **options: Any) -> subprocess.Popen[bytes]:
    """Start a life, by a fork where lives are forks."""
    return Forked(_servers[-1], command, **options) if _servers else subprocess.Popen(command, **options)


@contextmanager
def lives_are_forks() -> Iterator[None]:
    """Let `start` fork."""
    _servers.append(ForkServer())
    try:
        yield
    finally:
        _servers.pop().close()


def serve(number: int) -> bool:
    """Fork for each question that comes by this descriptor; returns in each fork whether it is the program as it is."""
    with socket.socket(fileno=number) as asking:
        while True:
            asked, files, *_ = socket.recv_fds(asking, _LONGEST, len(_STANDARD))
            if not asked:
                os._exit(0)
            reading, writing = os.pipe()
            between = os.fork()
            if between:
                os.close(writing)
                os.waitpid(between, 0)  # now the life is the child of whoever asked
                asking.send(os.read(reading, 32))
                for file in (reading, *files):
                    os.close(file)
                continue
            life = os.fork()
            if life:
                os.write(writing, str(life).encode())
                os._exit(0)
            for file in (reading, writing):
                os.close(file)
            return _become(json.loads(asked), files)


def _become(asked: tuple[list[str], str], files: Sequence[int]) -> bool:
    """Be what the arguments name, in its folder and with its own files."""
    arguments, folder = asked
    os.chdir(folder)
    for file, standard in zip(files, _STANDARD, strict=True):
        os.dup2(file, standard)
        os.close(file)
    as_it_is = arguments[0] == "-m"
    sys.argv = arguments[1:] if as_it_is else arguments
    return as_it_is


@contextmanager
def _adopting() -> Iterator[None]:
    """Be the parent of what loses its own meanwhile."""
    system = ctypes.CDLL(None)
    system.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        system.prctl(_PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def _without_the_test(environment: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name != _OF_EACH_TEST}

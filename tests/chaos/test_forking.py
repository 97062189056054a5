"""A life by a fork is what a life by a start is: a child with files, arguments, a folder, signals and an end of its own."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.chaos.forking import lives_are_forks, start
from tests.chaos.pipeline import WORKER
from tests.singer.pipe import MODULE, environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@pytest.fixture(autouse=True, scope="module")
def forks() -> Iterator[None]:
    with lives_are_forks():
        yield


def started(command: Sequence[str], folder: Path, by: Any = start, **more: str) -> subprocess.Popen[bytes]:
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    process: subprocess.Popen[bytes] = by(command, cwd=folder, env=environment(**more), **pipes)
    return process


def is_a_fork(process: subprocess.Popen[bytes]) -> bool:
    """Whether it has the server's command line: that of a process of its own names what was asked for."""
    return b"tests.chaos.forking" in Path(f"/proc/{process.pid}/cmdline").read_bytes()


@pytest.mark.parametrize("program", [MODULE, [*WORKER, "--"]])
def test_it_has_its_own_arguments_files_folder_and_exit_code(program: list[str], tmp_path: Path) -> None:
    (tmp_path / "here.json").write_text("[]")
    for by in (start, subprocess.Popen):
        process = started([*program, "--config", "here.json"], tmp_path, by)
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out) == (2, b"")
        assert b"here.json" in err.splitlines()[0]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_signal_ends_it_alone(number: signal.Signals, tmp_path: Path) -> None:
    for name in ("one", "other"):
        os.mkfifo(tmp_path / name)
    one, other = (started([*MODULE, "--input", name], tmp_path) for name in ("one", "other"))
    with one, other:
        with (tmp_path / "one").open("wb"), (tmp_path / "other").open("wb"):  # returns when the lives open them
            one.send_signal(number)
            assert one.wait(60) == (-number if number == signal.SIGKILL else 128 + number)
            assert other.poll() is None
            other.kill()
        assert other.wait(60) == -signal.SIGKILL


@pytest.mark.parametrize(("more", "forked"), [({}, True), ({"NO_COLOR": "yes"}, False)])
def test_it_is_a_fork_and_a_child_where_its_environment_is_that_of_all(
    more: dict[str, str], *, forked: bool, tmp_path: Path
) -> None:
    with started([*MODULE, "--input", "/dev/stdin"], tmp_path, **more) as process:
        process.send_signal(signal.SIGSTOP)
        found = os.waitid(os.P_PID, process.pid, os.WSTOPPED)
        assert found is not None
        assert found.si_code == os.CLD_STOPPED
        assert is_a_fork(process) == forked
        process.kill()

"""A program before a terminal: what a person sees, and types."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import Self

from tests.numbers import wrongly_many
from tests.singer.pipe import environment

_ROOT = Path(__file__).parents[2]
_PROGRAM = "import sys; from target_linkedin_conversions.cli.main import main; main(sys.argv[1:])"
_PATIENCE = 60.0
_MARKS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def missing_from(transcript: str, page: str) -> list[str]:
    """The lines of the example on a page of the docs that a transcript does not show, in their order; `…` is anything."""
    (example,) = re.findall(r"^```text\n(.*?)^```", (_ROOT / "docs" / page).read_text(), flags=re.MULTILINE | re.DOTALL)
    shown = iter(transcript.splitlines())
    lines = [".*".join(map(re.escape, line.split("…"))) for line in example.splitlines()]
    return [line for line in lines if not any(re.fullmatch(line, one.rstrip()) for one in shown)]


class Terminal:
    """`linkedin-conversions` in a pseudo-terminal of 80 columns, from `with Terminal(...)` to the end of the block."""

    def __init__(self, *arguments: str, folder: Path, **variables: str) -> None:
        self._arguments, self._folder = arguments, folder
        self._variables = {"HOME": str(folder), "COLUMNS": "80", "TERM": "xterm", "NO_COLOR": "1", **variables}
        self.transcript = ""
        self.exit_code: int | None = None

    def __enter__(self) -> Self:
        self._ours, theirs = pty.openpty()
        self._theirs = theirs
        self._program = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, *self._arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=self._folder,
            env=environment(**self._variables),
            start_new_session=True,
            close_fds=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        if self._program.poll() is None:
            self._program.kill()
        self._program.wait()
        os.close(self._ours)
        os.close(self._theirs)

    def until(self, words: str, *, hidden: bool = False) -> Self:
        """Read until these words stand on the screen; `hidden` waits until what is typed is not shown."""
        ends = time.monotonic() + _PATIENCE
        while words not in self.transcript[self._told :] or (hidden and self._echoes()):
            self._read(ends)
        self._told = self.transcript.index(words, self._told) + len(words)
        return self

    _told = 0

    def type(self, line: str) -> Self:
        """Type a line and press return."""
        os.write(self._ours, f"{line}\n".encode())
        return self

    def interrupt(self) -> int:
        """Press Ctrl-C until it is heard, and read to the end; the exit code.

        The terminal of a test is nobody's, so the signal is sent itself. One that comes between a question and the wait for
        its answer, where no person is so quick, is heard with the next one only.
        """
        ends = time.monotonic() + _PATIENCE
        while self._program.poll() is None and time.monotonic() < ends:
            self._program.send_signal(signal.SIGINT)
            for _ in range(20):
                if self._readable(0.05):
                    self._read(ends, must=False)
                if self._program.poll() is not None:
                    break
        return self.end()

    def end(self) -> int:
        """Read to the end; the exit code."""
        ends = time.monotonic() + _PATIENCE
        while self._program.poll() is None or self._readable(0.05):
            self._read(ends, must=False)
        assert wrongly_many(self.transcript) == []
        return int(self._program.returncode)

    def _echoes(self) -> bool:
        return bool(termios.tcgetattr(self._theirs)[3] & termios.ECHO)

    def _readable(self, seconds: float) -> bool:
        return bool(select.select([self._ours], [], [], seconds)[0])

    def _read(self, ends: float, *, must: bool = True) -> None:
        if self._readable(0.05):
            text = os.read(self._ours, 65536).decode(errors="replace")
            self.transcript += _MARKS.sub("", text).replace("\r\n", "\n")
        elif time.monotonic() > ends or (must and self._program.poll() is not None):
            raise AssertionError(f"it never came; the screen says:\n{self.transcript}")

"""The lines of the input, in chunks, from stdin or a file.

Stdin is waited for together with a pipe that a signal handler writes to: Python restarts an
interrupted read, so a handler that only set a flag would wait for a silent tap (measured).
"""

from __future__ import annotations

import fcntl
import os
import select
import sys
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from contextlib import suppress
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any

from target_linkedin_conversions.singer.errors import InvalidLineError
from target_linkedin_conversions.singer.limits import LONGEST_LINE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Lines", "of_file", "without_mark"]

_CHUNK = 1 << 16
_PIPE = 1 << 20
_LINES = 1 << 18
_GATHER_SECONDS = 0.005
"""How long a tap that is slower than the target may gather lines: one that writes each by itself would wake it for each,
20,000 times a second (measured: `tap-postgres | target` took a fifth longer than the tap alone)."""


class Lines:
    """Whole lines as they come; a silent stdin gives an empty chunk now and then."""

    def __init__(self) -> None:
        """Nothing is opened before `open`."""
        self._wake_read = self._wake_write = -1

    def open(self) -> None:
        """Make the pipe that ends a wait."""
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)

    def wake(self) -> None:
        """End a wait for input; safe in a signal handler."""
        if self._wake_write >= 0:
            with suppress(BlockingIOError):
                os.write(self._wake_write, b"!")

    def close(self) -> None:
        """Close the pipe; safe to call twice."""
        for end in (self._wake_read, self._wake_write):
            if end >= 0:
                os.close(end)
        self._wake_read = self._wake_write = -1

    def of_stdin(self, longest_silence: Callable[[], float | None]) -> Iterator[list[bytes]]:
        """Chunks of lines from stdin, and an empty one after `longest_silence()` seconds without any.

        Raises `InvalidLineError` for a line that does not end.
        """
        descriptor = sys.stdin.fileno()
        _widen(descriptor)
        rest: list[bytes] = []
        while True:
            ready, _, _ = select.select([descriptor, self._wake_read], [], [], longest_silence())
            if descriptor not in ready:
                if self._wake_read in ready:
                    os.read(self._wake_read, 1)
                yield []
                continue
            data = os.read(descriptor, _CHUNK)
            if not data:
                break
            head, newline, tail = data.rpartition(b"\n")
            if not newline:
                rest.append(data)
                _check_length(rest)
                continue
            rest += (head, newline)
            yield BytesIO(b"".join(rest)).readlines()  # finds them at a third of the cost of `split` (measured)
            rest = [tail] if tail else []
            if len(data) < _CHUNK // 2:
                select.select([self._wake_read], [], [], _GATHER_SECONDS)
        if rest:
            yield [b"".join(rest)]


def of_file(file_input: IO[Any]) -> Iterator[list[bytes]]:
    """Chunks of lines from a file, or from anything that gives lines."""
    while lines := file_input.readlines(_LINES):
        yield [line.encode("utf-8", "surrogatepass") if isinstance(line, str) else line for line in lines]


def without_mark(line: bytes) -> bytes:
    """The first line of an input without the byte order mark that some editors and tools begin a text with.

    Raises `InvalidLineError` for the mark of another encoding.
    """
    if line.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise InvalidLineError("it is UTF-16, and Singer messages are UTF-8; write the file as UTF-8")
    return line.removeprefix(BOM_UTF8)


def _check_length(parts: list[bytes]) -> None:
    """Refuse a line that does not end."""
    if sum(map(len, parts)) > LONGEST_LINE:
        raise InvalidLineError(f"it has more than {LONGEST_LINE >> 20} MiB")


def _widen(descriptor: int) -> None:
    """Give a pipe room for what comes while nobody reads; only Linux can, and only some files are pipes."""
    with suppress(AttributeError, OSError):
        fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, _PIPE)

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
from typing import IO, TYPE_CHECKING

from target_linkedin_conversions.singer.errors import InvalidLineError
from target_linkedin_conversions.singer.limits import LONGEST_LINE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Lines", "of_file", "without_mark"]

_CHUNK = 1 << 16
_PIPE = 1 << 20
_PIECE = 1 << 18
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
        gathered = _Gathered()
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
            lines = gathered.with_piece(data)
            if not lines:
                continue
            yield lines
            if len(data) < _CHUNK // 2:
                select.select([self._wake_read], [], [], _GATHER_SECONDS)
        if last := gathered.last():
            yield last


def of_file(file_input: IO[bytes] | IO[str]) -> Iterator[list[bytes]]:
    """Chunks of lines from a file of bytes or text; raises `InvalidLineError` for a line that does not end."""
    gathered = _Gathered()
    while piece := file_input.read(_PIECE):
        data = piece.encode("utf-8", "surrogatepass") if isinstance(piece, str) else piece
        if lines := gathered.with_piece(data):
            yield lines
    if last := gathered.last():
        yield last


def without_mark(line: bytes) -> bytes:
    """The first line of an input without the byte order mark that some editors and tools begin a text with.

    Raises `InvalidLineError` for the mark of another encoding.
    """
    if line.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise InvalidLineError("it is UTF-16, and Singer messages are UTF-8; write the file as UTF-8")
    return line.removeprefix(BOM_UTF8)


class _Gathered:
    """Puts whole lines together out of the pieces of an input, as they come."""

    def __init__(self) -> None:
        self._begun: list[bytes] = []
        """The pieces of a line whose end has not come yet."""

    def with_piece(self, data: bytes) -> list[bytes]:
        """The lines that end in a piece; raises `InvalidLineError` where one has become too long."""
        head, newline, tail = data.rpartition(b"\n")
        if not newline:
            self._begun.append(data)
            if sum(map(len, self._begun)) > LONGEST_LINE:
                raise InvalidLineError(f"it has more than {LONGEST_LINE >> 20} MiB")
            return []
        ended = b"".join((*self._begun, head, newline))
        self._begun = [tail] if tail else []
        return BytesIO(ended).readlines()  # a third of the cost of `split` (measured)

    def last(self) -> list[bytes]:
        """The line that the input ends with, where no line break is behind it."""
        return [b"".join(self._begun)] if self._begun else []


def _widen(descriptor: int) -> None:
    """Give a pipe room for what comes while nobody reads; only Linux can, and only some files are pipes."""
    with suppress(AttributeError, OSError):
        fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, _PIPE)

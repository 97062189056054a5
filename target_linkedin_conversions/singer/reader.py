"""Reads Singer messages from bytes: the envelope decoded, the record left raw.

Stdin is waited for together with a pipe that a signal handler writes to: Python restarts an
interrupted read, so a handler that only set a flag would wait for a silent tap (measured).
"""

from __future__ import annotations

import fcntl
import os
import select
import sys
from collections import Counter
from contextlib import suppress
from decimal import Decimal
from io import BytesIO
from itertools import chain
from operator import length_hint
from typing import IO, TYPE_CHECKING, Any, Protocol

import msgspec
from singer_sdk.singerlib.encoding import GenericSingerReader

from target_linkedin_conversions.errors import InputError
from target_linkedin_conversions.singer.errors import InvalidLineError
from target_linkedin_conversions.singer.limits import LONGEST_LINE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["Envelope", "LineReader", "Listening"]

_CHUNK = 1 << 16
_PIPE = 1 << 20
_LINES = 1 << 18
_GATHER_SECONDS = 0.005
"""How long a tap that is slower than the target may gather lines: one that writes each by itself would wake it for each,
20,000 times a second (measured: `tap-postgres | target` took a fifth longer than the tap alone)."""
_EMPTY = msgspec.Raw(b"null")
_RAW = frozenset({"RECORD", "STATE"})
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ArithmeticError)
"""What a decoder raises for bytes that are no JSON, or of another shape."""


class Envelope(msgspec.Struct, gc=False):
    """A Singer message whose payload is not decoded yet."""

    type: str
    stream: str | None = None
    record: msgspec.Raw = _EMPTY
    value: msgspec.Raw = _EMPTY


_whole = msgspec.json.Decoder(float_hook=Decimal).decode
_envelope = msgspec.json.Decoder(Envelope).decode


class Straight(Protocol):
    """Takes the records of one stream straight from their lines."""

    @property
    def decode_line(self) -> Callable[[bytes], Any]:
        """Decodes a RECORD of the stream to an object with `stream` and `record`; raises for other messages."""

    def take_all(self, rows: Iterable[Any], now: int) -> None:
        """Take such records at a time in epoch milliseconds."""


class Listening(Protocol):
    """Who is told what happens between messages."""

    @property
    def now(self) -> int:
        """Epoch milliseconds, as of the last `paused`."""

    def straight(self, stream: str | None) -> Straight | None:
        """Who takes the records of a stream, where nothing has to be done with them before."""

    def began(self) -> None:
        """Reading begins."""

    def paused(self) -> None:
        """Between two chunks of input, or because nothing came for a while; may raise."""

    def longest_silence(self) -> float | None:
        """Seconds after which `paused` must be called though nothing came."""

    def failed(self, error: BaseException) -> None:
        """Reading ended with an error, which is raised after this."""


class LineReader(GenericSingerReader[bytes]):
    """The SDK's reader seam: bytes in, a callback a message, errors with line numbers only."""

    default_input = sys.stdin.buffer

    def __init__(self, listening: Listening) -> None:
        """Nothing is opened before the first line is read."""
        super().__init__()
        self._listening = listening
        self._wake_read = self._wake_write = -1
        self._before = 0
        self._size = 0
        self._lines: Iterator[bytes] = iter(())
        self._stream: str | None = None
        self._other: bytes | None = None
        self._other_stream: str | None = None

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

    def process_lines(self, file_input: IO[Any] | None, callbacks: dict[str, Callable[[Any], None]]) -> Counter[str]:
        """Read every message and hand it to the callback of its type; how many of each came."""
        stats: Counter[str] = Counter()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)
        chunks = self._of_stdin() if file_input is None else self._of_file(file_input)
        try:
            self._listening.began()
            for lines in chunks:
                self._process(lines, callbacks, stats)
                self._listening.paused()
        except InputError as error:
            located = type(error)(f"line {self._number} of the input: {error}")
            self._listening.failed(located)
            raise located from None
        except BaseException as error:
            self._listening.failed(error)
            raise
        return stats

    def deserialize_json(self, line: bytes) -> dict[str, Any]:
        """A whole message as a mapping, numbers exact."""
        try:
            found = _whole(line)
        except _UNREADABLE:
            raise InvalidLineError("it is no JSON") from None
        if not isinstance(found, dict):
            raise InvalidLineError("it is no Singer message, which is a JSON object with a type")
        return found

    @property
    def _number(self) -> int:
        """The number of the line that was read last."""
        return self._before + self._size - length_hint(self._lines)

    def _process(self, lines: list[bytes], callbacks: dict[str, Callable[[Any], None]], stats: Counter[str]) -> None:
        """A chunk of lines: records straight to their sink, everything else by its type."""
        self._before += self._size
        self._lines, self._size = iter(lines), len(lines)
        while (line := self._next_other(stats)) is not None:
            if line and not line.isspace():
                try:
                    self._hand_over(line, callbacks, stats)
                except _UNREADABLE:
                    raise InvalidLineError("it is no JSON, or no Singer message") from None

    def _next_other(self, stats: Counter[str]) -> bytes | None:
        """The next line that cannot go straight to a sink; the records before it go there, whatever their streams."""
        sink = self._listening.straight(self._stream)
        if sink is None:
            return next(self._lines, None)
        before, lines = self._number, chain(self._lines)
        while sink is not None:
            sink.take_all(self._rows(lines, sink.decode_line), self._listening.now)
            if self._other is None:
                break
            sink = self._listening.straight(self._other_stream)
            if sink is not None:
                self._stream = self._other_stream
                lines = chain((self._other,), self._lines)
        stats["RECORD"] += self._number - before - (self._other is not None)
        return self._other

    def _rows(self, lines: Iterable[bytes], decode: Callable[[bytes], Any]) -> Iterator[Any]:
        """The rows of the stream's records that follow one another; what ends them is kept, with its stream if it is told."""
        stream = self._stream
        self._other = self._other_stream = None
        for line in lines:
            try:
                message = decode(line)
            except _UNREADABLE:
                self._other = line
                return
            if message.stream != stream:
                self._other, self._other_stream = line, message.stream
                return
            yield message.record

    def _hand_over(self, line: bytes, callbacks: dict[str, Callable[[Any], None]], stats: Counter[str]) -> None:
        """One message to the callback of its type: records and STATE as envelopes, everything else decoded."""
        message = _envelope(line)
        kind = message.type
        stats[kind] += 1
        callback = callbacks.get(kind)
        if callback is None:
            raise InvalidLineError("its type is none of SCHEMA, RECORD, STATE, ACTIVATE_VERSION, BATCH")
        callback(message if kind in _RAW else self.deserialize_json(line))
        self._stream = message.stream or self._stream

    def _of_stdin(self) -> Iterator[list[bytes]]:
        """Chunks of whole lines from stdin; an empty chunk when nothing came for a while."""
        descriptor = sys.stdin.fileno()
        _widen(descriptor)
        rest: list[bytes] = []
        while True:
            ready, _, _ = select.select([descriptor, self._wake_read], [], [], self._listening.longest_silence())
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
                self._check_length(rest)
                continue
            rest += (head, newline)
            yield BytesIO(b"".join(rest)).readlines()  # finds them at a third of the cost of `split` (measured)
            rest = [tail] if tail else []
            if len(data) < _CHUNK // 2:
                select.select([self._wake_read], [], [], _GATHER_SECONDS)
        if rest:
            yield [b"".join(rest)]

    def _check_length(self, parts: list[bytes]) -> None:
        """Refuse a line that does not end."""
        if sum(map(len, parts)) > LONGEST_LINE:
            self._before += 1
            raise InvalidLineError(f"it has more than {LONGEST_LINE >> 20} MiB")

    def _of_file(self, file_input: IO[Any]) -> Iterator[list[bytes]]:
        """Chunks of lines from a file, or from anything that gives lines."""
        while lines := file_input.readlines(_LINES):
            yield [line.encode("utf-8", "surrogatepass") if isinstance(line, str) else line for line in lines]


def _widen(descriptor: int) -> None:
    """Give a pipe room for what comes while nobody reads; only Linux can, and only some files are pipes."""
    with suppress(AttributeError, OSError):
        fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, _PIPE)

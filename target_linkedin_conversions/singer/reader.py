"""Reads Singer messages: records go straight to their sink, everything else to the callback of its type."""

from __future__ import annotations

import sys
from collections import Counter
from decimal import Decimal
from itertools import chain
from operator import length_hint
from typing import IO, TYPE_CHECKING, Any, Protocol

import msgspec
from singer_sdk.singerlib.encoding import GenericSingerReader

from target_linkedin_conversions.errors import InputError
from target_linkedin_conversions.records.constants import as_constants, as_marks
from target_linkedin_conversions.records.half_characters import with_whole_characters
from target_linkedin_conversions.singer.errors import InvalidLineError
from target_linkedin_conversions.singer.lines import Lines, of_file, without_mark
from target_linkedin_conversions.singer.no_messages import what_came

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["Envelope", "LineReader", "Listening"]

_EMPTY = msgspec.Raw(b"null")
_NOTHING = msgspec.Raw(b"")
_RAW = frozenset({"RECORD", "STATE"})
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ArithmeticError)
"""What a decoder raises for bytes that are no JSON, or of another shape."""


class Envelope(msgspec.Struct, gc=False):
    """A Singer message whose payload is not decoded yet."""

    type: str
    stream: str | None = None
    record: msgspec.Raw = _EMPTY
    value: msgspec.Raw = _NOTHING


_whole = msgspec.json.Decoder(float_hook=Decimal).decode
_envelope = msgspec.json.Decoder(Envelope).decode


class Straight(Protocol):
    """Takes the records of one stream straight from their lines."""

    @property
    def decode_line(self) -> Callable[[bytes], Any]:
        """Decodes a RECORD of the stream to an object with `stream` and `record`; raises for other messages."""

    @property
    def take_all(self) -> Callable[[Iterable[Any], int], None]:
        """Takes such records at a time in epoch milliseconds."""


class Listening(Protocol):
    """What the reader calls between messages: the target."""

    @property
    def now(self) -> int:
        """Epoch milliseconds, as of the last `paused`."""

    def straight(self, stream: str | None) -> Straight | None:
        """Who takes the records of a stream, where nothing has to be done with them before."""

    def began(self) -> None:
        """Reading begins."""

    def paused(self) -> None:
        """Called between two chunks of input, and after a silence; may raise."""

    def longest_silence(self) -> float | None:
        """Seconds after which `paused` must be called though nothing came."""

    def failed(self, error: BaseException) -> None:
        """Reading ended with an error, which is raised after this."""


class LineReader(GenericSingerReader[bytes]):
    """The SDK's reader seam: bytes in, a callback a message, errors with line numbers only."""

    default_input = sys.stdin.buffer

    def __init__(self, listening: Listening, *, sends: bool = True) -> None:
        """Nothing is opened before the first line is read; `sends` is whether the records are to be sent, for its errors."""
        super().__init__()
        self._listening = listening
        self._sends = sends
        self._source = Lines()
        self._before = 0
        """Lines of the chunks before this one."""
        self._lines: list[bytes] = []
        self._left: Iterator[bytes] = iter(())
        self._rows: Iterator[Any] = iter(())
        """Rows whose lines were decoded, and that no sink has taken yet."""
        self._is_ahead = False
        """Whether the line after those rows was decoded too."""
        self._stream: str | None = None

    def wake(self) -> None:
        """End a wait for input; safe in a signal handler."""
        self._source.wake()

    def close(self) -> None:
        """Release what waits for input; safe to call twice."""
        self._source.close()

    def process_lines(self, file_input: IO[Any] | None, callbacks: dict[str, Callable[[Any], None]]) -> Counter[str]:
        """Read every message and hand it to the callback of its type; how many of each came."""
        stats: Counter[str] = Counter()
        self._source.open()
        chunks = self._source.of_stdin(self._listening.longest_silence) if file_input is None else of_file(file_input)
        try:
            self._listening.began()
            for lines in chunks:
                if not self._before and lines:
                    lines[0] = without_mark(lines[0])
                self._process(lines, callbacks, stats)
                self._listening.paused()
        except InputError as error:
            raise self._located(error) from None
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
        """The number of the line that was handed over last, or else of the one that comes."""
        decoded = len(self._lines) - length_hint(self._left) - self._is_ahead
        return self._before + max(1, decoded - length_hint(self._rows))

    def _located(self, error: InputError) -> InputError:
        """The error with the number of its line; no frame that it passes holds it, so the line goes with it at once."""
        located = type(error)(f"line {self._number} of the input: {error}")
        self._listening.failed(located)
        return located

    def _process(self, lines: list[bytes], callbacks: dict[str, Callable[[Any], None]], stats: Counter[str]) -> None:
        """A chunk of lines: records straight to their sink, everything else by its type."""
        self._lines, self._left = lines, iter(lines)
        while (line := self._next_other(stats)) is not None:
            if line and not line.isspace():
                try:
                    self._hand_over(line, callbacks, stats)
                except _UNREADABLE:
                    told = what_came(line, is_first=self._number == 1, sends=self._sends)
                    raise InvalidLineError(told) from None
        self._before += len(lines)
        self._lines = []

    def _next_other(self, stats: Counter[str]) -> bytes | None:
        """The next line that cannot go straight to a sink; the records before it go there, whatever their streams."""
        line = next(self._left, None)
        sink = self._listening.straight(self._stream)
        while line is not None and sink is not None:
            rows, line, stream = _leading_rows(chain((line,), self._left), self._stream, sink.decode_line)
            if rows:
                self._rows, self._is_ahead = iter(rows), line is not None
                sink.take_all(self._rows, self._listening.now)
                self._is_ahead = False
                stats["RECORD"] += len(rows)
            sink = self._listening.straight(stream)
            if sink is not None:
                self._stream = stream
        return line

    def _hand_over(self, line: bytes, callbacks: dict[str, Callable[[Any], None]], stats: Counter[str]) -> None:
        """One message to the callback of its type: records and STATE as envelopes, everything else decoded."""
        try:
            message = _envelope(line)
        except msgspec.DecodeError:
            message = _envelope_of_no_json(line)
        kind = message.type
        stats[kind] += 1
        callback = callbacks.get(kind)
        if callback is None:
            rows = "; rows of JSON are no messages: `linkedin-conversions send FILE` sends them as they are"
            raise InvalidLineError(
                f"its type is none of SCHEMA, RECORD, STATE, ACTIVATE_VERSION, BATCH{rows if self._number == 1 else ''}"
            )
        callback(message if kind in _RAW else self.deserialize_json(line))
        self._stream = message.stream or self._stream


def _envelope_of_no_json(line: bytes) -> Envelope:
    """A RECORD that cannot be decoded for constants or halves of characters that are no JSON; raises for all other lines."""
    line = with_whole_characters(line)
    marked = as_marks(line)
    message = _envelope(line if marked is None else marked)
    if message.type == "RECORD":
        message.record = msgspec.Raw(as_constants(bytes(message.record)))
        return message
    return _envelope(line)


def _leading_rows(
    lines: Iterable[bytes], stream: str | None, decode: Callable[[bytes], Any]
) -> tuple[list[Any], bytes | None, str | None]:
    """The rows of a stream's records that lines begin with, the line after them, and the stream of that if it tells."""
    rows: list[Any] = []
    take = rows.append
    for line in lines:
        try:
            message = decode(line)
        except _UNREADABLE:
            return rows, line, None
        if message.stream != stream:
            return rows, line, message.stream
        take(message.record)
    return rows, None, None

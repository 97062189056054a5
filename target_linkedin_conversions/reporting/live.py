"""The status of a run: on a terminal a line that overwrites itself and is cleared before each log line, elsewhere a log line a minute."""

from __future__ import annotations

import logging
import os
from collections import deque
from contextlib import contextmanager, suppress
from threading import Event, Lock
from typing import TYPE_CHECKING, TextIO, cast

import msgspec

from target_linkedin_conversions.epoch import utc_of
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.threads import Thread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Status", "line_of", "live_line"]

_PACKAGE = __name__.partition(".")[0]
_LOG = logging.getLogger(__name__)
_EVERY = 0.5
_LOGGED_EVERY = 60.0
_RATE_OVER = 10
_ERASE = "\r\x1b[2K"
_BETWEEN, _BETWEEN_IN_ASCII, _BETWEEN_IN_LOG = " · ", " | ", ", "
"""What stands between the parts, also where the terminal cannot write the first: an escape in its place would make the line too long."""
_DUMB = {"dumb", "unknown"}
"""Terminals that cannot go back in a line."""


class Status(msgspec.Struct, frozen=True):
    """The state of a run: counts, the rest of the day's quota, and what it waits for until when (epoch milliseconds)."""

    records: int
    accepted: int
    rejected: int
    seconds: float
    quota_left: int | None = None
    waits_for: str = ""
    until: int = 0
    sends: bool = True


def line_of(now: Status, rate: float, width: int = 1000, between: str = _BETWEEN) -> str:
    """The status in one line; `rate` is in rows a second. In a narrow terminal the least important parts are left out."""
    parts = [
        (2, how_many(now.records, "row")),
        (5, f"{rate:,.0f} rows/s"),
        (1, _accepted(now)),
        (3, f"{now.rejected:,} rejected"),
    ]
    if now.quota_left is not None:
        parts.append((4, f"{how_many(now.quota_left, 'request')} left today"))
    if now.waits_for:
        until = utc_of(now.until).astimezone()
        parts.append((0, f"waits for {now.waits_for} until {until:%H:%M:%S}"))
    while len(line := between.join(text for _, text in parts)) > width and len(parts) > 1:
        parts.remove(max(parts))
    return line


def _accepted(now: Status) -> str:
    return f"{now.accepted:,} {'accepted' if now.sends else 'would be sent'}"


class _Shared:
    """A stream shared by the status line and the log; a log record overwrites the line."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = Lock()
        self._is_drawn = False

    @property
    def width(self) -> int:
        """Characters of a line that ends before the last column, where some terminals begin another one."""
        return max(1, _width(self._stream) - 1)

    @property
    def between(self) -> str:
        """What stands between the parts of a line, as the stream can write it."""
        try:
            _BETWEEN.encode(self._stream.encoding or "utf-8")
        except (UnicodeEncodeError, LookupError):
            return _BETWEEN_IN_ASCII
        return _BETWEEN

    def draw(self, line: str) -> None:
        with self._lock:
            self._stream.write(f"{_ERASE}{printable(line, self.width)}")
            self._stream.flush()
            self._is_drawn = True

    def clear(self) -> None:
        with self._lock:
            if self._is_drawn:
                self._stream.write(_ERASE)
                self._stream.flush()
                self._is_drawn = False

    def write(self, text: str) -> int:
        self.clear()
        return self._stream.write(text)

    def flush(self) -> None:
        self._stream.flush()


@contextmanager
def live_line(stream: TextIO, progress: Callable[[], Status]) -> Iterator[None]:
    """Show the status line for the length of a `with` block; where the stream is no terminal, log the status once a minute.

    Log handlers of that stream write through it meanwhile.
    """
    if not _is_terminal(stream):
        with _meanwhile(_log, progress):
            yield
        return
    shared = _Shared(stream)
    handlers = _handlers_of(stream)
    for handler in handlers:
        handler.setStream(cast("TextIO", shared))
    try:
        with _meanwhile(_draw, shared, progress):
            yield
    finally:
        for handler in handlers:
            handler.setStream(stream)
        shared.clear()


@contextmanager
def _meanwhile(work: Callable[..., None], *arguments: object) -> Iterator[None]:
    """Have a thread work for the length of a `with` block; it is told by an event that the block has ended."""
    ended = Event()
    thread = Thread(target=work, args=(*arguments, ended), name="live-line", daemon=True)
    with suppress(RuntimeError):  # no thread can be started: the run goes on without the line
        thread.start()
    try:
        yield
    finally:
        ended.set()
        if thread.ident is not None:
            thread.join()


def _handlers_of(stream: TextIO) -> list[logging.StreamHandler[TextIO]]:
    found = [*logging.root.handlers, *logging.getLogger(_PACKAGE).handlers]
    return [one for one in found if isinstance(one, logging.StreamHandler) and one.stream is stream]


def _draw(shared: _Shared, progress: Callable[[], Status], ended: Event) -> None:
    """Draw the line twice a second; the rate is that of the last seconds."""
    seen: deque[Status] = deque(maxlen=_RATE_OVER)
    while not ended.wait(_EVERY):
        now = progress()
        seen.append(now)
        seconds = now.seconds - seen[0].seconds
        rate = (now.records - seen[0].records) / seconds if seconds else now.records / max(now.seconds, _EVERY)
        try:
            shared.draw(line_of(now, rate, shared.width, shared.between))
        except (OSError, ValueError):  # the terminal is gone; the run goes on without it
            return


def _log(progress: Callable[[], Status], ended: Event) -> None:
    """Log the status once a minute, so that a run of which no batch leaves for long is seen to go on."""
    before = 0
    while not ended.wait(_LOGGED_EVERY):
        now = progress()
        rate = (now.records - before) / _LOGGED_EVERY
        before = now.records
        _LOG.info("so far: %s", line_of(now, rate, between=_BETWEEN_IN_LOG))


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty() and os.environ.get("TERM") not in _DUMB
    except ValueError:  # it is closed
        return False


def _width(stream: TextIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80

"""Connections that notice an answer even while they send, and read it within a time and a size.

urllib3 bounds each read; a server that drips a head, a chunk's size or a trailer outlives any number of them. Here
one deadline and one size hold for everything that is read of an answer, whatever part of it that is. And urllib3
sends a body to its end before it reads: a proxy that refuses by the head alone may never take the rest.
"""

from __future__ import annotations

import io
import re
import select
import socket
import ssl
import time
from functools import cache
from http.client import HTTPConnection as Connection
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from requests import Response
    from urllib3.connectionpool import HTTPConnectionPool

__all__ = ["LARGEST_ANSWER", "BoundedAdapter", "TooLargeError", "body_of_answer"]

LARGEST_ANSWER = 8 * 1024 * 1024
_LARGEST_READ = LARGEST_ANSWER + 1024 * 1024
"""Bytes read of one answer at most: its body, and room for heads, chunk sizes and trailers."""
_SEND_SECONDS = 60.0
"""Time to send a whole body, however slowly the other side takes it."""
_PIECE = 64 * 1024
_INTERIM = re.compile(rb"HTTP/1\.\d 1(?!01)\d\d[^\n]*\n(?:[^\r\n][^\n]*\n)*\r?\n")
"""A whole head of an interim answer (RFC 9110: any 1xx, but 101 is final for who did not ask for it)."""
_BEGINS_INTERIM = re.compile(rb"HTTP/1\.\d 1(?!01)\d")
_STATUS_LINE = len(b"HTTP/1.1 100")
_SWITCHING = 101
_MOST_INTERIM = 100
_LARGEST_INTERIM = 4 * _PIECE


class TooLargeError(Exception):
    """The answer is larger than any of LinkedIn's."""


class _Wire(io.RawIOBase):
    """Reads from a socket, first the bytes already received, until the deadline or the size is reached."""

    def __init__(self, sock: socket.socket, heard: bytes, seconds: float) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._heard = memoryview(heard)
        self._until = time.monotonic() + seconds
        self._left = _LARGEST_READ

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        view = memoryview(buffer)
        if self._heard:
            count = min(len(view), len(self._heard))
            view[:count] = self._heard[:count]
            self._heard = self._heard[count:]
        else:
            left = self._until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._sock.settimeout(left)
            count = self._raw.readinto(view) or 0
        self._left -= count
        if self._left < 0:
            raise TooLargeError
        return count

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _Heard:
    """Stands in for a socket in `HTTPResponse`, which only calls `makefile`."""

    def __init__(self, wire: _Wire) -> None:
        self._wire = wire

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self._wire, _PIECE)


class _Answer(HTTPResponse):
    """The final answer; interim ones (100, 102, 103) before it are skipped."""

    incomplete = False
    """Whether it came before the whole body was sent, so that the connection cannot be used again."""

    def begin(self) -> None:
        super().begin()
        interim = 0
        while self.status // 100 == 1 and self.status != _SWITCHING:
            interim += 1
            if interim > _MOST_INTERIM:
                raise TooLargeError
            self.headers = self.msg = None  # type: ignore[assignment]  # so that the next head is read
            super().begin()
        self.will_close = self.will_close or self.incomplete


class _Bounded(Connection):
    """Mixin for urllib3's connection classes: sending stops at an early answer, reading is bounded."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - those of the class it is mixed into
        super().__init__(*args, **kwargs)
        self._heard = b""
        self._answered = False
        self.response_class = self._answer  # type: ignore[assignment]  # called like the class

    def _answer(self, sock: socket.socket, *_: object, **named: Any) -> _Answer:  # noqa: ANN401 - those of the class
        heard, self._heard = self._heard, b""
        answer = _Answer(_Heard(_Wire(sock, heard, float(self.timeout or _SEND_SECONDS))), **named)  # type: ignore[arg-type]
        answer.incomplete, self._answered = self._answered, False
        return answer

    def send(self, data: Any) -> None:  # noqa: ANN401 - whatever http.client may be given
        """Send bytes until all are sent or an answer has come."""
        if self.sock is None and self.auto_open:
            self.connect()
        sock = self.sock
        if not isinstance(sock, socket.socket) or not isinstance(data, bytes | bytearray | memoryview):
            super().send(data)  # TLS inside TLS
            return
        left, until = memoryview(data), time.monotonic() + _SEND_SECONDS
        sock.settimeout(0)
        try:
            while left and not self._hears(sock):
                if time.monotonic() > until:
                    raise TimeoutError
                sent = _try_to_send(sock, left[:_PIECE])
                left = left[sent:]
                if not sent:
                    _wait(sock, until - time.monotonic())
        finally:
            if self.sock is not None:
                sock.settimeout(self.timeout)

    def _hears(self, sock: socket.socket) -> bool:
        """Whether an answer or the connection's end has come, so that sending must stop."""
        if self._answered:
            return True
        try:
            found = sock.recv(_PIECE)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return False
        self._heard = _without_interim(self._heard + found)
        self._answered = not found or _is_final(self._heard)
        if not self._answered and len(self._heard) > _LARGEST_INTERIM:
            raise TooLargeError
        return self._answered

    def close(self) -> None:
        self._heard, self._answered = b"", False
        super().close()


def _try_to_send(sock: socket.socket, data: memoryview) -> int:
    try:
        return sock.send(data)
    except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
        return 0


def _wait(sock: socket.socket, seconds: float) -> None:
    """Wait until the socket can be written or read; TLS buffers bytes, so this may return too early, which is harmless."""
    poll = select.poll()
    poll.register(sock, select.POLLIN | select.POLLOUT)
    poll.poll(max(0.0, seconds) * 1000)


def _without_interim(heard: bytes) -> bytes:
    begins = 0
    while found := _INTERIM.match(heard, begins):
        begins = found.end()
    return heard[begins:]


def _is_final(heard: bytes) -> bool:
    """Whether the bytes received begin a final answer and not an interim one."""
    return len(heard) >= _STATUS_LINE and not _BEGINS_INTERIM.match(heard)


class BoundedAdapter(HTTPAdapter):
    """An adapter whose connections, direct or through a proxy, are bounded as above."""

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> HTTPConnectionPool:  # noqa: ANN401
        """The pool of connections for a request."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = _bounded(pool.ConnectionCls)
        return pool  # type: ignore[no-any-return]  # requests types it as the parent of what it is


@cache
def _bounded(kind: type) -> type:
    return kind if issubclass(kind, _Bounded) else type(kind.__name__, (_Bounded, kind), {})


def body_of_answer(response: Response) -> bytes:
    """The whole body of an answer, decompressed; raises `TooLargeError`. The connection bounds the time."""
    body = bytearray()
    while piece := response.raw.read1(_PIECE, decode_content=True):
        body += piece
        if len(body) > LARGEST_ANSWER:
            raise TooLargeError
    return bytes(body)

"""Answers every batch with 201s: what LinkedIn costs us when it costs nothing. A GET tells the bytes that came."""

from __future__ import annotations

import sys
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock


@lru_cache(maxsize=64)
def answer(count: int) -> bytes:
    """The body for a batch of `count` events."""
    return b'{"elements":[' + b",".join([b'{"status":201}'] * count) + b"]}"


class Receiver(ThreadingHTTPServer):
    """Counts the bytes of all bodies."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.lock = Lock()
        self.received = 0


class Handler(BaseHTTPRequestHandler):
    """Counts the events of a request and takes them all."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    server: Receiver

    def do_POST(self) -> None:
        """Take a batch."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.lock:
            self.server.received += len(body)
        self._answer(answer(body.count(b'"conversion":')))

    def do_GET(self) -> None:
        """Tell how many bytes came."""
        self._answer(str(self.server.received).encode())

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


if __name__ == "__main__":
    server = Receiver()
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()

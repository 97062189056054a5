"""Answers every batch with 201s: what LinkedIn costs us when it costs nothing."""

from __future__ import annotations

import sys
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@lru_cache(maxsize=64)
def answer(count: int) -> bytes:
    """The body for a batch of `count` events."""
    return b'{"elements":[' + b",".join([b'{"status":201}'] * count) + b"]}"


class Handler(BaseHTTPRequestHandler):
    """Counts the events of a request and takes them all."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_POST(self) -> None:
        """Take a batch."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        taken = answer(body.count(b'"conversion":'))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(taken)))
        self.end_headers()
        self.wfile.write(taken)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()

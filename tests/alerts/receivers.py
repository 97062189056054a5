"""Who hears alerts on this machine: a web hook and a mail server, real ones, that keep what they were sent."""

from __future__ import annotations

import json
import socket
import time
import warnings
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import apprise

if TYPE_CHECKING:
    from collections.abc import Iterator


def service(url: str) -> apprise.NotifyBase:
    """Apprise's service for a URL; what it imports for the first one of a process may be about to leave Python, and is warned of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        found = apprise.Apprise.instantiate(url)
    assert isinstance(found, apprise.NotifyBase)
    return found


class WebHook:
    """Keeps every request; answers with `status`, after `seconds`."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, Any]] = []
        self.status = 200
        self.seconds = 0.0
        self._ended = Event()
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.requests.append((self.path, json.loads(body)))
                hook._ended.wait(hook.seconds)
                self.send_response(hook.status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        """The hook as apprise's JSON service calls it, with a secret in it."""
        return f"json://canary7f3a:canary7f3b@127.0.0.1:{self.port}/canary7f3c"

    @property
    def told(self) -> list[str]:
        """The text of each message."""
        return [f"{body['title']}\n{body['message']}" for _, body in self.requests]

    def close(self) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()


class MailServer:
    """As much of SMTP as it takes to be handed a message."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as stream:
                self._talk(stream)

    def _talk(self, stream: Any) -> None:
        def say(text: bytes) -> None:
            stream.write(text + b"\r\n")
            stream.flush()

        say(b"220 here")
        for line in stream:
            if line.upper().startswith(b"DATA"):
                say(b"354 go on")
                lines = []
                while (part := stream.readline()) and part != b".\r\n":
                    lines.append(part)
                self.messages.append(b"".join(lines).decode())
            if line.upper().startswith(b"QUIT"):
                say(b"221 bye")
                return
            say(b"250 ok")

    def close(self) -> None:
        self._listener.close()


@contextmanager
def silent_port() -> Iterator[int]:
    """A port where somebody listens and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def until(condition: Any, seconds: float = 10.0) -> bool:
    """Wait until something holds; whether it does."""
    ends = time.monotonic() + seconds
    while not condition() and time.monotonic() < ends:
        time.sleep(0.01)
    return bool(condition())

"""Waits on 127.0.0.1 for the one request by which the browser brings back what LinkedIn said."""

from __future__ import annotations

import queue
import socket
import threading
from contextlib import contextmanager, suppress
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from target_linkedin_conversions.errors import ConfigError, CredentialError, UnreachableError
from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.threads import Thread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Loopback", "is_served"]

_ADDRESS = "127.0.0.1"
_NAMES = frozenset({"localhost", _ADDRESS})
_CONNECTION_SECONDS = 5.0
"""For a whole request, however slowly its bytes come."""
_MOST_CONNECTIONS = 16
_LONGEST_SAID = 200
_HTTP_PORT = 80


def is_served(redirect_uri: str) -> bool:
    """Whether this machine can wait at an address: plain http, by the name or number of this machine."""
    parts = urlsplit(redirect_uri)
    return parts.scheme == "http" and (parts.hostname or "") in _NAMES


class Loopback:
    """A listener for one address; whatever comes to another host, path or method is refused and waited past."""

    def __init__(self, redirect_uri: str, is_expected: Callable[[dict[str, str]], bool] = lambda _: True) -> None:
        """Describe it; nothing listens before `listening`. An answer that is not expected is refused and waited past too."""
        parts = urlsplit(redirect_uri)
        self._port = parts.port or _HTTP_PORT
        self._uri = redirect_uri
        self._answers = _Answers(is_expected)

    @contextmanager
    def listening(self) -> Iterator[Loopback]:
        """Listen until the block ends; raises `ConfigError` where the port cannot be had."""
        try:
            server = _Server(self._port, self._uri, self._answers)
        except OSError as error:
            mend = (
                "end the program that has it, or take another with --port and register that address; or paste: --paste"
            )
            raise ConfigError("--port", f"port {self._port} cannot be listened on ({error.strerror})", mend) from None
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def wait(self, seconds: float) -> dict[str, str]:
        """The parameters that the browser brought.

        Raises `UnreachableError` where none came in time, `CredentialError` where none but others' did.
        """
        try:
            return self._answers.first.get(timeout=seconds)
        except queue.Empty:
            if self._answers.refused:
                raise CredentialError(
                    "what came back is not the answer to this login (its state is another); run `linkedin-conversions login` "
                    "again, and use the browser's newest tab"
                ) from None
            raise UnreachableError(
                f"no answer came back within {seconds:g} {'second' if seconds == 1 else 'seconds'}; run `linkedin-conversions login` again, and where the "
                f"browser says that redirect_uri does not match, register exactly {self._uri} in the app"
            ) from None


class _Answers:
    """The first answer that is expected; whether another was refused."""

    def __init__(self, is_expected: Callable[[dict[str, str]], bool]) -> None:
        self.first: queue.Queue[dict[str, str]] = queue.Queue(maxsize=1)
        self.refused = False
        self.is_expected = is_expected


class _Server(ThreadingMixIn, TCPServer):
    """Few connections, each for a short time."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = _MOST_CONNECTIONS

    def __init__(self, port: int, uri: str, answers: _Answers) -> None:
        self.uri = urlsplit(uri)
        self.answers = answers
        self._places = threading.BoundedSemaphore(_MOST_CONNECTIONS)
        super().__init__((_ADDRESS, port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - those of the class
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - the same
        # Its timeout begins anew with each byte, so that whoever sends few of them would keep a place for ever.
        end = threading.Timer(_CONNECTION_SECONDS, _cut, (request,))
        end.daemon = True
        end.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            end.cancel()
            self._places.release()

    def handle_error(self, request: socket.socket | tuple[bytes, socket.socket], client_address: Any) -> None:  # noqa: ANN401
        """Ignore broken connections; a traceback could show the code that they carry."""


def _cut(connection: socket.socket) -> None:
    """End a connection, whoever waits at it."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = _CONNECTION_SECONDS
    server_version = "linkedin-conversions"
    sys_version = ""

    def do_GET(self) -> None:
        expected, came = self.server.uri, urlsplit(self.path)
        if [host.lower() for host in self.headers.get_all("Host", [])] != [expected.netloc.lower()]:
            self._say(421, "This is not an address of this program.")
            return
        said = {name: values[0] for name, values in parse_qs(came.query).items()}
        if came.path != (expected.path or "/") or not said.keys() & {"code", "error"}:
            self._say(HTTPStatus.NOT_FOUND, "There is nothing here.")
            return
        answers = self.server.answers
        if not answers.is_expected(said):
            answers.refused = True
            self._say(
                HTTPStatus.BAD_REQUEST, "This is not the answer to the login that waits here; use the newest tab."
            )
            return
        try:
            answers.first.put_nowait(said)
        except queue.Full:
            self._say(HTTPStatus.CONFLICT, "An answer has come already.")
            return
        problem = printable(said.get("error_description") or said.get("error", ""), _LONGEST_SAID)
        self._say(HTTPStatus.OK, f"LinkedIn said: {problem}" if problem else "LinkedIn has answered.")

    def _say(self, status: int, sentence: str) -> None:
        page = (
            '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f"<title>linkedin-conversions</title><p>{escape(sentence)}</p>"
            "<p>Go back to the terminal; this tab can be closed.</p></html>"
        ).encode()
        self.send_response(status)
        for name, value in (
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(page))),
            ("Content-Security-Policy", "default-src 'none'"),
            ("Referrer-Policy", "no-referrer"),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-store"),
            ("Connection", "close"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - those of the class
        """Log nothing: a line would hold the code."""

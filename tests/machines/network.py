"""A network on this machine: an https LinkedIn behind a proxy that leads every name to it."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import trustme

Address = tuple[str, int]


class Listener(ABC):
    """Accepts connections on loopback and serves each in a thread of its own, which the end of the block waits for."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._serving: list[threading.Thread] = []
        self.leaving = threading.Event()
        """Set when the block ends: whoever serves sleeps no longer than that."""
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def address(self) -> Address:
        found: Address = self._socket.getsockname()
        return found

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self.leaving.set()
        self._thread.join(30)
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        for thread in self._serving:
            thread.join(30)
        # One that reads on past the end of a connection takes a processor, and memory, from all tests after it.
        assert not any(thread.is_alive() for thread in self._serving), "a connection is served after its end"

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self._open.append(connection)
                self._serving.append(threading.Thread(target=self._serve, args=(connection,), daemon=True))
                self._serving[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ssl.SSLError):
            self.serve(connection)
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        connection.close()

    @abstractmethod
    def serve(self, connection: socket.socket) -> None:
        """Answer one connection, which is closed after it."""

    def join(self, one: socket.socket, address: Address, renamed: tuple[bytes, bytes] = (b"", b"")) -> None:
        """Carry bytes both ways until either side ends, with the name by which the other side is asked."""
        with one, socket.create_connection(address) as other:
            self._open += [one, other]
            thread = threading.Thread(target=_carry, args=(other, one), daemon=True)
            thread.start()
            _carry(one, other, renamed)
            thread.join(30)


def _carry(one: socket.socket, other: socket.socket, renamed: tuple[bytes, bytes] = (b"", b"")) -> None:
    old, new = renamed
    with contextlib.suppress(OSError, ssl.SSLError):
        while data := one.recv(1 << 16):
            other.sendall(data.replace(old, new) if old else data)
    with contextlib.suppress(OSError):
        other.shutdown(socket.SHUT_RDWR)


class HttpsServer(Listener):
    """Speaks TLS with a certificate, by a name of its own, in front of a server that has neither."""

    def __init__(self, certificate: trustme.LeafCert, behind: Address, name: str = "") -> None:
        super().__init__()
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(self._context)
        self._behind = behind
        asked, known = f"Host: {name}\r\n".encode(), f"Host: {behind[0]}:{behind[1]}\r\n".encode()
        self._renamed = (asked, known) if name else (b"", b"")

    def serve(self, connection: socket.socket) -> None:
        self.join(self._context.wrap_socket(connection, server_side=True), self._behind, self._renamed)


class Proxy(Listener):
    """Answers CONNECT with a status, and leads a tunnel to one address whatever name was asked for."""

    def __init__(self, to: Address, status: int = 200) -> None:
        super().__init__()
        self.to = to
        self.status = status
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.address[1]}"

    def serve(self, connection: socket.socket) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            piece = connection.recv(1)
            head += piece
            if not piece or not b"CONNECT ".startswith(head[:8]):
                connection.sendall(b"HTTP/1.1 400 X\r\nContent-Length: 0\r\n\r\n")
                return
        self.asked.append(head.decode().splitlines()[0])
        connection.sendall(f"HTTP/1.1 {self.status} X\r\n\r\n".encode())
        if self.status == 200:
            self.join(connection, self.to)


def closed_port() -> int:
    """A port of this machine where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        found: int = server.getsockname()[1]
        return found

"""A server that answers with the bytes it is given, and keeps what it was asked."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from tests.machines.network import Listener

if TYPE_CHECKING:
    import socket

TAKEN = b'{"elements":[{"status":201}]}'


def http(status: int = 200, body: bytes = TAKEN, *headers: str) -> bytes:
    """A whole answer."""
    head = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


class Wire(Listener):
    """Answers the n-th request with the n-th script: bytes, or pieces with seconds between them.

    After a script that is not followed by another request the connection stays open, unless
    the script ends with None.
    """

    def __init__(self, *scripts: bytes | list[bytes | float | None], greeting: bytes = b"") -> None:
        super().__init__()
        self._greeting = greeting
        self._scripts = list(scripts)
        self.asked: list[tuple[bytes, bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.address[1]}"

    @property
    def connections(self) -> int:
        return len(self._open)

    def headers(self, number: int = 0) -> dict[str, str]:
        lines = self.asked[number][0].decode().split("\r\n")[1:]
        return dict(line.split(": ", 1) for line in lines if line)

    def serve(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as file:
            connection.sendall(self._greeting)
            while request := _read(file):
                self.asked.append(request)
                script = self._scripts.pop(0)
                for piece in script if isinstance(script, list) else [script]:
                    if piece is None:
                        return
                    if isinstance(piece, float):
                        self.leaving.wait(piece)
                    else:
                        connection.sendall(piece)


def head_of(file: IO[bytes]) -> bytes:
    """The lines of a request before its body; nothing at the end of the connection."""
    head = b""
    while (line := file.readline()) and line != b"\r\n":
        head += line
    return head


def _read(file: IO[bytes]) -> tuple[bytes, bytes] | None:
    if not (head := head_of(file)):
        return None
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    return head, file.read(length)

"""The connection itself: an HTTP protocol that lets the application cut its own socket.

An HTTP server library protects its callers from half answers; a sandbox must be able to give
them. So the protocol hands its transport to the application through the ASGI scope.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import Message, Receive, Scope, Send
    from uvicorn.config import Config
    from uvicorn.server import ServerState

__all__ = ["INTERIM", "TRANSPORT", "OpenWire", "head_of", "truncated"]

TRANSPORT = "sandbox.transport"
DRIP_PIECES = 20
INTERIM = b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
"""What may come before an answer (RFC 2518, RFC 8297)."""


class OpenWire(H11Protocol):
    """uvicorn's h11 protocol, its transport in `scope["sandbox.transport"]`."""

    def __init__(self, config: Config, server_state: ServerState, app_state: dict[str, Any]) -> None:
        super().__init__(config, server_state, app_state)
        inner: Any = self.app

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            scope[TRANSPORT] = self.transport
            # The server's end cancels what is in flight; that is no error to write about.
            with contextlib.suppress(asyncio.CancelledError):
                await inner(scope, receive, send)

        self.app = app


async def close(transport: asyncio.Transport, receive: Receive) -> None:
    """Close the connection in good order (FIN) after what was written."""
    transport.close()
    await _closed(receive)


async def reset(transport: asyncio.Transport, receive: Receive) -> None:
    """Reset the connection (RST), as a crashed host or a firewall does."""
    sock = transport.get_extra_info("socket")
    # A linger time of zero makes the kernel reset instead of finish.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    await _closed(receive)


async def drip(transport: asyncio.Transport, receive: Receive, answer: bytes, seconds: float) -> None:
    """Send an answer in small pieces over `seconds`, then close."""
    size = max(1, -(-len(answer) // DRIP_PIECES))
    pieces = [answer[at : at + size] for at in range(0, len(answer), size)]
    for piece in pieces:
        if transport.is_closing():
            break
        transport.write(piece)
        await asyncio.sleep(seconds / len(pieces))
    await close(transport, receive)


def truncated(head: bytes, body: bytes, keep: int | None) -> bytes:
    """The answer up to `keep` bytes of the body (default half); without a body, half the head."""
    if not body:
        return head[: len(head) // 2]
    return head + body[: len(body) // 2 if keep is None else keep]


def head_of(status: int, headers: Sequence[tuple[str, str]], body: bytes) -> bytes:
    """The status line and the headers as bytes; they promise the whole body."""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers]
    lines += [f"Content-Length: {len(body)}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode("latin-1")


async def send_answer(send: Send, status: int, headers: Sequence[tuple[str, str]], body: bytes) -> None:
    """Send a whole answer."""
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    raw.append((b"content-length", str(len(body)).encode()))
    start: Message = {"type": "http.response.start", "status": status, "headers": raw}
    await send(start)
    await send({"type": "http.response.body", "body": body})


async def _closed(receive: Receive) -> None:
    """Wait until the server knows that the connection is gone, or it would answer 500 into it."""
    while (await receive())["type"] != "http.disconnect":
        pass

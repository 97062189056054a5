"""The sandbox on a socket: 127.0.0.1 and no other address."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.server import ServerState

from target_linkedin_conversions.sandbox.wire import OpenWire

if TYPE_CHECKING:
    from target_linkedin_conversions.sandbox.app import Front

__all__ = ["Server", "listening_socket"]

HOST = "127.0.0.1"
# Longer than any pause of a client that keeps its connection: the sandbox must not be the one
# who hangs up unless that was ordered.
KEEP_ALIVE_SECONDS = 600


def listening_socket(port: int) -> socket.socket:
    """Bind a socket on 127.0.0.1; port 0 takes a free one.

    Raises:
        OSError: the port is taken.

    """
    # asyncio turns Nagle's algorithm off only where the protocol is named; with it on, each answer
    # with a body waits 40 ms for an acknowledgement.
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((HOST, port))
    except OSError:
        sock.close()
        raise
    return sock


class Server:
    """Serves on one socket until it is stopped, then ends at once, whatever is in flight."""

    def __init__(self, app: Front, sock: socket.socket) -> None:
        self._app = app
        self._sock = sock
        self._state = ServerState()
        self._listener: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen; returns when connections are taken."""
        config = uvicorn.Config(
            self._app,
            http=OpenWire,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
        )
        config.load()

        def connection() -> asyncio.Protocol:
            return OpenWire(config=config, server_state=self._state, app_state={})

        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(connection, sock=self._sock, backlog=1024)

    async def stop(self) -> None:
        """Close the socket and every connection without waiting for answers."""
        if self._listener is not None:
            self._listener.close()
        connections: list[Any] = list(self._state.connections)
        for connection in connections:
            connection.transport.abort()
        # Each connection learns that it is closed before its work is cancelled.
        await asyncio.sleep(0)
        for task in list(self._state.tasks):
            task.cancel()
        await asyncio.gather(*self._state.tasks, return_exceptions=True)

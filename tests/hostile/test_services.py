"""Services that a run tells something, a collector or who carries an alert: no answer is followed, nor read without end."""

from __future__ import annotations

import gzip
import itertools
import time
from typing import TYPE_CHECKING

import pytest
import requests

from target_linkedin_conversions.alerts.messengers import Messengers
from target_linkedin_conversions.delivery.no_redirects import session_without_redirects
from target_linkedin_conversions.settings import Secret
from tests.alerts.receivers import service
from tests.delivery.wire import Wire, head_of, http
from tests.machines.network import Listener

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterable, Iterator

PIECE = b"x" * (1 << 20)
MOST = 64
"""Megabytes that an attacker gives before it goes home; more than twice what may be read."""
SIZED = b"HTTP/1.1 200 X\r\nContent-Length: 99999999999\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n"
PACKED = gzip.compress(b" " * (MOST << 20), 1)


class Giver(Listener):
    """Answers a request with pieces, and counts what was taken of them."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        super().__init__()
        self._pieces = pieces
        self.taken = 0

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.address[1]}"

    def serve(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as file:
            if not head_of(file):
                return
        for piece in self._pieces:
            connection.sendall(piece)
            self.taken += len(piece)


def dripping() -> Iterator[bytes]:
    yield SIZED
    for _ in range(40):
        time.sleep(0.1)
        yield b"x"


ANSWERS = {
    "a body without end": lambda: itertools.chain([SIZED], itertools.repeat(PIECE, MOST)),
    "chunks without end": lambda: itertools.chain([CHUNKED], itertools.repeat(b"100000\r\n" + PIECE + b"\r\n", MOST)),
    "packed": lambda: [http(200, PACKED, "Content-Encoding: gzip")],
    "drips": dripping,
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_session_reads_no_answer_without_end(answer: str) -> None:
    with Giver(ANSWERS[answer]()) as giver, session_without_redirects() as session:
        begun = time.monotonic()
        with pytest.raises(requests.RequestException):
            session.post(f"http://{giver.place}/", data=b"x", timeout=(1, 1))
        assert time.monotonic() - begun < 3
        assert giver.taken < MOST << 19


@pytest.mark.parametrize("answer", ANSWERS)
def test_who_carries_an_alert_is_heard_no_longer_than_any_other(answer: str) -> None:
    with Giver(ANSWERS[answer]()) as giver:
        carried = Messengers([Secret(f"json://{giver.place}/hook?rto=1")])
        begun = time.monotonic()
        assert carried.send("title", "body", begun + 10) == [0]
        assert time.monotonic() - begun < 3
        assert giver.taken < MOST << 19


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_an_alert_goes_to_the_service_that_is_named_and_to_no_other(status: int) -> None:
    with Wire(http(200, b"ok")) as other, Wire(http(status, b"", f"Location: {other.url}/elsewhere")) as hook:
        carried = Messengers([Secret(f"{hook.url.replace('http', 'json')}/hook")])
        assert carried.send("title", "body", time.monotonic() + 10) == [0]
        assert (len(hook.asked), other.connections) == (1, 0)


def test_who_else_uses_apprise_in_this_process_is_followed_as_ever() -> None:
    with Wire(http(200, b"ok")) as other, Wire(http(307, b"", f"Location: {other.url}/elsewhere")) as hook:
        url = f"{hook.url.replace('http', 'json')}/hook"
        Messengers([Secret(url)])
        assert service(url).notify(body="x")
        assert other.connections == 1

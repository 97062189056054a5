"""What stands between here and LinkedIn: no secret reaches a proxy in the clear, and one that refuses is heard and named."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from typing import TYPE_CHECKING, Any, Self

import pytest
import trustme

from target_linkedin_conversions.delivery.client import Client, Received
from target_linkedin_conversions.errors import MachineError, exit_code_of
from target_linkedin_conversions.settings import Secret
from tests.delivery.wire import Wire, head_of, http
from tests.delivery.world import Desk, QuickClock, deliver, events, settings_for
from tests.machines.network import HttpsServer, Listener

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TOKEN = Secret("sandbox-token")
LARGE = b'{"elements":[' + b" " * 30_000_000 + b"]}"
"""More than any buffer between two sockets holds."""
REFUSED = http(413, b"<html>too large</html>", "Connection: close")
VARIABLES = ("http_proxy", "https_proxy", "all_proxy")


class Refuser(Listener):
    """Answers when it has read the head, and takes no byte of the body: then it waits, ends, closes or resets."""

    def __init__(self, answer: bytes, then: str) -> None:
        super().__init__()
        self._answer = answer
        self._then = then
        self.heads: list[bytes] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.address[1]}"

    def __enter__(self) -> Self:
        super().__enter__()
        return self

    def serve(self, connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            if not (piece := connection.recv(4096)):
                return
            head += piece
        self.heads.append(head)
        connection.sendall(self._answer)
        if self._then == "reset":
            time.sleep(0.1)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif self._then == "ends":
            connection.shutdown(socket.SHUT_WR)
        if self._then in {"ends", "waits"}:
            self.leaving.wait(3)


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*VARIABLES, "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def client() -> Iterator[Callable[..., Client]]:
    made: list[Client] = []

    def make(api: str, oauth: str | None = None) -> Client:
        made.append(Client(api, oauth or api, "202609", read_seconds=10))
        return made[-1]

    yield make
    for one in made:
        one.close()


# Secrets


@pytest.mark.parametrize("name", VARIABLES)
@pytest.mark.parametrize("api", ["https://api.linkedin.com", "https://[2001:db8::1]", "https://127.0.0.1:9"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_token_request_to_this_machine_meets_no_proxy_whatever_the_other_url_is(
    client: Any, monkeypatch: pytest.MonkeyPatch, name: str, api: str, host: str
) -> None:
    with Wire(http(200, b"{}")) as proxy, Wire(http(200, b"{}")) as oauth:
        for written in (name, name.upper()):
            monkeypatch.setenv(written, proxy.url)
        found = client(api, oauth.url.replace("127.0.0.1", host)).post_form("/oauth/v2/accessToken", {"secret": TOKEN})
        assert isinstance(found, Received)
        assert proxy.connections == 0
        assert oauth.asked[0][1] == b"secret=sandbox-token"


def test_a_request_to_another_machine_goes_by_the_proxy_though_the_other_url_is_this_one(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which proxies a request is given, seen where requests hands them on."""
    given: list[Any] = []

    def keep(_: Any, request: Any, **more: Any) -> None:
        given.append((request.url.partition("?")[0], dict(more["proxies"])))
        raise OSError

    monkeypatch.setattr("requests.adapters.HTTPAdapter.send", keep)
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    one = client("https://api.linkedin.com", "http://127.0.0.1:9")
    one.get("/rest/conversions", TOKEN)
    one.post_form("/oauth/v2/accessToken", {})
    assert [bool(proxies) for _, proxies in given] == [True, False]
    assert given[0][1]["https"] == "http://proxy.example:3128"


# Refusals


@pytest.mark.parametrize("then", ["waits", "ends", "closes", "reset"])
@pytest.mark.parametrize("status", [413, 403, 503])
def test_an_answer_that_comes_while_the_body_leaves_is_heard_at_once(client: Any, then: str, status: int) -> None:
    with Refuser(http(status, b"<html>no</html>"), then) as proxy:
        began = time.monotonic()
        found = client(proxy.url).send_events(LARGE, TOKEN)
        assert time.monotonic() - began < 2.5
    assert isinstance(found, Received)
    assert (found.status, found.body) == (status, b"<html>no</html>")


def test_so_it_is_by_tls(client: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """TLS sends what is no answer too (session tickets), and keeps some of one for itself."""
    authority = trustme.CA()
    bundle = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(bundle))
    with (
        Refuser(http(413, b"<html>no</html>"), "waits") as proxy,
        HttpsServer(authority.issue_cert("127.0.0.1"), proxy.address) as https,
    ):
        one = client(f"https://127.0.0.1:{https.address[1]}")
        monkeypatch.setattr(one, "_heeds_environment", lambda _: True)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
        began = time.monotonic()
        found = one.send_events(LARGE, TOKEN)
        assert time.monotonic() - began < 2.5
        assert isinstance(found, Received)
        assert found.status == 413


@pytest.mark.parametrize("interim", [b"", b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 102 X\r\nA: b\r\n\r\n" * 3])
def test_an_interim_answer_stops_no_body(client: Any, interim: bytes) -> None:
    class Slow(Refuser):
        def serve(self, connection: socket.socket) -> None:
            got = b""
            while b"\r\n\r\n" not in got:
                got += connection.recv(4096)
            connection.sendall(interim)
            left = len(LARGE) - len(got.partition(b"\r\n\r\n")[2])
            while left:
                left -= len(connection.recv(1 << 20))
            connection.sendall(http(200, b"{}"))

    with Slow(b"", "") as server:
        found = client(server.url).send_events(LARGE, TOKEN)
    assert isinstance(found, Received)
    assert found.body == b"{}"


def test_after_an_early_answer_the_connection_is_used_no_more(client: Any) -> None:
    with Refuser(http(413, b"no"), "waits") as proxy:
        one = client(proxy.url)
        for _ in range(2):
            assert one.send_events(LARGE, TOKEN).status == 413
        assert len(proxy.heads) == 2


def limited(most: int) -> Callable[[list[dict[str, Any]]], Any]:
    """LinkedIn behind a proxy that lets bodies of so many events through."""

    def answer(found: list[dict[str, Any]]) -> Any:
        if len(found) > most:
            return Received(413, {"Server": "nginx/1.27"}, b"<html>413</html>")
        return 200, {"elements": [{"status": 201}] * len(found)}

    return answer


@pytest.mark.parametrize("most", [1, 3, 8, 100])
def test_a_proxy_that_limits_bodies_gets_smaller_ones(tmp_path: Path, most: int) -> None:
    desk = Desk(tmp_path, limited(most))
    desk.send(events(*range(40)))
    assert desk.ear.counts() == {"delivered": 40}
    assert desk.sender.stopped_rules == {}
    assert sorted(int(one) for sent in desk.stub.sent if len(sent) <= most for one in sent) == list(range(40))
    desk.close()


def test_a_proxy_that_takes_no_event_is_named_and_no_rule_is(tmp_path: Path) -> None:
    desk = Desk(tmp_path, limited(0))
    with pytest.raises(MachineError, match="a proxy in between limits bodies") as stop:
        desk.send(events(*range(40)))
    assert exit_code_of(stop.value) == 2
    assert len(desk.stub.sent) <= 7
    assert desk.sender.stopped_rules == {}
    assert desk.ear.heard == []
    desk.close()


def test_a_body_limit_costs_a_load_no_event(tmp_path: Path) -> None:
    """By real HTTP: the limit is in bytes, and the proxy closes without reading."""

    class Limit(Refuser):
        taken = 0

        def serve(self, connection: socket.socket) -> None:
            with contextlib.suppress(OSError), connection.makefile("rb") as file:
                while head := head_of(file):
                    length = int(head.lower().partition(b"content-length: ")[2].split()[0])
                    if length > 3000:
                        connection.sendall(REFUSED)
                        return
                    count = file.read(length).count(b"conversionHappenedAt")
                    with lock:
                        self.taken += count
                    connection.sendall(http(200, b'{"elements":[' + b",".join([b'{"status":201}'] * count) + b"]}"))

    lock = threading.Lock()
    with Limit(b"", "") as proxy:
        config = settings_for(tmp_path, api_url=proxy.url, oauth_url=proxy.url)
        receipt = deliver(events(*range(100)), config, clock=QuickClock())
        assert receipt.counts == {"delivered": 100}
        assert proxy.taken == 100

"""One request: what leaves, and what each way to fail means."""

from __future__ import annotations

import gzip
import logging
import socket
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from requests.adapters import HTTPAdapter

from target_linkedin_conversions.delivery.answer import InDoubt, NotConnected
from target_linkedin_conversions.delivery.batch import body_of
from target_linkedin_conversions.delivery.client import Client, Received
from target_linkedin_conversions.delivery.connection import LARGEST_ANSWER
from target_linkedin_conversions.settings import Secret
from tests.delivery.wire import TAKEN, Wire, http
from tests.delivery.world import events

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from target_linkedin_conversions.sandbox import Sandbox

CANARY = "sandbox-canary-7f3a91"
TOKEN = Secret(CANARY)
BODY = body_of(events("a"))


@pytest.fixture
def client() -> Iterator[Callable[..., Client]]:
    made: list[Client] = []

    def make(url: str, *, read_seconds: float = 5.0, version: str = "202609") -> Client:
        made.append(Client(url, url, version, connections=2, read_seconds=read_seconds))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_the_headers_are_these_and_no_others(client: Any) -> None:
    with Wire(http()) as wire:
        found = client(wire.url, version="202608").send_events(BODY, TOKEN)
        assert isinstance(found, Received)
        assert (found.status, found.body) == (200, TAKEN)
        head, body = wire.asked[0]
        assert head.startswith(b"POST /rest/conversionEvents HTTP/1.1\r\n")
        assert body == BODY
        sent = wire.headers()
    assert sent.pop("Host").startswith("127.0.0.1:")
    assert sent == {
        "Authorization": f"Bearer {CANARY}",
        "LinkedIn-Version": "202608",
        "X-Restli-Protocol-Version": "2.0.0",
        "X-RestLi-Method": "BATCH_CREATE",
        "Content-Type": "application/json",
        "Content-Length": str(len(BODY)),
        "User-Agent": "target-linkedin-conversions",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "keep-alive",
    }


def test_events_reach_linkedin_as_they_were_encoded(client: Any, linkedin: Sandbox) -> None:
    found = events("a", "b", "c")
    answer = client(linkedin.url).send_events(body_of(found), Secret("sandbox-token"))
    assert isinstance(answer, Received)
    assert answer.status == 200
    assert linkedin.received == [msgspec.json.decode(one.payload) for one in found]
    assert linkedin.summary()["warnings"] == {}


def test_a_form_is_a_form_and_carries_no_token_in_its_head(client: Any) -> None:
    with Wire(http(200, b"{}")) as wire:
        client(wire.url).post_form("/oauth/v2/accessToken", {"grant_type": "refresh_token", "x": "a b&ü"})
        assert wire.asked[0][1] == b"grant_type=refresh_token&x=a+b%26%C3%BC"
        assert wire.headers()["Content-Type"] == "application/x-www-form-urlencoded"
        assert "Authorization" not in wire.headers()


def test_reading_sends_the_version_and_no_batch_method(client: Any) -> None:
    with Wire(http(200, b"{}")) as wire:
        client(wire.url).get("/rest/conversions?q=account", TOKEN)
        assert wire.asked[0][0].startswith(b"GET /rest/conversions?q=account HTTP/1.1\r\n")
        assert wire.headers()["LinkedIn-Version"] == "202609"
        assert "X-RestLi-Method" not in wire.headers()
        assert "Transfer-Encoding" not in wire.headers()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_an_answer_and_is_not_followed(client: Any, status: int) -> None:
    with Wire() as elsewhere, Wire(http(status, b"", f"Location: {elsewhere.url}/rest/conversionEvents")) as wire:
        found = client(wire.url).send_events(BODY, TOKEN)
        assert isinstance(found, Received)
        assert found.status == status
        assert elsewhere.connections == 0


def test_no_cookie_is_kept_and_one_connection_serves_many_requests(client: Any) -> None:
    cookie = "Set-Cookie: lidc=abc; Path=/"
    with Wire(http(200, TAKEN, cookie), http(200, TAKEN, cookie), http(400, b"{}"), http()) as wire:
        one = client(wire.url)
        for _ in range(4):
            assert isinstance(one.send_events(BODY, TOKEN), Received)
        assert wire.connections == 1
        assert not any("Cookie" in wire.headers(number) for number in range(4))


def test_a_compressed_answer_is_read(client: Any) -> None:
    with Wire(http(200, gzip.compress(TAKEN), "Content-Encoding: gzip"), http()) as wire:
        one = client(wire.url)
        assert one.send_events(BODY, TOKEN).body == TAKEN
        assert one.send_events(BODY, TOKEN).body == TAKEN
        assert wire.connections == 1


def test_a_chunked_answer_is_read(client: Any) -> None:
    answer = (
        b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n"
        + TAKEN[:5]
        + b"\r\n18\r\n"
        + TAKEN[5:]
        + b"\r\n0\r\n\r\n"
    )
    with Wire(answer, http()) as wire:
        one = client(wire.url)
        assert one.send_events(BODY, TOKEN).body == TAKEN
        assert one.send_events(BODY, TOKEN).body == TAKEN
        assert wire.connections == 1


def test_linkedins_id_of_a_request_is_kept_for_its_support(client: Any) -> None:
    with Wire(http(200, TAKEN, "x-li-uuid: AAYQ3b7T0fVg8mHn+Xz/4w==")) as wire:
        assert client(wire.url).send_events(BODY, TOKEN).support_id == "AAYQ3b7T0fVg8mHn+Xz/4w=="


@pytest.mark.parametrize(
    "odd", ["AAY=", "kim@example.com, AAYQ3b7T0fVg8mHn+Xz/4w==", "Kim de la Cruz Montero", "a" * 64]
)
def test_what_is_no_id_of_a_request_is_not_kept(client: Any, odd: str) -> None:
    with Wire(http(200, TAKEN, f"x-li-uuid: {odd}")) as wire:
        assert client(wire.url).send_events(BODY, TOKEN).support_id == ""


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with Wire(http()) as wire:
        assert isinstance(client(wire.url).send_events(BODY, TOKEN), Received)


def test_no_netrc_entry_replaces_the_token(client: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine api.linkedin.com login somebody password else\ndefault login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    sent: list[dict[str, str]] = []

    def keep(_: HTTPAdapter, request: Any, **__: Any) -> Any:
        sent.append(dict(request.headers))
        raise OSError

    monkeypatch.setattr(HTTPAdapter, "send", keep)
    one = client("https://api.linkedin.com")
    assert isinstance(one.send_events(BODY, TOKEN), NotConnected)
    one.post_form("/oauth/v2/accessToken", {"a": "b"})
    assert sent[0]["Authorization"] == f"Bearer {CANARY}"
    assert "Authorization" not in sent[1]


# Failing


def test_a_refused_connection_has_sent_nothing(client: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    found = client(f"http://127.0.0.1:{port}").send_events(BODY, TOKEN)
    assert found == NotConnected(f"NewConnectionError at 127.0.0.1:{port}")


def test_a_connection_that_dies_before_the_body_has_sent_nothing(client: Any) -> None:
    """An https handshake with something that does not speak TLS."""
    with Wire(greeting=b"220 mail.example ESMTP\r\n") as wire:
        found = client(wire.url.replace("http:", "https:")).send_events(BODY, TOKEN)
    assert isinstance(found, NotConnected)
    assert "SSL" in found.cause


def test_a_token_that_cannot_be_a_header_has_sent_nothing(client: Any) -> None:
    with Wire() as wire:
        for odd in ("a\nb", "schlüssel-€"):
            assert isinstance(client(wire.url).send_events(BODY, Secret(odd)), NotConnected)
        assert wire.asked == []


@pytest.mark.parametrize(
    ("fault", "order", "taken"),
    [
        ("drop_before", {}, 0),
        ("drop_after", {}, 1),
        ("reset", {}, 0),
        ("reset", {"take": True}, 1),
        ("truncate", {}, 1),
        ("truncate", {"keep_bytes": 5}, 1),
        ("truncate", {"keep_bytes": 0}, 1),
        ("slow_drip", {"seconds": 60}, 1),
    ],
)
def test_without_a_whole_answer_nobody_knows(
    client: Any, linkedin: Sandbox, fault: Any, order: dict[str, Any], taken: int
) -> None:
    linkedin.faults(fault, **order)
    found = client(linkedin.url, read_seconds=0.3).send_events(BODY, Secret("sandbox-token"))
    assert isinstance(found, InDoubt)
    assert len(linkedin.received) == taken


def test_silence_is_in_doubt(client: Any) -> None:
    with Wire([2.0]) as wire:
        found = client(wire.url, read_seconds=0.2).send_events(BODY, TOKEN)
    assert found == InDoubt("ReadTimeoutError")


def test_an_answer_that_drips_in_for_ever_is_left(client: Any) -> None:
    """Each piece comes in time, the whole does not."""
    drip: list[bytes | float | None] = [b"HTTP/1.1 200 X\r\nContent-Length: 1000\r\n\r\n"]
    for _ in range(40):
        drip += [b" ", 0.05]
    with Wire(drip) as wire:
        assert client(wire.url, read_seconds=0.3).send_events(BODY, TOKEN) == InDoubt("ReadTimeoutError")


@pytest.mark.parametrize(
    "answer",
    [
        [b"HTTP/1.1 200 X\r\nContent-Length: 29\r\n\r\n" + TAKEN[:-1], None],
        [b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n" + TAKEN[:5] + b"\r\n", None],
        [b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", None],
        [http(200, gzip.compress(TAKEN)[:-9], "Content-Encoding: gzip")],
        [http(200, b"no gzip at all", "Content-Encoding: gzip")],
        [b"SSH-2.0-OpenSSH_9.9\r\n", None],
        [b"HTTP/1.1 ", None],
        [None],
    ],
)
def test_a_broken_answer_is_in_doubt_or_no_list_of_statuses(client: Any, answer: Any) -> None:
    with Wire(answer) as wire:
        found = client(wire.url).send_events(BODY, TOKEN)
    assert isinstance(found, InDoubt) or found.body != TAKEN


def test_an_oversized_answer_is_not_read_to_its_end(client: Any) -> None:
    endless: list[bytes | float | None] = [b"HTTP/1.1 200 X\r\n\r\n"]
    endless += [b" " * (1024 * 1024)] * (LARGEST_ANSWER // 1024 // 1024 + 1)
    with Wire(endless) as wire:
        assert client(wire.url).send_events(BODY, TOKEN) == InDoubt("the answer is larger than 8 MiB")


def test_a_small_answer_that_unpacks_to_a_large_one_is_not_unpacked_to_its_end(client: Any) -> None:
    bomb = gzip.compress(b" " * (LARGEST_ANSWER * 4))
    with Wire(http(200, bomb, "Content-Encoding: gzip")) as wire:
        assert client(wire.url).send_events(BODY, TOKEN) == InDoubt("the answer is larger than 8 MiB")


def test_no_failure_or_log_line_shows_the_token(
    client: Any, linkedin: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    found = []
    for fault in ("drop_before", "reset", "truncate", "answer_500", "answer_401_revoked"):
        linkedin.faults(fault)
        found.append(repr(client(linkedin.url).send_events(BODY, TOKEN)))
    found.append(repr(client("http://127.0.0.1:9").send_events(BODY, TOKEN)))
    assert caplog.text
    assert CANARY not in caplog.text + "".join(found) + repr(TOKEN) + repr(vars(client(linkedin.url)))

"""Whatever answers in LinkedIn's place, or as LinkedIn never did, has a defined end: in time, in bounds, without a traceback."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.traceback import Traceback

from target_linkedin_conversions.admin.preflight import preflight
from target_linkedin_conversions.delivery.answer import InDoubt, Misdirected, read_answer
from target_linkedin_conversions.delivery.auth import Tokens
from target_linkedin_conversions.delivery.batch import body_of
from target_linkedin_conversions.delivery.client import Client, Received
from target_linkedin_conversions.delivery.connection import LARGEST_ANSWER
from target_linkedin_conversions.delivery.response_fields import decoded, retry_after, who_answered
from target_linkedin_conversions.errors import StopRun
from target_linkedin_conversions.settings import Secret
from tests.delivery.wire import TAKEN, Wire, http
from tests.delivery.world import QuickClock, events, settings_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TOKEN = Secret("sandbox-token")
BODY = body_of(events("a"))
CANARY = "AQXcanary7f3a91b2"
REFRESH: dict[str, Any] = {"client_id": "app", "client_secret": "app-secret-c91", "refresh_token": "AQYconfigured55"}
DEEP = b"[" * 100_000
DRIP = 60
READ_SECONDS = 0.4


def dripping(head: bytes, piece: bytes) -> list[bytes | float | None]:
    """Pieces that each come in time, without end."""
    script: list[bytes | float | None] = [head]
    for _ in range(DRIP):
        script += [piece, 0.05]
    return script


CHUNKED = b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n"
WHOLE_CHUNK = b"%x\r\n%b\r\n" % (len(TAKEN), TAKEN)


@pytest.mark.parametrize(
    "script",
    [
        dripping(b"", b"H"),
        dripping(b"HTTP/1.1 200 X\r\n", b"X-A: b\r\n"),
        dripping(b"HTTP/1.1 200 X\r\nX-A: ", b"a"),
        dripping(CHUNKED, b"0"),
        dripping(CHUNKED + b"5;", b"e"),
        dripping(CHUNKED + WHOLE_CHUNK + b"0\r\n", b"X-T: a\r\n"),
        dripping(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        dripping(b"HTTP/1.1 102 X\r\n", b"X-A: b\r\n"),
        dripping(b"HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\n", b" "),
    ],
    ids=["status", "headers", "header", "chunk size", "extension", "trailers", "interim", "interim head", "body"],
)
def test_no_part_of_an_answer_outlives_the_time_for_the_whole(script: list[bytes | float | None]) -> None:
    client = Client("http://127.0.0.1:1", "http://127.0.0.1:1", "202609", read_seconds=READ_SECONDS)
    with Wire(script) as wire:
        client._api_url = wire.url  # noqa: SLF001
        began = time.monotonic()
        assert isinstance(client.send_events(BODY, TOKEN), InDoubt)
        assert time.monotonic() - began < DRIP * 0.05
    client.close()


@pytest.mark.parametrize(
    "script",
    [
        [b"HTTP/1.1 200 X\r\n", *[b"X-A: " + b"b" * 60_000 + b"\r\n"] * 120],
        [CHUNKED, b"5;" + b"e" * (LARGEST_ANSWER + 2_000_000)],
        [CHUNKED + WHOLE_CHUNK + b"0\r\n", *[b"X-T: " + b"a" * 60_000 + b"\r\n"] * 200],
        [b"HTTP/1.1 103 X\r\nX-A: b\r\n\r\n" * 100_000],
    ],
    ids=["headers", "extension", "trailers", "interim"],
)
def test_no_part_of_an_answer_is_larger_than_the_whole_may_be(script: list[bytes | float | None]) -> None:
    client = Client("http://127.0.0.1:1", "http://127.0.0.1:1", "202609", read_seconds=20)
    with Wire(script) as wire:
        client._api_url = wire.url  # noqa: SLF001
        assert isinstance(client.send_events(BODY, TOKEN), InDoubt)
    client.close()


@pytest.mark.parametrize("interim", [100, 102, 103, 199])
@pytest.mark.parametrize("count", [1, 3])
def test_interim_answers_are_waited_through(interim: int, count: int) -> None:
    hints = b"HTTP/1.1 %d X\r\nLink: </a>\r\n\r\n" % interim * count
    with Wire([hints, 0.05, hints + http()], http()) as wire:
        client = Client(wire.url, wire.url, "202609", read_seconds=5)
        for _ in range(2):
            found = client.send_events(BODY, TOKEN)
            assert isinstance(found, Received)
            assert (found.status, found.body) == (200, TAKEN)
        assert wire.connections == 1
        client.close()


# What an answer says


ODD_NUMBERS = [10**12, -1, 0, 2**63, 10**300, 1.5, "60", None, True, [], {}]


@pytest.mark.parametrize("odd", ODD_NUMBERS, ids=repr)
def test_whatever_a_token_answer_says_of_its_life_the_token_is_used(odd: Any, tmp_path: Path) -> None:
    granted = {"access_token": CANARY, "expires_in": odd, "refresh_token_expires_in": odd, "refresh_token": odd}
    with Wire(http(200, msgspec.json.encode(granted))) as wire:
        config = settings_for(tmp_path, access_token=None, oauth_url=wire.url, **REFRESH)
        tokens = Tokens(config, Client(wire.url, wire.url, "202609"), QuickClock())
        assert tokens.current().reveal == CANARY
        assert tokens.at_hand or odd == 60
    assert not (tmp_path / "credentials.json").exists() or odd == "60"


@pytest.mark.parametrize("odd", ["Bearer AQX1", "a b", "$TOKEN", "…", "a\nb", "\x1b[31mred", "schlüssel"])
def test_a_refreshed_token_is_looked_at_as_a_configured_one_is(odd: str, tmp_path: Path) -> None:
    answers = [{"access_token": odd}, {"access_token": CANARY, "refresh_token": odd}]
    with Wire(*(http(200, msgspec.json.encode(one)) for one in answers)) as wire:
        config = settings_for(tmp_path, access_token=None, oauth_url=wire.url, **REFRESH)
        tokens = Tokens(config, Client(wire.url, wire.url, "202609"), QuickClock())
        with pytest.raises(StopRun) as stop:
            tokens.current()
        assert odd not in str(stop.value)
        assert tokens.current().reveal == CANARY
    assert not (tmp_path / "credentials.json").exists()


@pytest.mark.parametrize("body", [DEEP, b'{"a":' * 100_000, b'{"elements":' + DEEP, b"\xff\xfe", b"1" * 6000, b""])
@pytest.mark.parametrize("account", [None, "512345678"])
def test_no_answer_of_any_endpoint_is_a_traceback(body: bytes, account: str | None, tmp_path: Path) -> None:
    more: dict[str, Any] = {"access_token": "sandbox-token", "account_id": account, **REFRESH}
    with Wire(*[http(200, body)] * 8) as wire:
        config = settings_for(tmp_path, api_url=wire.url, oauth_url=wire.url, **more)
        client, clock = Client(wire.url, wire.url, "202609"), QuickClock()
        found = preflight(config, client, Tokens(config, client, clock), clock)
        assert found.rules == {}
        with pytest.raises(StopRun):
            Tokens(
                settings_for(tmp_path, oauth_url=wire.url, **{**more, "access_token": None}), client, clock
            ).current()
        assert isinstance(read_answer(200, {}, body, [b"{}"]), InDoubt | Misdirected)


@pytest.mark.parametrize("expires", ODD_NUMBERS, ids=repr)
def test_no_end_of_a_token_is_beyond_what_a_date_can_say(expires: Any, tmp_path: Path) -> None:
    with Wire(http(403, b"{}"), http(200, msgspec.json.encode({"active": True, "expires_at": expires}))) as wire:
        config = settings_for(tmp_path, api_url=wire.url, oauth_url=wire.url, **REFRESH)
        client, clock = Client(wire.url, wire.url, "202609"), QuickClock()
        lives = preflight(config, client, Tokens(config, client, clock), clock).lives
        assert all(str(life) for life in lives)


@settings(max_examples=80)
@given(
    st.text(max_size=40) | st.integers().map(str) | st.sampled_from(["9" * 500, "Mon, 01 Jan 99999999999 00:00:00 GMT"])
)
def test_any_retry_after_is_a_span_or_nothing(text: str) -> None:
    found = retry_after({"Retry-After": text})
    assert found is None or found >= 0


@settings(max_examples=80)
@given(st.binary(max_size=60) | st.integers(1, 3000).map(lambda deep: b"[" * deep))
def test_decoding_is_total(body: bytes) -> None:
    for kind in (dict, list[int], dict[str, int]):
        decoded(body, kind)


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(["Content-Type", "server", "Via"]), st.text(max_size=80)))
def test_what_a_stranger_says_of_itself_is_shown_as_far_as_it_is_harmless(headers: dict[str, str]) -> None:
    told = who_answered(headers)
    assert told.isascii()
    assert told.isprintable()
    assert "@" not in told
    assert len(told) < 120


# What a traceback shows


@pytest.mark.parametrize("endpoint", ["token", "introspection", "events"])
def test_no_local_variable_of_a_traceback_shows_a_secret(
    endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = (REFRESH["client_secret"], REFRESH["refresh_token"], CANARY)
    config = settings_for(tmp_path, access_token=CANARY, **REFRESH)
    client = Client("http://127.0.0.1:1", "http://127.0.0.1:1", "202609")
    tokens = Tokens(config, client, QuickClock())

    class StoppedError(BaseException):
        pass

    def stop(*_: Any, **__: Any) -> None:
        raise StoppedError

    monkeypatch.setattr("urllib3.connectionpool.HTTPConnectionPool.urlopen", stop)
    asks: dict[str, Callable[[], object]] = {
        "token": lambda: tokens.renew(config.access_token),
        "introspection": lambda: preflight(config, client, tokens, QuickClock()),
        "events": lambda: client.send_events(BODY, Secret(CANARY)),
    }
    with pytest.raises(StoppedError) as caught:
        asks[endpoint]()
    shown = Traceback.extract(
        caught.type, caught.value, caught.tb, show_locals=True, locals_max_string=10_000, locals_max_length=1000
    )
    frames = [frame for stack in shown.stacks for frame in stack.frames if frame.filename != __file__]
    text = repr([frame.locals for frame in frames])
    assert len(frames) > 4
    assert "headers" in text
    for secret in secrets:
        assert secret not in text


def test_a_token_that_was_granted_shows_in_no_representation() -> None:
    received = Received(200, {"Set-Cookie": CANARY}, msgspec.json.encode({"access_token": CANARY}))
    assert CANARY not in repr(received)
    assert CANARY not in repr(received.__rich_repr__())

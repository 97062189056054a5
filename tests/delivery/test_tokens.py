"""The token: refreshed in time and once for all, its successor kept, never shown."""

from __future__ import annotations

import json
import logging
import stat
import threading
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.delivery.auth import Tokens
from target_linkedin_conversions.delivery.client import Client
from target_linkedin_conversions.delivery.delivery import Delivery
from target_linkedin_conversions.errors import CredentialError, UnreachableError, exit_code_of
from tests.delivery.wire import Wire, http
from tests.delivery.world import DAY, NOW, Ear, QuickClock, batch_of, deliver, events, settings_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from target_linkedin_conversions.sandbox import Sandbox
    from target_linkedin_conversions.settings import Settings

HOUR = 3_600_000
REFRESH: dict[str, Any] = {
    "client_id": "78abc",
    "client_secret": "canary-secret-51",
    "refresh_token": "sandbox-refresh",
}


@pytest.fixture
def tokens() -> Iterator[Callable[..., Tokens]]:
    clients: list[Client] = []

    def make(settings: Settings, clock: QuickClock | None = None) -> Tokens:
        clients.append(Client(settings.api_url, settings.oauth_url, settings.linkedin_version))
        return Tokens(settings, clients[-1], clock or QuickClock())

    yield make
    for client in clients:
        client.close()


def oauth_requests(linkedin: Sandbox) -> int:
    return sum(request.path.startswith("/oauth") for request in linkedin.requests)


def test_a_given_token_is_used_as_it_is(tokens: Any, linkedin: Sandbox, tmp_path: Path) -> None:
    found = tokens(settings_for(tmp_path, linkedin))
    assert found.at_hand
    assert found.current().reveal == "sandbox-token"
    assert linkedin.requests == []
    assert not list(tmp_path.iterdir())


def test_without_a_given_token_one_is_fetched_and_used_until_shortly_before_it_expires(
    tokens: Any, linkedin: Sandbox, tmp_path: Path
) -> None:
    linkedin.configure(access_token_seconds=3600)
    clock = QuickClock()
    found = tokens(settings_for(tmp_path, linkedin, access_token=None, **REFRESH), clock)
    assert not found.at_hand
    first = found.current()
    clock.pass_by(HOUR - 5 * 60_000 - 1)
    assert found.at_hand
    assert found.current() is first
    clock.pass_by(2)
    assert not found.at_hand
    assert found.current().reveal != first.reveal
    assert oauth_requests(linkedin) == 2


def test_one_refresh_serves_all_threads(tokens: Any, linkedin: Sandbox, tmp_path: Path) -> None:
    found = tokens(settings_for(tmp_path, linkedin, **REFRESH))
    stale = found.current()
    together = threading.Barrier(8)
    got: list[str] = []

    def ask() -> None:
        together.wait(5)
        got.append(found.renew(stale).reveal)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(got) == 8
    assert len(set(got)) == 1
    assert oauth_requests(linkedin) == 1


def test_a_token_that_linkedin_calls_expired_is_refreshed_once_for_all_senders(
    linkedin: Sandbox, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path, linkedin, access_token="sandbox-expired", batch_size_rows=1, **REFRESH)
    receipt = deliver(events(*range(12)), settings, clock=QuickClock())
    assert receipt.stopped_by is None
    assert receipt.counts == {"delivered": 12}
    assert oauth_requests(linkedin) == 1


def test_an_expired_token_that_cannot_be_refreshed_stops_with_exit_3(linkedin: Sandbox, tmp_path: Path) -> None:
    settings = settings_for(tmp_path, linkedin, access_token="sandbox-expired")
    receipt = deliver(events("a"), settings, clock=QuickClock())
    assert isinstance(receipt.stopped_by, CredentialError)
    assert exit_code_of(receipt.stopped_by) == 3
    assert receipt.counts == {"unsent": 1}


def test_a_refreshed_token_that_is_called_expired_again_stops(linkedin: Sandbox, tmp_path: Path) -> None:
    linkedin.faults("answer_401_expired", times=5)
    receipt = deliver(events("a"), settings_for(tmp_path, linkedin, **REFRESH), clock=QuickClock())
    assert isinstance(receipt.stopped_by, CredentialError)
    assert oauth_requests(linkedin) <= 2


def test_a_rotated_refresh_token_is_kept_for_the_next_run_by_this_user_alone(
    tokens: Any, linkedin: Sandbox, tmp_path: Path
) -> None:
    linkedin.configure(rotate_refresh_token=True)
    folder = tmp_path / "private"
    settings = settings_for(tmp_path, linkedin, access_token=None, private_dir=str(folder), **REFRESH)
    tokens(settings).current()
    kept = folder / "credentials.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    rotated = json.loads(kept.read_text())["refresh_token"]
    assert rotated != "sandbox-refresh"
    linkedin.set_token("sandbox-refresh", "revoked", use="refresh")
    tokens(settings).current()
    assert json.loads(kept.read_text())["refresh_token"] != rotated
    assert [path.name for path in folder.iterdir()] == ["credentials.json"]


def test_a_newly_configured_refresh_token_wins_over_the_kept_one(
    tokens: Any, linkedin: Sandbox, tmp_path: Path
) -> None:
    linkedin.configure(rotate_refresh_token=True)
    tokens(settings_for(tmp_path, linkedin, access_token=None, **REFRESH)).current()
    kept = json.loads((tmp_path / "credentials.json").read_text())["refresh_token"]
    linkedin.set_token(kept, "revoked", use="refresh")
    linkedin.set_token("newly-given", use="refresh", expires_at=NOW + 100 * DAY)
    again = settings_for(tmp_path, linkedin, access_token=None, **{**REFRESH, "refresh_token": "newly-given"})
    assert tokens(again).current().reveal


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"configured": 5}', b"[]"])
def test_a_broken_credentials_file_is_as_good_as_none(
    tokens: Any, linkedin: Sandbox, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "credentials.json").write_bytes(content)
    assert tokens(settings_for(tmp_path, linkedin, access_token=None, **REFRESH)).current().reveal


def test_a_successor_that_cannot_be_kept_is_said_and_stops_nothing(
    tokens: Any, linkedin: Sandbox, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    linkedin.configure(rotate_refresh_token=True)
    (tmp_path / "file").touch()
    settings = settings_for(
        tmp_path, linkedin, access_token=None, private_dir=str(tmp_path / "file" / "below"), **REFRESH
    )
    assert tokens(settings).current().reveal
    assert "cannot be written" in caplog.text
    assert "sandbox-" not in caplog.text


@pytest.mark.parametrize("error", ["invalid_request", "invalid_grant"])
@pytest.mark.parametrize("status", [400, 401])
def test_a_dead_refresh_token_stops_with_exit_3(
    tokens: Any, linkedin: Sandbox, tmp_path: Path, error: str, status: int
) -> None:
    linkedin.faults("answer", status=status, body={"error": error}, path="/oauth", times=9)
    clock = QuickClock()
    with pytest.raises(CredentialError, match="log in again") as stop:
        tokens(settings_for(tmp_path, linkedin, access_token=None, **REFRESH), clock).current()
    assert exit_code_of(stop.value) == 3
    assert oauth_requests(linkedin) == 1
    assert clock.waits == []


def test_a_revoked_refresh_token_is_dead(tokens: Any, linkedin: Sandbox, tmp_path: Path) -> None:
    linkedin.set_token("sandbox-refresh", "revoked", use="refresh")
    with pytest.raises(CredentialError):
        tokens(settings_for(tmp_path, linkedin, access_token=None, **REFRESH)).current()


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_an_oauth_server_that_is_busy_is_asked_again(
    tokens: Any, linkedin: Sandbox, tmp_path: Path, status: int
) -> None:
    linkedin.faults("answer", status=status, path="/oauth", times=2)
    assert tokens(settings_for(tmp_path, linkedin, access_token=None, **REFRESH)).current().reveal
    assert oauth_requests(linkedin) == 3


def test_an_oauth_server_that_never_answers_stops_with_exit_5(tokens: Any, linkedin: Sandbox, tmp_path: Path) -> None:
    linkedin.faults("drop_before", path="/oauth", times=9)
    clock = QuickClock()
    with pytest.raises(UnreachableError) as stop:
        tokens(settings_for(tmp_path, linkedin, access_token=None, **REFRESH), clock).current()
    assert exit_code_of(stop.value) == 5
    assert oauth_requests(linkedin) == 4
    assert [0 < wait <= longest for wait, longest in zip(clock.waits, (1, 2, 4), strict=True)] == [True] * 3


@pytest.mark.parametrize("body", [b"{}", b'{"access_token": 5}', b'{"access_token": null}'])
def test_an_oauth_server_that_answers_something_else_stops_with_exit_3(
    tokens: Any, tmp_path: Path, body: bytes
) -> None:
    with Wire(http(200, body)) as wire:
        settings = settings_for(tmp_path, access_token=None, oauth_url=wire.url, **REFRESH)
        with pytest.raises(CredentialError, match="oauth_url"):
            tokens(settings).current()


@pytest.mark.parametrize("body", [b"<html>", b"\xff", b"", b"[1]"])
def test_what_answers_in_the_oauth_servers_place_stops_with_exit_5(tokens: Any, tmp_path: Path, body: bytes) -> None:
    with Wire(http(200, body, "Content-Type: text/html; charset=utf-8")) as wire:
        settings = settings_for(tmp_path, access_token=None, oauth_url=wire.url, **REFRESH)
        with pytest.raises(UnreachableError, match=r"text/html.* login page"):
            tokens(settings).current()


def test_a_token_that_is_called_revoked_gets_one_minute_and_one_more_chance(linkedin: Sandbox, tmp_path: Path) -> None:
    linkedin.faults("answer_401_revoked")
    clock = QuickClock()
    receipt = deliver(events("a"), settings_for(tmp_path, linkedin), clock=clock)
    assert receipt.counts == {"delivered": 1}
    assert clock.waits == [60]


def test_a_token_that_stays_revoked_stops_with_exit_3(linkedin: Sandbox, tmp_path: Path) -> None:
    receipt = deliver(events("a"), settings_for(tmp_path, linkedin, access_token="sandbox-revoked"), clock=QuickClock())
    assert isinstance(receipt.stopped_by, CredentialError)
    assert receipt.counts == {"unsent": 1}
    assert len(linkedin.requests) == 2


@pytest.mark.parametrize(("token", "words"), [("sandbox-unknown", "invalid"), ("sandbox-no-scope", "rw_conversions")])
def test_a_wrong_token_or_scope_stops_with_exit_3_and_blames_no_event(
    linkedin: Sandbox, tmp_path: Path, token: str, words: str
) -> None:
    receipt = deliver(events("a", "b"), settings_for(tmp_path, linkedin, access_token=token), clock=QuickClock())
    assert isinstance(receipt.stopped_by, CredentialError)
    assert words in str(receipt.stopped_by)
    assert receipt.counts == {"unsent": 2}
    assert len(linkedin.requests) == 1


def test_no_token_is_in_any_log_line_error_or_repr(
    linkedin: Sandbox, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    linkedin.configure(rotate_refresh_token=True)
    canaries = ["sandbox-canary-access-1", "canary-secret-51", "sandbox-refresh", "sandbox-canary-dead"]
    shown = ""
    linkedin.faults("answer_401_expired")
    linkedin.faults("answer_500")
    linkedin.faults("answer_401_revoked")
    for number, more in enumerate(
        (
            {"access_token": canaries[0], **REFRESH},
            {"access_token": None, **REFRESH, "refresh_token": canaries[3]},
            {"access_token": "no-canary-known-to-linkedin"},
        )
    ):
        settings = settings_for(tmp_path / str(number), linkedin, **more)
        ear = Ear()
        delivery = Delivery(settings, "run", ear, QuickClock())
        try:
            delivery.start()
            delivery.carry(batch_of(events("a", "b")))
            delivery.finish()
        except CredentialError as error:
            shown += repr(error) + str(error)
        finally:
            delivery.close(5)
            delivery.leave()
        shown += repr(settings) + repr(vars(delivery.tokens)) + repr(ear.heard)
    kept = json.loads((tmp_path / "0" / "credentials.json").read_text())["refresh_token"]
    for canary in (*canaries, kept, "no-canary-known-to-linkedin"):
        assert canary not in caplog.text + shown
    assert "batch rule=101" in caplog.text


@pytest.mark.parametrize(
    "given", ["", " ", "AQX…", "Bearer canary", '"canary"', "canary canary", "canary\n", "canar\u00fd", "${canary}"]
)
def test_a_refreshed_token_that_no_token_is_written_like_stops_with_exit_3(
    tokens: Any, linkedin: Sandbox, tmp_path: Path, given: str
) -> None:
    body = json.dumps({"access_token": given, "expires_in": 3600}).encode()
    with Wire(http(200, body)) as wire:
        found = tokens(settings_for(tmp_path, linkedin, oauth_url=wire.url, access_token=None, **REFRESH))
        with pytest.raises(CredentialError) as caught:
            found.current()
    assert exit_code_of(caught.value) == 3
    assert "canar" not in str(caught.value)

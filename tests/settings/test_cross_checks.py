from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

URL_DIR = {"state_dir": "s3://bucket/state"}
LEDGER = {"ledger_url": "postgresql://db.example.com/ledger"}


@pytest.mark.parametrize(
    ("config", "place"),
    [
        ({}, "access_token"),
        ({"client_id": "app"}, "access_token"),
        ({"client_id": "app", "client_secret": "s"}, "access_token"),
        ({"refresh_token": "r"}, "client_id"),
        ({"refresh_token": "r", "client_id": "app"}, "client_secret"),
        ({"access_token": "t", "refresh_token": "r", "client_secret": "s"}, "client_id"),
    ],
)
def test_credentials_that_cannot_work_stop(config: dict[str, Any], place: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Settings.load(config)
    assert caught.value.setting == place


@pytest.mark.parametrize(
    "config",
    [
        {"access_token": "t"},
        {"client_id": "app", "client_secret": "s", "refresh_token": "r"},
        {"access_token": "t", "client_id": "app", "client_secret": "s", "refresh_token": "r"},
        {"access_token": "t", "client_id": "app"},
        {"dry_run": True},
    ],
)
def test_a_token_or_the_means_to_get_one_is_enough(config: dict[str, Any]) -> None:
    assert Settings.load(config).warnings == ()


def test_hold_needs_the_identities_that_send_once_keeps(load: Callable[..., Settings]) -> None:
    with pytest.raises(ConfigError, match=r"^on_in_doubt: .*send_once"):
        load({"on_in_doubt": "hold", "send_once": False})
    assert load({"on_in_doubt": "hold"}).send_once
    assert not load({"on_in_doubt": "by_rule", "send_once": False}).send_once


def test_a_state_dir_on_a_url_needs_a_ledger_elsewhere_and_a_local_folder(load: Callable[..., Settings]) -> None:
    with pytest.raises(ConfigError, match=r"^ledger_url: "):
        load({**URL_DIR, "private_dir": "private"})
    with pytest.raises(ConfigError, match=r"^private_dir: "):
        load({**URL_DIR, **LEDGER})
    assert load({**URL_DIR, **LEDGER, "private_dir": "private"}).private_dir == "private"


def test_a_dry_run_on_a_url_needs_no_ledger(load: Callable[..., Settings]) -> None:
    assert load({**URL_DIR, "private_dir": "private", "dry_run": True}).ledger_url is None


def test_the_private_folder_is_never_on_a_url(load: Callable[..., Settings]) -> None:
    with pytest.raises(ConfigError, match=r"^private_dir: expected a local path"):
        load({"private_dir": "s3://bucket/canary"})


@pytest.mark.parametrize("name", ["api_url", "oauth_url"])
@pytest.mark.parametrize(
    "url", ["http://api.example.com", "http://192.0.2.1", "http://localhost.example.com", "http://[2001:db8::1]"]
)
def test_plain_http_is_for_loopback_only(load: Callable[..., Settings], name: str, url: str) -> None:
    with pytest.raises(ConfigError, match=rf"^{name}: expected https \(plain http is for loopback only\)"):
        load({name: url})

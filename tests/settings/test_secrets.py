from __future__ import annotations

import hashlib
import io
import traceback
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console
from rich.pretty import Pretty

from target_linkedin_conversions.settings import SETTINGS, Secret, Settings

if TYPE_CHECKING:
    from collections.abc import Callable

CANARY = "canary7f3a"
HOLDING_SECRETS: dict[str, Any] = {
    "access_token": f"token-{CANARY}",
    "client_id": "app",
    "client_secret": f"secret-{CANARY}",
    "refresh_token": f"refresh-{CANARY}",
    "state_dir": f"s3://key:{CANARY}@bucket/state",
    "private_dir": "private",
    "ledger_url": f"postgresql://me:{CANARY}@db.example.com/ledger",
    "ledger_key": f"0123456789abcdefghijklmnop-{CANARY}",
    "stream_map_config": {"salt": CANARY},
    "batch_config": {"storage": {"root": f"s3://key:{CANARY}@bucket"}},
}


def test_no_representation_of_settings_shows_what_may_hold_a_secret(load: Callable[..., Settings]) -> None:
    found = load(HOLDING_SECRETS)
    paper = io.StringIO()
    Console(file=paper, width=4000).print(Pretty(found), repr(found), found)
    shown = [repr(found), str(found), f"{found}", f"{found!r}", paper.getvalue()]
    assert all("linkedin_version" in text for text in shown)
    assert not any(CANARY in text for text in shown)


def test_a_state_dir_that_is_the_private_folder_too_stays_hidden(load: Callable[..., Settings]) -> None:
    assert CANARY not in repr(load({"state_dir": CANARY}))


def test_a_secret_shows_itself_only_when_asked() -> None:
    secret = Secret(CANARY)
    paper = io.StringIO()
    Console(file=paper).print(secret, Pretty(secret))
    seen = traceback.format_exception(ValueError(secret))
    assert CANARY not in f"{secret} {secret!r} {[secret]} {seen} {paper.getvalue()}"
    assert secret.reveal == CANARY


@pytest.mark.parametrize("digest", ["md5", "sha1", "sha256", "sha512", "blake2b"])
def test_the_quota_key_is_no_common_digest_of_the_token(load: Callable[..., Settings], digest: str) -> None:
    key = load({"access_token": CANARY}).quota_key
    assert len(key) == 16
    assert not hashlib.new(digest, CANARY.encode()).hexdigest().startswith(key)


def test_the_quota_key_of_a_token_never_changes(load: Callable[..., Settings]) -> None:
    expected = hashlib.blake2b(b"sandbox-token", digest_size=8, person=b"quota_key").hexdigest()
    assert load().quota_key == expected


def test_people_see_only_the_beginning_of_a_tokens_digest(load: Callable[..., Settings]) -> None:
    assert load().quota_key not in load().quota_key_shown
    assert load({"client_id": "app"}).quota_key_shown == "app"


def test_every_setting_that_may_hold_a_secret_is_declared_one() -> None:
    assert {setting.name for setting in SETTINGS if setting.secret} == {
        "access_token",
        "client_secret",
        "refresh_token",
        "state_dir",
        "ledger_url",
        "ledger_key",
        "alert_urls",
    }

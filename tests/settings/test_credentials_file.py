"""A login that was kept counts where the settings name no token of their own."""

from __future__ import annotations

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.settings import Settings
from target_linkedin_conversions.settings.credentials_file import (
    CredentialsFile,
    Login,
    change_credentials,
    path_of,
    read_credentials,
    write_credentials,
)

if TYPE_CHECKING:
    from pathlib import Path

TRIO = {"client_id": "app", "client_secret": "hidden", "refresh_token": "again"}
WHOLE = Login(access_token="kept", **TRIO)


def load(folder: Path, **settings: Any) -> Settings:
    return Settings.load({"state_dir": str(folder), **settings})


def keep(folder: Path, login: Login = WHOLE) -> None:
    write_credentials(str(folder), CredentialsFile(login=login))


def test_it_stands_for_the_token_and_what_refreshes_it(tmp_path: Path) -> None:
    keep(tmp_path)
    settings = load(tmp_path)
    assert settings.access_token is not None
    assert settings.refresh_token is not None
    assert (settings.access_token.reveal, settings.refresh_token.reveal, settings.client_id) == ("kept", "again", "app")
    assert settings.quota_key == "app"
    assert not [
        word
        for word in ("kept", "again", "hidden")
        if word in repr(settings) + repr(WHOLE) + repr(CredentialsFile(login=WHOLE))
    ]


@pytest.mark.parametrize("own", [{"access_token": "own"}, TRIO])
def test_a_token_of_the_settings_comes_first(tmp_path: Path, own: dict[str, str]) -> None:
    keep(tmp_path, Login(access_token="kept"))
    settings = load(tmp_path, **own)
    assert settings.access_token is None or settings.access_token.reveal == "own"


def test_it_lies_in_private_dir_where_that_is_set(tmp_path: Path) -> None:
    keep(tmp_path / "a")
    with pytest.raises(ConfigError, match=r"no credentials are set.*`linkedin-conversions send FILE --dry-run`"):
        load(tmp_path / "b")
    assert load(tmp_path / "b", private_dir=str(tmp_path / "a")).access_token


def test_another_app_of_the_settings_does_not_refresh_it(tmp_path: Path) -> None:
    keep(tmp_path)
    settings = load(tmp_path, client_id="other")
    assert (settings.client_id, settings.refresh_token) == ("other", None)
    assert settings.access_token is not None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"login":7}',
        b'{"login":{"access_token":7}}',
        b'{"login":{"access_token":"a b"}}',
        b"\xff",
        b"[" * 9999,
    ],
)
def test_a_file_without_sense_is_none(tmp_path: Path, content: bytes) -> None:
    path_of(str(tmp_path)).write_bytes(content)
    with pytest.raises(ConfigError, match="no credentials are set"):
        load(tmp_path)


def test_a_file_that_cannot_be_read_as_a_login_is_named_with_its_mend_and_no_other_is(tmp_path: Path) -> None:
    for content, named in ((b"{", True), (b'{"refresh_token":"rotated"}', False)):
        path_of(str(tmp_path)).write_bytes(content)
        with pytest.raises(ConfigError, match="no credentials are set") as raised:
            load(tmp_path)
        assert ("credentials.json is there and cannot be read as a login" in str(raised.value)) == named


def test_a_rotated_token_alone_is_no_login(tmp_path: Path) -> None:
    write_credentials(str(tmp_path), CredentialsFile(configured="mark", refresh_token="rotated"))
    with pytest.raises(ConfigError, match="no credentials are set"):
        load(tmp_path)


def test_it_is_written_for_this_user_alone_and_read_by_nobody_elses_hand(tmp_path: Path) -> None:
    keep(tmp_path)
    path = path_of(str(tmp_path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_credentials(str(tmp_path)) == CredentialsFile(login=WHOLE)
    elsewhere = tmp_path / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    with pytest.raises(ConfigError, match="private_dir"):
        load(tmp_path)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(ConfigError, match="private_dir"):
        load(tmp_path)


def test_what_is_not_said_is_not_in_the_file(tmp_path: Path) -> None:
    keep(tmp_path, Login(access_token="kept"))
    assert json.loads(path_of(str(tmp_path)).read_bytes()) == {"login": {"access_token": "kept"}}


def test_changes_of_one_moment_all_stand(tmp_path: Path) -> None:
    keep(tmp_path)

    def longer(_each: int) -> None:
        change_credentials(
            str(tmp_path), lambda kept: msgspec.structs.replace(kept, refresh_token=f"{kept.refresh_token}x")
        )

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(longer, range(40)))
    assert read_credentials(str(tmp_path)) == CredentialsFile(refresh_token="x" * 40, login=WHOLE)


def test_without_a_token_the_variable_is_named_where_variables_count() -> None:
    with pytest.raises(ConfigError, match=r"in the environment TARGET_LINKEDIN_CONVERSIONS_ACCESS_TOKEN"):
        Settings.load({}, {})
    with pytest.raises(ConfigError, match="set access_token, or client_id"):
        Settings.load({})

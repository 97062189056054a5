"""A `.env`, and a token in it, that are longer than any that somebody wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.settings import Settings
from target_linkedin_conversions.settings.environment import fill_from_dotenv

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("line", [b"A=b\n", b"A=" + b"x" * 1000 + b"\n", b"#\n", b"\n"])
def test_a_file_of_many_megabytes_is_read_no_further(
    line: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_bytes(line * (10_000_000 // len(line)))
    with pytest.raises(
        ConfigError, match=r"\.env: the file cannot be read \(it is larger than 1 MiB\); keep in it only"
    ):
        fill_from_dotenv({})


@pytest.mark.parametrize("name", ["access_token", "client_secret", "refresh_token"])
def test_a_secret_that_no_header_has_room_for_is_a_wrong_setting(name: str) -> None:
    given = {"client_id": "78abc", "client_secret": "x", "refresh_token": "y", "state_dir": "state"}
    with pytest.raises(ConfigError, match=f"{name}: it is longer than any token or secret") as error:
        Settings.load({**given, name: "x" * 10_000_000})
    assert len(str(error.value)) < 200

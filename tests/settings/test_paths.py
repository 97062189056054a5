"""`~` is filled in; what only a shell fills in or takes off is refused, and nothing is made of it."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.settings.files import read_config

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from target_linkedin_conversions.settings import Settings

PATHS = ("state_dir", "private_dir", "suppress")
WRONG = {
    "home_variable": "$HOME/canary",
    "braces": "${X}/canary",
    "variable_inside": "/var/$USER/canary",
    "windows": "%USERPROFILE%/canary",
    "template": "{{ state }}/canary",
    "single_quotes": "'/var/canary'",
    "double_quotes": '"~/canary"',
    "typographic_quotes": "“/var/canary”",
    "one_quote": '/var/canary"',
    "line_break": "/var/ca\nnary",
    "zero_width_space": "/var/canary\u200b",
    "nobody_s_home": "~nobody-has-this-name/canary",
}


@pytest.mark.parametrize("setting", PATHS)
def test_a_home_folder_is_filled_in(
    load: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, setting: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert getattr(load({setting: "~/x"}), setting) == str(tmp_path / "x")
    assert getattr(load({}, **{setting: " ~/x/y "}), setting) == str(tmp_path / "x" / "y")
    assert getattr(load({setting: "~"}), setting) == str(tmp_path)
    assert getattr(load({setting: "a~b/~c"}), setting) == "a~b/~c"


@pytest.mark.parametrize("setting", PATHS)
@pytest.mark.parametrize("path", WRONG.values(), ids=WRONG)
def test_a_path_that_only_a_shell_understands_is_refused(
    load: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, setting: str, path: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError) as caught:
        load({setting: path})
    assert str(caught.value).startswith(f"{setting}: ")
    assert "canary" not in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_a_url_is_refused_for_a_placeholder_in_its_place_but_not_in_its_password(load: Callable[..., Settings]) -> None:
    beside = {"ledger_url": "postgresql://u:p@h/d", "private_dir": "p"}
    assert load({"state_dir": "s3://key:pa$$'w@bucket/x", **beside}).state_dir == "s3://key:pa$$'w@bucket/x"
    for url in ("s3://$BUCKET/x", "s3://bucket/${ENV}", "'s3://bucket/x'"):
        with pytest.raises(ConfigError, match=r"^state_dir: "):
            load({"state_dir": url, **beside})


def test_a_ledgers_url_may_hold_any_password(load: Callable[..., Settings]) -> None:
    assert load({"ledger_url": "postgresql://u:$p'q@h/d"}).ledger_url == "postgresql://u:$p'q@h/d"
    for url in ("$LEDGER_URL", "${LEDGER_URL}", "'postgresql://u:p@h/d'", "{{ ledger }}"):
        with pytest.raises(ConfigError, match=r"^ledger_url: "):
            load({"ledger_url": url})


def test_a_config_file_may_lie_in_the_home_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "c.json").write_text('{"client_id": "a"}')
    assert read_config(["~/c.json"]) == {"client_id": "a"}


@pytest.mark.parametrize(
    "given",
    [
        '{"access_token": "AQXcanary"}',
        ' [{"access_token": "AQXcanary"}]',
        "access_token=AQXcanary",
        "a=b/canary.json",
        "AQXcanary",
        "AQXcanary" * 40 + ".json",
        "canary" * 200_000,
        '{"access_token": "' + "canary" * 200_000 + '"}',
        "canary\nAQX",
        "canary\0.json",
        "$HOME/canary",
        "'canary.json'",
        "can\u200bary.json",
        "",
        "  ",
        "env",
    ],
    ids=lambda given: given[:20] or "empty",
)
def test_what_is_no_path_is_never_repeated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: str) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError) as caught:
        read_config([given])
    sentence = str(caught.value)
    assert sentence.startswith("--config: ")
    assert "canary" not in sentence
    assert len(sentence) < 200
    assert caught.value.exit_code == 2


def test_a_path_that_is_there_or_looks_like_one_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "it's $5").write_text("[]")
    (tmp_path / "folder").mkdir()
    for given in ("missing/config.json", "folder", "it's $5", "my settings.yml"):
        with pytest.raises(ConfigError) as caught:
            read_config([given])
        assert given in str(caught.value)


def test_settings_from_a_pipe_without_an_end_are_refused_before_they_fill_the_memory() -> None:
    with subprocess.Popen(["/usr/bin/yes"], stdout=subprocess.PIPE) as endless:
        assert endless.stdout is not None
        with pytest.raises(ConfigError, match="larger than 16 MiB"):
            read_config([f"/dev/fd/{endless.stdout.fileno()}"])
        endless.kill()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_config_file_is_read_in_every_encoding_that_says_which_it_is(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "c.json"
    path.write_text('{"client_id": "ä"}\r\n', encoding=encoding)
    assert read_config([path]) == {"client_id": "ä"}

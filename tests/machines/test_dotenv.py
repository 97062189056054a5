"""A `.env` in the working directory is read where `--config ENV` asks for the environment, and only there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from target_linkedin_conversions.cli.main import main as companion
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.settings.environment import fill_from_dotenv
from tests.singer.pipe import Ended, Pipe, as_bytes, record, schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from target_linkedin_conversions.sandbox import Sandbox

PREFIX = "TARGET_LINKEDIN_CONVERSIONS_"


@pytest.fixture(autouse=True)
def _environment_as_it_was() -> Iterator[None]:
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def pipe(tmp_path: Path, linkedin: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Pipe:
    monkeypatch.chdir(tmp_path)
    return Pipe(tmp_path, linkedin)


def write(pipe: Pipe, **more: str) -> None:
    lines = [f"{PREFIX}{name.upper()}={value}" for name, value in {**connection(pipe), **more}.items()]
    (pipe.folder / ".env").write_text("# of this project\n\n" + "\n".join(lines) + "\n")


def connection(pipe: Pipe) -> dict[str, str]:
    given = {name: str(pipe.config[name]) for name in ("api_url", "oauth_url", "access_token", "state_dir")}
    return {**given, "conversion_rule": "101", "consent": ""} | {"streams": STREAMS}


STREAMS = """'[{"stream": "*", "conversion_rule": 101, "consent": {"not_required": "a test"}}]'"""


def run(pipe: Pipe, now: int, *config: str) -> Ended:
    messages = pipe.folder / "input.singer"
    messages.write_bytes(as_bytes([schema(), record(now, 1)]))
    return pipe.call(*config, "--input", str(messages))


def test_it_is_read_with_config_env(pipe: Pipe, linkedin: Sandbox) -> None:
    write(pipe)
    done = run(pipe, linkedin.now(), "--config", "ENV")
    assert (done.code, done.counts) == (0, {"delivered": 1}), done.stderr


def test_the_companion_reads_it_too(pipe: Pipe, capsys: pytest.CaptureFixture[str]) -> None:
    write(pipe)
    with pytest.raises(SystemExit) as end:
        companion(["quota", "--config", "ENV", "--json"])
    assert not end.value.code
    assert "requests" in capsys.readouterr().out


def test_the_process_s_own_variables_count_more(pipe: Pipe, linkedin: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    write(pipe, access_token="sandbox-revoked", dry_run="true")
    monkeypatch.setenv(f"{PREFIX}ACCESS_TOKEN", "sandbox-token")
    monkeypatch.setenv(f"{PREFIX}DRY_RUN", "false")
    done = run(pipe, linkedin.now(), "--config", "ENV")
    assert (done.code, done.counts) == (0, {"delivered": 1})


def test_without_config_env_it_is_named_but_not_read(pipe: Pipe, linkedin: Sandbox) -> None:
    write(pipe)
    done = run(pipe, linkedin.now(), "--config", str(pipe.file(access_token=None)))
    assert done.code == 2
    assert "access_token: no credentials are set" in done.stderr
    assert ".env file in this folder is read with --config ENV only" in done.stderr
    (pipe.folder / ".env").write_text("OTHER=1\n")
    assert ".env" not in run(pipe, linkedin.now(), "--config", str(pipe.file(access_token=None))).stderr


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("A=1\n{canary: 2}\n", 2),
        ("\n\n\nthis is canary text\n", 4),
        (f'# x\n{PREFIX}ACCESS_TOKEN="canary\nB=2\n', 2),
        ("A='canary\n", 1),
        ("A=1\r\nB=2\r\n= canary\r\n", 3),
        ("A=1\n- canary: 2", 2),
    ],
)
def test_a_line_that_cannot_be_read_is_named_by_its_number(pipe: Pipe, linkedin: Sandbox, text: str, line: int) -> None:
    (pipe.folder / ".env").write_bytes(text.encode())
    done = run(pipe, linkedin.now(), "--config", "ENV")
    assert done.code == 2
    assert f".env: line {line} of the file cannot be read" in done.stderr
    assert done.last == "outcome=config exit=2"
    assert "canary" not in done.stderr


@pytest.mark.parametrize("content", [b"\xff\xfe\xfa", b"A=\xe4\n"])
def test_a_file_that_is_no_text_is_named(pipe: Pipe, content: bytes) -> None:
    (pipe.folder / ".env").write_bytes(content)
    with pytest.raises(ConfigError, match=r"^\.env: the file is no text"):
        fill_from_dotenv({})


def test_every_variable_of_it_is_taken_but_none_that_is_set(pipe: Pipe) -> None:
    text = '\ufeffexport A="a b" # c\nB=${A}/x\nC\nSET=new\nEMPTY=new\n' + f"{PREFIX}CLIENT_ID=new\n"
    (pipe.folder / ".env").write_text(text, encoding="utf-8")
    environment = {"SET": "old", "EMPTY": "", f"{PREFIX}CLIENT_ID": ""}
    fill_from_dotenv(environment)
    assert environment == {"A": "a b", "B": "a b/x", "SET": "old", "EMPTY": "", f"{PREFIX}CLIENT_ID": "new"}


def test_a_folder_of_that_name_is_none(pipe: Pipe) -> None:
    (pipe.folder / ".env").mkdir()
    environment = {"SET": "old"}
    fill_from_dotenv(environment)
    assert environment == {"SET": "old"}

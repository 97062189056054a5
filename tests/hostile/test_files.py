"""Whatever lies in a folder already was perhaps put there: it is ours, or the run ends with the mend; nothing is waited for."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.private_files import UntrustedError, open_private, replacing
from target_linkedin_conversions.reporting.folder import Folder
from target_linkedin_conversions.settings.files import read_config
from tests.hostile.two_users import folder_of_both, needs_root, stranger
from tests.singer.pipe import Ended, Pipe, record, schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from target_linkedin_conversions.sandbox import Sandbox

FAULTY = [1, "ok", None]
"""Rows of which one is refused, so that rejects are written too."""


@pytest.fixture
def linkedin() -> Iterator[Sandbox]:
    from target_linkedin_conversions.sandbox import Sandbox  # noqa: PLC0415 - one a test

    with Sandbox(lint="off") as sandbox:
        yield sandbox


@pytest.fixture
def pipe(linkedin: Sandbox) -> Iterator[Pipe]:
    with folder_of_both() as folder:
        yield Pipe(folder, linkedin)


def run(pipe: Pipe, **settings: Any) -> Ended:
    now = pipe.linkedin.now()
    lines = [schema(), record(now, 1), record(now, 2, email="nobody")]
    return pipe.run_here(lines, max_reject_ratio=1, **settings)


def assert_stopped(done: Ended, mend: str) -> None:
    assert done.code == 2, done.stderr
    assert mend in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


# The folder


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o770, 0o702])
@pytest.mark.parametrize("sub", [".", "rejects", "runs"])
def test_a_folder_that_others_may_write_to_stops_the_run_with_the_mend(pipe: Pipe, mode: int, sub: str) -> None:
    folder = pipe.state_dir / sub
    folder.mkdir(parents=True)
    folder.chmod(mode)
    done = run(pipe)
    assert_stopped(done, f"chmod go-w {folder}")
    folder.chmod(0o700)
    assert run(pipe).code == 0


def test_a_folder_that_others_may_only_read_is_none_of_these(pipe: Pipe) -> None:
    pipe.state_dir.mkdir()
    pipe.state_dir.chmod(0o755)
    assert run(pipe).code == 0


@needs_root
@pytest.mark.parametrize("setting", ["state_dir", "private_dir", "ledger_url"])
def test_a_folder_that_another_user_has_made_stops_the_run(pipe: Pipe, setting: str) -> None:
    pipe.folder.chmod(0o1777)
    theirs = pipe.folder / "theirs"
    with stranger():
        theirs.mkdir(mode=0o755)
    value = f"sqlite:///{theirs}/ledger.sqlite" if setting == "ledger_url" else str(theirs)
    done = run(pipe, dry_run=setting == "private_dir", **{setting: value})
    assert_stopped(done, f"chown {theirs}")
    assert list(theirs.iterdir()) == []


@needs_root
def test_a_link_of_another_user_to_a_folder_of_ours_stops_the_run(pipe: Pipe) -> None:
    pipe.folder.chmod(0o1777)
    pipe.state_dir.with_name("ours").mkdir()
    with stranger():
        pipe.state_dir.symlink_to(pipe.folder / "ours")
    assert_stopped(run(pipe), "another user's")


def test_a_link_of_our_own_to_a_folder_is_followed(pipe: Pipe) -> None:
    (pipe.folder / "ours").mkdir(mode=0o700)
    pipe.state_dir.symlink_to(pipe.folder / "ours")
    assert run(pipe).code == 0
    assert (pipe.folder / "ours" / "ledger.sqlite").is_file()


# The files in it


def a_link(path: Path) -> None:
    path.symlink_to(path.with_name("victim"))


def a_link_to_a_file(path: Path) -> None:
    path.with_name("victim").write_text("precious")
    a_link(path)


def a_fifo(path: Path) -> None:
    os.mkfifo(path)


def a_socket(path: Path) -> None:
    with closing(socket.socket(socket.AF_UNIX)) as listening:
        before = Path.cwd()
        os.chdir(path.parent)  # a socket's path is short
        listening.bind(path.name)
        os.chdir(before)


PREPARED = [a_link, a_link_to_a_file, a_fifo, a_socket]


@pytest.mark.parametrize("prepare", PREPARED)
@pytest.mark.parametrize("name", ["ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"])
def test_what_stands_in_the_ledgers_place_is_no_ledger(pipe: Pipe, name: str, prepare: Callable[[Path], None]) -> None:
    pipe.state_dir.mkdir(mode=0o700)
    prepare(pipe.state_dir / name)
    assert_stopped(run(pipe), f"move {pipe.state_dir / name} away")
    victim = pipe.state_dir / "victim"
    assert not victim.exists() or victim.read_text() == "precious"


@pytest.mark.parametrize("name", ["outbox", "rejects", "results", "runs"])
def test_what_stands_in_a_folders_place_stops_before_anything_is_sent(pipe: Pipe, name: str) -> None:
    pipe.state_dir.mkdir(mode=0o700)
    (pipe.state_dir / name).write_text("precious")
    assert_stopped(run(pipe), f"move {pipe.state_dir / name} away")
    assert (pipe.state_dir / name).read_text() == "precious"


@pytest.mark.parametrize("prepare", PREPARED)
def test_what_stands_in_a_journals_place_is_not_written_to(tmp_path: Path, prepare: Callable[[Path], None]) -> None:
    folder = Folder(str(tmp_path / "state"))
    folder.prepare()
    (tmp_path / "state" / "rejects").mkdir(mode=0o700)
    prepare(tmp_path / "state" / "rejects" / "x.jsonl")
    with pytest.raises(UntrustedError, match="no regular file"):
        folder.append("rejects/x.jsonl")
    victim = tmp_path / "state" / "rejects" / "victim"
    assert not victim.exists() or victim.read_text() == "precious"


@pytest.mark.parametrize("prepare", PREPARED)
def test_what_stands_in_a_reports_place_is_replaced_and_never_followed(
    pipe: Pipe, prepare: Callable[[Path], None]
) -> None:
    (pipe.state_dir / "runs").mkdir(mode=0o700, parents=True)
    pipe.state_dir.chmod(0o700)
    for name in ("runs/last.html", ".gitignore"):
        prepare(pipe.state_dir / name)
        (pipe.state_dir / name).with_name("victim").unlink(missing_ok=True)
    done = run(pipe)
    assert done.code == 0, done.stderr
    assert not (pipe.state_dir / "victim").exists()


@needs_root
def test_a_ledger_that_another_user_has_made_is_not_used(pipe: Pipe) -> None:
    pipe.state_dir.mkdir(mode=0o700)
    ledger = pipe.state_dir / "ledger.sqlite"
    ledger.touch(mode=0o600)
    os.chown(ledger, 65_534, 65_534)
    assert_stopped(run(pipe), "another user's")


@needs_root
def test_a_token_that_another_user_has_put_there_is_not_sent_with(pipe: Pipe) -> None:
    pipe.state_dir.mkdir(mode=0o700)
    planted = pipe.state_dir / "credentials.json"
    planted.write_text(json.dumps({"configured": "", "refresh_token": "theirs"}))
    os.chown(planted, 65_534, 65_534)
    own = {"access_token": None, "client_id": "id", "client_secret": "secret", "refresh_token": "sandbox-refresh"}
    assert_stopped(run(pipe, **own), "private_dir")
    assert pipe.linkedin.received == []


@pytest.mark.parametrize("mode", [0o666, 0o644, 0o640, 0o755])
def test_a_file_of_ours_that_others_can_read_is_theirs_no_longer(pipe: Pipe, mode: int) -> None:
    assert run(pipe).code == 0
    files = [path for path in pipe.state_dir.rglob("*") if path.is_file()]
    pipe.state_dir.joinpath("ledger.sqlite").chmod(mode)
    journal = pipe.state_dir / "outbox.jsonl"
    journal.touch()
    journal.chmod(mode)
    os.close(open_private(journal, os.O_WRONLY))
    assert run(pipe).code == 0
    assert {stat.S_IMODE(path.stat().st_mode) for path in [*files, journal]} == {0o600}


@needs_root
def test_a_draft_that_another_user_has_opened_takes_nothing(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.token_hex", lambda _bytes: "0" * 16)
    pipe.folder.chmod(0o1777)
    with stranger():
        (pipe.folder / f".credentials.json.{'0' * 16}.draft").touch(mode=0o666)
    with pytest.raises(FileExistsError), replacing(pipe.folder / "credentials.json"):
        pytest.fail("nothing may be written into a file that somebody else holds open")


# What is read


NAMED = {
    "suppress": lambda path: {"suppress": str(path)},
    "a ledger's file": lambda path: {"ledger_url": f"sqlite:///{path}"},
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("named", NAMED.values(), ids=NAMED)
@pytest.mark.parametrize("prepare", [a_fifo, a_socket])
def test_nothing_waits_for_a_pipe_that_nobody_writes_to(
    pipe: Pipe, prepare: Callable[[Path], None], named: Callable[[Path], dict[str, Any]]
) -> None:
    prepare(pipe.folder / "named")
    pipe.folder.chmod(0o700)
    assert run(pipe, **named(pipe.folder / "named")).code == 2


@pytest.mark.timeout(60)
def test_a_batch_does_not_wait_for_a_pipe_that_nobody_writes_to(pipe: Pipe) -> None:
    a_fifo(pipe.folder / "batch.jsonl")
    batch = {"type": "BATCH", "stream": "leads", "encoding": {"format": "jsonl"}}
    places = [(pipe.folder / "batch.jsonl").as_uri(), str(pipe.folder / "batch.jsonl"), "/dev/stdin", "/dev/zero"]
    for place in places:
        assert pipe.run_here([schema(), {**batch, "manifest": [place]}]).code == 7, place


@pytest.mark.timeout(60)
@pytest.mark.parametrize("program", ["target_linkedin_conversions", "target_linkedin_conversions.cli"])
def test_a_config_that_is_a_pipe_without_a_writer_ends_at_once(tmp_path: Path, program: str) -> None:
    a_fifo(tmp_path / "config.json")
    code = "from target_linkedin_conversions.cli.main import main; main(['check', '--config', 'config.json'])"
    command = ["-m", program, "--config", "config.json"] if program.endswith("conversions") else ["-c", code]
    done = subprocess.run(
        [sys.executable, *command], cwd=tmp_path, capture_output=True, timeout=30, check=False, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 2, done.stderr
    assert b"--config" in done.stderr


def test_a_config_that_a_command_writes_into_a_pipe_is_read(tmp_path: Path) -> None:
    """As a shell's `--config <(sops -d config.json)` names it."""
    a_fifo(tmp_path / "config")

    def write() -> None:
        with (tmp_path / "config").open("w") as pipe:
            time.sleep(0.5)
            pipe.write('{"access_token": "x", ')
            pipe.flush()
            time.sleep(0.5)
            pipe.write('"batch_size_rows": 7}')
        os.close(ours)

    ours = os.open(tmp_path / "config", os.O_RDWR)  # as a shell has it open before the program starts
    writer = threading.Thread(target=write)
    writer.start()
    assert read_config([tmp_path / "config"]) == {"access_token": "x", "batch_size_rows": 7}
    writer.join()


def test_a_pipe_that_stays_silent_is_no_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("target_linkedin_conversions.settings.files._PIPE_SECONDS", 0.1)
    a_fifo(tmp_path / "config")
    ours = os.open(tmp_path / "config", os.O_RDWR)
    with pytest.raises(ConfigError, match="nothing came through the pipe"):
        read_config([tmp_path / "config"])
    os.close(ours)


def test_a_ledger_is_not_imported_from_a_pipe_that_nobody_writes_to(tmp_path: Path) -> None:
    from target_linkedin_conversions.cli.ledger.file import read_lines  # noqa: PLC0415 - the command's own

    a_fifo(tmp_path / "ledger.jsonl")
    with pytest.raises(ConfigError, match="no regular file"), read_lines(str(tmp_path / "ledger.jsonl")):
        pytest.fail("there is nothing to read")

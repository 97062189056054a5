"""A folder that cannot be written is a fault of the setting, and no report is named that is not there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.reporting.folder import KEEP_DAYS, Folder
from tests.ledger.test_opening import NOBODY, without_privileges
from tests.singer.pipe import Ended, Pipe, entry, record, schema

if TYPE_CHECKING:
    from target_linkedin_conversions.sandbox import Sandbox


def run(pipe: Pipe, now: int, **settings: Any) -> Ended:
    return pipe.run_here([schema(), record(now, 1)], **settings)


def assert_stopped(done: Ended, setting: str = "state_dir") -> None:
    assert done.code == 2, done.stderr
    assert done.last.startswith("outcome=config exit=2")
    assert "report=" not in done.last
    assert f"{setting}: " in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_file_stands_in_its_place(pipe: Pipe, linkedin: Sandbox) -> None:
    pipe.state_dir.write_text("")
    assert_stopped(run(pipe, linkedin.now()))
    assert_stopped(run(pipe, linkedin.now(), state_dir=str(pipe.state_dir / "below")))


@pytest.mark.parametrize("folder", ["/proc/nowhere", "/dev/null/x", "/sys/nowhere"])
def test_nobody_may_make_a_folder_there(pipe: Pipe, linkedin: Sandbox, folder: str) -> None:
    assert_stopped(run(pipe, linkedin.now(), state_dir=folder))


@pytest.mark.parametrize("mode", [0o500, 0o000, 0o400])
def test_its_mode_forbids_it(tmp_path: Path, mode: int) -> None:
    tmp_path.chmod(mode)
    with without_privileges(), pytest.raises(ConfigError, match=r"^state_dir: "):
        Folder(str(tmp_path)).prepare()
    tmp_path.chmod(0o700)


@pytest.mark.parametrize("sub", ["runs", "rejects", "outbox"])
def test_one_that_only_a_part_of_it_keeps_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sub: str) -> None:
    parts = [tmp_path / name for name in KEEP_DAYS]
    for part in parts:
        part.mkdir(mode=0o500 if part.name == sub else 0o700)
    if os.geteuid() == 0:
        for folder in (tmp_path, *parts):
            os.chown(folder, NOBODY, -1)
    monkeypatch.chdir(tmp_path)  # whose parents nobody else may enter
    with (
        without_privileges(),
        pytest.raises(ConfigError, match=f"^state_dir: the folder '{sub}' in it cannot be written"),
    ):
        Folder(".").look()


@pytest.mark.parametrize("sub", ["runs", "rejects", "ledger.sqlite"])
def test_something_else_stands_where_a_part_of_it_goes(pipe: Pipe, linkedin: Sandbox, sub: str) -> None:
    pipe.state_dir.mkdir()
    blocked = pipe.state_dir / sub
    blocked.mkdir() if sub == "ledger.sqlite" else blocked.write_text("")
    now = linkedin.now()
    done = pipe.run_here([schema(), record(now, 1), record(now, 2, happened_at=None)])
    assert done.code == 2, done.stderr
    named = [word for word in done.last.split() if word.startswith("report=")]
    assert all(Path(word.removeprefix("report=")).is_file() for word in named)
    assert "Traceback" not in done.stderr


def test_a_report_that_was_written_is_named(pipe: Pipe, linkedin: Sandbox) -> None:
    done = run(pipe, linkedin.now())
    assert done.code == 0
    place = done.last.rpartition("report=")[2]
    assert Path(place).is_file()
    again = run(pipe, linkedin.now(), streams=[entry(fields={"email": "nowhere"})])
    assert Path(again.last.rpartition("report=")[2]).is_file()


@pytest.mark.parametrize("path", ["$HOME/x", "${X}/y", "'quoted'", '"quoted"', "%HOME%/x"])
@pytest.mark.parametrize("setting", ["state_dir", "private_dir", "suppress"])
def test_a_path_that_only_a_shell_understands_makes_no_folder(
    pipe: Pipe, linkedin: Sandbox, monkeypatch: pytest.MonkeyPatch, setting: str, path: str
) -> None:
    monkeypatch.chdir(pipe.folder)
    done = run(pipe, linkedin.now(), **{setting: path})
    assert_stopped(done, setting)
    assert {found.name for found in pipe.folder.iterdir()} == {"config.json", "input.singer"}


def test_a_home_folder_is_filled_in(pipe: Pipe, linkedin: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(pipe.folder))
    done = run(pipe, linkedin.now(), state_dir="~/delivery")
    assert (done.code, done.counts) == (0, {"delivered": 1})
    assert (pipe.state_dir / "ledger.sqlite").exists()

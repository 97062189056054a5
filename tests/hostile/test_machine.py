"""A machine that is not as it should be: a folder that is none, names it cannot write, no room for a thread."""

from __future__ import annotations

import json
import logging
import os
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from target_linkedin_conversions.cli.main import main as companion
from target_linkedin_conversions.delivery.clock import Clock
from target_linkedin_conversions.errors import MachineError
from target_linkedin_conversions.run.failure_log import log_failure
from target_linkedin_conversions.run.process.machine import ensure_clock
from target_linkedin_conversions.run.run import Run
from target_linkedin_conversions.sandbox import Sandbox
from target_linkedin_conversions.settings import Settings
from tests.hostile.test_doors import config, file, table
from tests.singer.pipe import COMPANION, call_here, environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SENDING = {
    "access_token": "sandbox-token",
    "streams": [{"stream": "leads", "conversion_rule": 101, "consent": {"not_required": "a test"}}],
}
NO_FOLDER = "the folder cannot be written (what lies there is no folder but a file, or a link that leads nowhere)"


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


class SetClock(Clock):
    """A clock that shows what it was set to."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self._at = at

    def now(self) -> int:
        return self._at


def a_file(place: Path) -> None:
    place.write_bytes(b"x")


def a_dangling_link(place: Path) -> None:
    place.symlink_to(place.with_name("nowhere"))


def a_loop(place: Path) -> None:
    place.symlink_to(place.name)


def a_pipe(place: Path) -> None:
    os.mkfifo(place)


LIES_THERE = [a_file, a_dangling_link, a_loop, a_pipe]


@pytest.mark.parametrize("below", ["", "/deeper/still"])
@pytest.mark.parametrize("prepare", LIES_THERE)
def test_check_stops_where_a_run_would_as_its_folder_is_none(
    prepare: Callable[[Path], None], below: str, tmp_path: Path, running: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    prepare(tmp_path / "taken")
    settings = {
        **SENDING,
        "api_url": running.url,
        "oauth_url": running.url,
        "state_dir": str(tmp_path / "taken") + below,
    }
    (tmp_path / "config.json").write_text(json.dumps(settings))
    code, out, err = call_here("check", "--config", "config.json", program=companion)
    assert (code, out) == (2, "")
    assert err.startswith(
        f"Error: state_dir: {NO_FOLDER}; make room: move {tmp_path / 'taken'} away, or name a folder elsewhere"
    )


def test_check_makes_no_folder(tmp_path: Path, running: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = {**SENDING, "api_url": running.url, "oauth_url": running.url, "state_dir": "not/yet"}
    (tmp_path / "config.json").write_text(json.dumps(settings))
    assert call_here("check", "--config", "config.json", program=companion)[0] == 0
    assert not (tmp_path / "not").exists()


@pytest.mark.parametrize("prepare", LIES_THERE)
def test_nobody_is_called_forgotten_where_the_folder_is_none(
    prepare: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    given = config()
    prepare(tmp_path / "state")
    (tmp_path / "one").write_text("jane@example.com\n")
    with (tmp_path / "one").open() as typed:
        code, out, err = call_here("forget", "--email", "-", "--yes", "--config", given, program=companion, stdin=typed)
    assert (code, out) == (2, ""), err
    assert NO_FOLDER in err


@pytest.mark.parametrize("command", [["ledger", "init"], ["runs", "last"], ["rejects", "replay"]])
def test_a_folder_whose_name_this_locale_has_no_bytes_for_is_one_sentence(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"state_dir": "ünïcode", "access_token": "sandbox-token"}))
    plain = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        [*COMPANION, *command, "--config", "config.json"],
        cwd=tmp_path,
        env=environment() | plain,
        capture_output=True,
        check=False,
        timeout=60,
    )
    said = "state_dir: file names are written in ascii here, which lacks a character of the path; set PYTHONUTF8=1"
    assert (done.returncode, said in done.stderr.decode()) == (2, True), done.stderr
    assert b"Traceback" not in done.stderr


def test_rows_that_a_run_never_reached_are_not_called_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file(table())
    given = config()
    a_file(tmp_path / "state")
    _, out, _ = call_here(
        "send", "leads.csv", "--rule", "101", "--dry-run", "--yes", "--config", given, program=companion
    )
    assert "there were no rows" not in out
    assert "Nothing was sent.\n" in out


@pytest.mark.parametrize(
    "error",
    [MemoryError(), RuntimeError("can't start new thread"), RuntimeError("unable to start watchdog thread")],
    ids=str,
)
def test_no_room_for_a_thread_is_told_without_a_traceback(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        try:
            raise error
        except type(error) as raised:
            log_failure(raised)
    assert caplog.messages[0].startswith("there is no memory left, or no thread may be started; give the program more")
    assert "\n" not in caplog.text.strip()


@pytest.mark.parametrize("year", [1970, 2000, 2025, 2100, 9998])
def test_no_event_is_called_late_or_early_by_a_clock_that_nobody_has_set(
    year: int, tmp_path: Path, running: Sandbox
) -> None:
    at = int(datetime(year, 6, 1, tzinfo=UTC).timestamp() * 1000)
    settings = Settings.load({**SENDING, "api_url": running.url, "oauth_url": running.url, "state_dir": str(tmp_path)})
    run = Run(settings, clock=SetClock(at))
    with pytest.raises(
        MachineError, match="the clock of this machine: it shows a time before this program was written"
    ):
        run.begin()


@pytest.mark.parametrize("year", [2026, 2030, 2060])
def test_a_clock_of_our_time_is_taken_as_it_is(year: int) -> None:
    ensure_clock(int(datetime(year, 6, 1, tzinfo=UTC).timestamp() * 1000))

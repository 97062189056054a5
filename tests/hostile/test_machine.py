"""A machine that is not as it should be: a folder that is none, names it cannot write, no room for a thread."""

from __future__ import annotations

import json
import logging
import os
import resource
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from target_linkedin_conversions.cli.main import main as companion
from target_linkedin_conversions.delivery.clock import Clock
from target_linkedin_conversions.delivery.delivery import ensure_ledger, ledger_of
from target_linkedin_conversions.errors import LedgerError, MachineError
from target_linkedin_conversions.run.failure_log import log_failure
from target_linkedin_conversions.run.process.machine import ensure_clock
from target_linkedin_conversions.run.run import Run
from target_linkedin_conversions.sandbox import Sandbox
from target_linkedin_conversions.settings import Settings
from tests.hostile.test_doors import config, file, table
from tests.hostile.two_users import STRANGER, folder_of_both, needs_root, stranger
from tests.singer.pipe import COMPANION, call_here, environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SENDING = {
    "access_token": "sandbox-token",
    "streams": [{"stream": "leads", "conversion_rule": 101, "consent": {"not_required": "a test"}}],
}
NO_FOLDER = "the folder cannot be written (what lies there is no folder but a file, or a link that leads nowhere)"


NOT_WRITTEN = r"ledger.sqlite cannot be written \(Permission denied\); check state_dir"


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


@needs_root
@pytest.mark.parametrize(("of_file", "of_folder"), [(0o400, 0o700), (0o600, 0o500)])
def test_check_stops_where_a_run_could_not_write_its_ledger(of_file: int, of_folder: int) -> None:
    with folder_of_both() as made:
        folder = made / "state"
        given = {"access_token": "sandbox-token", "state_dir": str(folder)}
        settings = Settings.load(given)
        ledger = ledger_of(settings, "")
        ledger.open()
        ledger.close()
        for path, mode in ((folder / "ledger.sqlite", 0o600), (folder, 0o700)):
            path.chmod(mode)
            os.chown(path, STRANGER, STRANGER)
        with stranger():
            ensure_ledger(settings)
        (folder / "ledger.sqlite").chmod(of_file)
        folder.chmod(of_folder)
        with stranger():
            with pytest.raises(LedgerError, match=NOT_WRITTEN):
                ensure_ledger(settings)
            with pytest.raises(LedgerError, match=NOT_WRITTEN):
                ledger_of(settings, "").open()
            ensure_ledger(Settings.load({**given, "dry_run": True}))  # it reads one


def test_check_stops_where_a_run_could_not_write_its_database(postgresql_url: str, tmp_path: Path) -> None:
    def settings(query: str) -> Settings:
        url = f"{postgresql_url}&{query}"
        return Settings.load({"access_token": "sandbox-token", "state_dir": str(tmp_path), "ledger_url": url})

    ledger = ledger_of(settings("application_name=a"), "")
    ledger.open()
    ledger.close()
    ensure_ledger(settings("application_name=a"))
    with pytest.raises(LedgerError, match="read-only transaction"):
        ensure_ledger(settings("options=-c%20default_transaction_read_only%3Don"))


def few_files(most: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def test_check_stops_where_a_run_would_for_too_few_open_files(tmp_path: Path, running: Sandbox) -> None:
    settings = {**SENDING, "api_url": running.url, "oauth_url": running.url}
    (tmp_path / "config.json").write_text(json.dumps(settings))
    done = subprocess.run(
        [*COMPANION, "check", "--config", "config.json"],
        cwd=tmp_path,
        env=environment(),
        preexec_fn=few_files(20),
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2, done.stdout
    assert done.stderr.startswith(b"Error: max_concurrent_requests: 4 at a time need 32 open files")


def test_what_a_tap_still_writes_is_left_where_no_file_may_be_opened() -> None:
    code = (
        "import resource; from target_linkedin_conversions.singer.draining import drain_stdin; "
        "resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3)); drain_stdin()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), input=b"x", capture_output=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, b"")


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

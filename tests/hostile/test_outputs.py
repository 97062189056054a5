"""Output that a locale has no bytes for, or that finds no room: shown as far as it can be, or one sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.singer.pipe import COMPANION, environment, record, schema, state

if TYPE_CHECKING:
    from tests.singer.pipe import Pipe

TAP = [sys.executable, "-c", "from target_linkedin_conversions.results_tap.tap import main; main()"]
STREAM = "l\u00e9ads\U0001f4a5"


@pytest.mark.parametrize("asked", [["runs", "last"], ["check"], ["ledger", "stats"], ["privacy"]], ids=" ".join)
@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_locale_with_few_characters_ends_no_command(
    encoding: str, asked: list[str], form: list[str], pipe: Pipe
) -> None:
    assert pipe.run_here([schema(STREAM), record(pipe.linkedin.now(), 1, STREAM), state(n=1)]).code == 0
    done = subprocess.run(
        [*COMPANION, *asked, *form, "--config", str(pipe.file())],
        capture_output=True,
        check=False,
        timeout=60,
        cwd=pipe.folder,
        env=environment(PYTHONUTF8="0", LC_ALL="C", PYTHONIOENCODING=encoding),
    )
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False), done.stderr
    if form:
        assert json.loads(done.stdout.decode("ascii"))
    if asked == ["runs", "last"]:
        shown = json.dumps(STREAM)[1:-1] if form else "ads\\U0001f4a5"
        assert shown.encode() in done.stdout


def test_tables_for_the_warehouse_that_find_no_room_are_one_sentence(pipe: Pipe) -> None:
    assert pipe.run_here([schema(), record(pipe.linkedin.now(), 1), state(n=1)]).code == 0
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*TAP, "--config", str(pipe.file())],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
            cwd=pipe.folder,
            env=environment(),
        )
    assert done.returncode == 2, done.stderr
    assert b"output: it cannot be written (No space left on device); make room" in done.stderr
    assert b"Traceback" not in done.stderr


def with_closed(pipe: Pipe, streams: str, *program: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" --config {pipe.file()} {streams}', "sh", *program],
        capture_output=True,
        check=False,
        timeout=60,
        cwd=pipe.folder,
        env=environment(),
    )


@pytest.mark.parametrize("streams", [">&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(
    "asked", [["runs", "list"], ["quota", "--json"], ["ledger", "stats"], ["ledger", "export"]], ids=" ".join
)
def test_a_closed_stdout_ends_no_command(streams: str, asked: list[str], pipe: Pipe) -> None:
    assert pipe.run_here([schema(), record(pipe.linkedin.now(), 1), state(n=1)]).code == 0
    done = with_closed(pipe, streams, *COMPANION, *asked)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(("streams", "told"), [(">&-", b"stdout: it is closed"), ("<&- >&- 2>&-", b"")])
def test_tables_for_the_warehouse_are_not_lost_in_a_closed_stdout(streams: str, told: bytes, pipe: Pipe) -> None:
    done = with_closed(pipe, streams, *TAP)
    assert (done.returncode, told in done.stderr, b"Traceback" in done.stderr) == (2, True, False)

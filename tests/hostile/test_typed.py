"""What a person types or pipes in, in bytes that are no text: one sentence; and who ends a program at the keyboard found no fault in it."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from target_linkedin_conversions.cli.main import main as companion
from target_linkedin_conversions.cli.send.files import read_answers
from target_linkedin_conversions.errors import ConfigError
from tests.cli.terminal import Terminal
from tests.hostile.test_doors import config, file, table
from tests.singer.pipe import COMPANION, MODULE, call_here, environment, without_reader

if TYPE_CHECKING:
    from pathlib import Path

LATIN = "müller@example.com\n".encode("latin-1")
ASKED = [
    ("forget", "--email", "-", "--yes"),
    ("forget", "--key", "-", "--yes"),
    ("rejects", "show", "--key", "-"),
    ("login", "--token", "--save"),
]


@pytest.mark.parametrize("errors", ["strict", "surrogateescape"])
@pytest.mark.parametrize("asked", ASKED, ids=" ".join)
def test_bytes_that_are_no_text_are_no_answer(
    asked: tuple[str, ...], errors: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file in another encoding names nobody: to say that they are forgotten would be wrong."""
    monkeypatch.chdir(tmp_path)
    typed = io.TextIOWrapper(io.BytesIO(LATIN), encoding="utf-8", errors=errors)
    code, out, err = call_here(*asked, "--config", config(), program=companion, stdin=typed)
    assert (code, out) == (2, ""), err
    assert "bytes that are no text" in err
    assert "ller" not in err


def test_a_key_in_the_command_is_text_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = call_here("rejects", "show", "--key", "\udcff", "--config", config(), program=companion)
    assert (code, "bytes that are no text" in err) == (2, True), err


def test_bytes_that_are_no_text_are_none_on_a_terminal_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    asked = ("forget", "--email", "-", "--config", config())
    with Terminal(*asked, folder=tmp_path) as terminal:
        terminal.until("E-mail address", hidden=True)
        os.write(terminal._ours, LATIN)  # noqa: SLF001 - no text
        assert terminal.until("bytes that are no text").end() == 2
    assert "Traceback" not in terminal.transcript


def test_who_gives_no_answer_found_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Terminal("forget", "--email", "-", "--config", config(), folder=tmp_path) as terminal:
        terminal.until("E-mail address", hidden=True)
        os.write(terminal._ours, b"\x04")  # noqa: SLF001 - Ctrl-D, which is no line
        assert terminal.until("nobody answered").end() == 2


ASKING = {
    "an address": (["forget", "--email", "-"], "E-mail address"),
    "whether to forget": (["forget", "--key", "id=1"], "not sent? [y/N]: "),
    "a token": (["login", "--token"], "Token: "),
    "where a login goes": (["login"], "Keep or show (k, s): "),
}


@pytest.mark.parametrize(("command", "question"), ASKING.values(), ids=ASKING)
def test_ctrl_c_at_a_question_is_130_and_nothing_is_changed(
    command: list[str], question: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 2 would say that the command was written wrongly."""
    monkeypatch.chdir(tmp_path)
    with Terminal(*command, "--config", config(), folder=tmp_path) as terminal:
        terminal.until(question, hidden="address" in question or question == "Token: ")
        before = sorted(tmp_path.rglob("*"))
        assert terminal.interrupt() == 130
    assert terminal.transcript.endswith("Error: ended at the keyboard\n")
    assert "Traceback" not in terminal.transcript
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    "program", [[*COMPANION, "preview", "pipe"], [*MODULE, "--input", "pipe"]], ids=["companion", "target"]
)
def test_ctrl_c_is_130_whatever_the_program_waits_for(
    program: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before a run has its own ear for signals, click would end it with exit 1, which is a fault of the program."""
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    arguments = [*program, "--config", config()]
    running = subprocess.Popen(arguments, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE)
    try:
        with (tmp_path / "pipe").open("wb"):  # returns when it is read
            time.sleep(0.2)
            running.send_signal(signal.SIGINT)
            _, err = running.communicate(timeout=60)
    finally:
        running.kill()
    assert running.returncode == 130, err
    assert b"Traceback" not in err


def test_the_end_of_an_export_is_shown_in_one_printable_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file(table())
    call_here("ledger", "init", "--config", config(), program=companion)
    code, out, err = call_here("ledger", "export", "to\u202e.jsonl", "--config", "config.json", program=companion)
    assert (code, "\u202e" in out + err) == (0, False), out + err


def test_rows_are_sent_though_stdout_is_closed(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_bytes(table())
    running = [
        *COMPANION,
        "send",
        "leads.csv",
        "--rule",
        "101",
        "--consent",
        "not-required: a test",
        "--yes",
        "--dry-run",
    ]
    done = subprocess.run(
        running,
        stderr=subprocess.PIPE,
        check=False,
        cwd=tmp_path,
        env=environment(TARGET_LINKEDIN_CONVERSIONS_PREFLIGHT="false"),
        preexec_fn=lambda: os.close(1),
        timeout=60,
    )
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False), done.stderr


def test_rows_that_were_sent_are_no_fault_though_nobody_reads_on(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_bytes(table())
    asked = [
        "leads.csv",
        "--rule",
        "101",
        "--consent",
        "not-required: a test",
        "--timezone",
        "UTC",
        "--dry-run",
        "--yes",
    ]
    done = without_reader([*COMPANION, "send", *asked, "--json"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr.decode().splitlines()[-1].startswith("outcome=done exit=0 ")


@pytest.mark.parametrize(
    "line", ["row.{:06}@example.com", "ro{:05}@bbb.com"], ids=["cut within a line", "cut between two"]
)
def test_people_who_find_no_room_are_not_called_forgotten(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = "".join(f"{line.format(number)}\n" for number in range(100_000)).encode()
    code, out, err = call_here("forget", "--email", "-", "--yes", "--config", config(), program=companion, stdin=text)
    assert (code, out) == (2, "")
    assert "stdin: it holds more than 1,000,000 characters, and nobody is forgotten yet; pipe it in parts" in err


def test_a_mapping_is_read_whole_or_not_at_all(tmp_path: Path) -> None:
    kept = tmp_path / "leads.csv.mapping.yml"
    kept.write_text("conversion_rule: 101\n" + "# x\n" * (1 << 18) + "consent: {column: agreed}\n")
    with pytest.raises(ConfigError, match="larger than 1 MiB"):
        read_answers(kept)

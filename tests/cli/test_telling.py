"""What a command tells to type can be typed as it stands, and no line of it ends in the middle of a word or a command."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from target_linkedin_conversions.cli.main import program
from target_linkedin_conversions.cli.telling import configured_by, to_be_typed
from tests.cli.terminal import Terminal
from tests.singer.pipe import environment

if TYPE_CHECKING:
    from pathlib import Path

LONG_NAMES = {"streams": [{"stream": "leads", "conversion_rule": 101, "consent": {"not_required": "a test"}}]}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Settings in a folder whose name holds a blank, so that a command that names them must be quoted."""
    path = tmp_path / "my settings" / "config.json"
    path.parent.mkdir()
    path.write_text(json.dumps({**LONG_NAMES, "state_dir": str(tmp_path / "state"), "require_ledger": True}))
    return path


def test_a_command_that_is_told_finds_what_this_one_found(config: Path) -> None:
    told = CliRunner().invoke(program, ["ledger", "stats", "--config", str(config)]).output
    (command,) = re.findall("`([^`]+)`", told)
    words = shlex.split(command)
    assert words[0] == "linkedin-conversions"
    assert CliRunner().invoke(program, words[1:]).exit_code == 0
    assert "kept since" in CliRunner().invoke(program, ["ledger", "stats", "--config", str(config)]).output


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("run `linkedin-conversions login`, and", "run `linkedin-conversions login --config {}`, and"),
        ("`linkedin-conversions login --token < t.txt`", "`linkedin-conversions login --token --config {} < t.txt`"),
        ("`linkedin-conversions check --config ENV`", "`linkedin-conversions check --config ENV`"),
        ("see `linkedin-conversions ledger mark --help`", "see `linkedin-conversions ledger mark --help`"),
        ("`linkedin-conversions preview --init --json`", "`linkedin-conversions preview --init --json`"),
        ("`linkedin-conversions sandbox`, `make demo`", "`linkedin-conversions sandbox`, `make demo`"),
    ],
)
def test_only_what_takes_settings_is_told_with_them(config: Path, sentence: str, told: str) -> None:
    configured_by((str(config),))
    assert to_be_typed(sentence) == told.format(f'"{config}"')
    configured_by(("ENV",))
    assert to_be_typed(sentence) == told.format("ENV")
    configured_by(())
    assert to_be_typed(sentence) == sentence


def test_what_is_no_file_is_never_repeated() -> None:
    done = CliRunner().invoke(program, ["rules", "list", "--config", "a-secret-in-the-wrong-place"])
    assert "secret" not in f"{done.output}{done.exception}"
    configured_by(("a-secret-in-the-wrong-place", "x" * 5000, "\0"))
    assert to_be_typed("`linkedin-conversions login`") == "`linkedin-conversions login`"


@pytest.mark.slow
@pytest.mark.parametrize("columns", [40, 80])
def test_on_a_terminal_lines_end_between_words_and_commands_stay_whole(config: Path, columns: int) -> None:
    with Terminal("rules", "list", "--config", config.name, folder=config.parent, COLUMNS=str(columns)) as terminal:
        assert terminal.end() == 2
        shown = [line.rstrip("\r") for line in terminal.transcript.splitlines()]
    assert f"`linkedin-conversions login --config {config.name}` makes" in " ".join(shown)
    assert len(shown) > 3
    for line in shown:
        assert len(line) <= columns or re.search(r"`[^`]+`|TARGET_\w+", line)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["quota", "ledger stats", "privacy"])
def test_a_command_that_tells_facts_ends_its_lines_between_words(config: Path, command: str) -> None:
    configured = ("--config", config.name)
    with Terminal("ledger", "init", *configured, folder=config.parent, COLUMNS="60") as terminal:
        assert terminal.end() == 0
    with Terminal(*command.split(), *configured, folder=config.parent, COLUMNS="60") as terminal:
        assert terminal.end() == 0
        shown = [line.rstrip("\r") for line in terminal.transcript.splitlines()]
    assert shown
    for line in shown:
        assert len(line) <= 60 or max(map(len, line.split())) > 40, "a path alone may be wider"


@pytest.mark.slow
def test_what_is_piped_is_one_line_a_sentence(config: Path) -> None:
    program_of = "import sys; from target_linkedin_conversions.cli.main import main; main(sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", program_of, "rules", "list", "--config", str(config)],
        capture_output=True,
        text=True,
        check=False,
        env=environment(COLUMNS="40"),
    )
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.slow
def test_a_question_is_divided_between_words_too(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text("id,email,created\n1,jane.doe@example.com,2026-11-20 10:30:00\n")
    told = "--rule", "101", "--consent", "not-required: a test", "--dry-run"
    with Terminal("send", "leads.csv", *told, folder=tmp_path, COLUMNS="40") as terminal:
        terminal.until("UTC: ")
        assert terminal.interrupt() == 130
        shown = [line.rstrip("\r") for line in terminal.transcript.splitlines()]
    assert "Such as Europe/Berlin" in " ".join(shown)
    assert all(len(line) <= 40 for line in shown)

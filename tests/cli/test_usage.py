"""A command that is written wrongly says the nearest right word, and repeats nothing that may be a secret."""

from __future__ import annotations

import io
import json
import re
import shlex
import subprocess
from typing import TYPE_CHECKING

import click
import pytest

from target_linkedin_conversions.cli.main import main as companion_main
from target_linkedin_conversions.cli.main import program
from target_linkedin_conversions.private_files import path_shown
from target_linkedin_conversions.records.reasons import DELIVERIES, MESSAGES, SKIPS
from target_linkedin_conversions.reporting.outcome_kinds import REASONS
from target_linkedin_conversions.results_tap.tap import main as tap_main
from target_linkedin_conversions.singer.main import main as target_main
from tests.singer.pipe import COMPANION, call_here, environment, without_reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.cli.conftest import Companion

EXIT_CONFIG = 2
WIDE = 120
"""A command that is to be copied stands in one line."""
CANARY = "AQXfKq-canary_9d8Hh2vXk5RzQ0uWn3TbYc7Lp1Me6Sg4Jo"


def commands(group: click.Group = program, *before: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command, with the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, *before, name)
        else:
            yield (*before, name), command


def slips(words: tuple[str, ...], command: click.Command) -> Iterator[tuple[str, ...]]:
    """A secret wherever one can be put by mistake: as an argument, an option, and the value of each option."""
    yield (*words, CANARY)
    yield (*words, CANARY, CANARY, CANARY)
    yield (*words, f"--{CANARY}")
    yield (*words, f"--token={CANARY}")
    for one in command.params:
        if isinstance(one, click.Option) and not one.is_flag:
            yield (*words, f"{one.opts[0]}={CANARY}", *["1" for need in command.params if need.required])


@pytest.mark.parametrize("words", sorted({words for words, _ in commands()}))
def test_no_command_repeats_a_secret_that_was_given_in_a_wrong_place(
    companion: Companion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO())))
    (command,) = (one for name, one in commands() if name == words)
    for slip in slips(words, command):
        _, out, err = companion(*slip, api_url="http://127.0.0.1:9", retry_for_seconds=0.1)
        assert CANARY not in out + err, slip


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("snd leads.csv", "send"),
        ("rule list", "rules"),
        ("rules lst", "list"),
        ("rejects replya", "replay"),
        ("ledger exprot", "export"),
        ("send leads.csv --ruel 101", "--rule"),
        ("check --jsn", "--json"),
        ("rules update 101 --type SIGNUP", "SIGN_UP"),
        ("--versoin", "--version"),
        ("send leads.csv --dry_run", "--dry-run"),
    ],
)
def test_the_nearest_word_is_named(companion: Companion, written: str, meant: str) -> None:
    code, _, err = companion(*shlex.split(written))
    assert (code, meant in err.splitlines()[-1]) == (2, True), err


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("rules update 101 --click-window 10", "'--click-window': expected one of 1, 7, 30, 90, 180, 365"),
        ("sandbox --match-rate 2", "'--match-rate': expected a number from 0 to 1"),
        ("sandbox --rules missing.json", "this is neither (No such file or directory); for example --rules 101,102"),
        ("sandbox --also-version 2027", "takes a LinkedIn version as YYYYMM; for example --also-version 202703"),
        ("reconcile --rule abc", "expected a numeric id or a URN"),
        ("reconcile --rule urn:li:sponsoredAccount:101", "it is the URN of something else"),
        ("reconcile --map day=Date", "--map does nothing without --source"),
        ("reconcile --date-order dmy", "--date-order does nothing without --source"),
        ("privacy --json --markdown", "--markdown does nothing beside --json"),
        ("privacy --diff privacy.json --markdown", "--markdown does nothing beside --diff"),
        ("runs last", "send a file or run the target first"),
    ],
)
def test_what_would_do_nothing_or_cannot_be_is_refused_with_what_can(
    companion: Companion, written: str, words: str
) -> None:
    program, *arguments = shlex.split(written)
    settings = {} if program == "sandbox" else {"account_id": 512345678}
    code, out, err = (
        companion(program, *arguments, **settings)
        if settings
        else call_here(program=lambda _arguments: companion_main([program, *arguments]))
    )
    assert (code, out, words in err) == (2, "", True), err


def test_a_reason_names_no_command_that_cannot_be_typed_so() -> None:
    texts = [*MESSAGES.values(), *SKIPS.values(), *DELIVERIES.values(), *REASONS.values()]
    named = [command for text in texts for command in re.findall(r"`(\S*rejects [^`]*)`", text)]
    assert named == []
    typed = [text for text in texts if "`linkedin-conversions rejects " in text]
    assert len(typed) > 1


@pytest.mark.parametrize(
    "arguments",
    [(CANARY,), (f"--{CANARY}",), ("--input", CANARY), ("--about", "--format", CANARY), ("--config", CANARY)],
)
def test_the_target_repeats_none_either(arguments: tuple[str, ...]) -> None:
    code, out, err = call_here(*arguments)
    assert code == 2
    assert CANARY not in out + err


def test_a_path_is_repeated_where_it_is_one_for_certain(tmp_path: Path) -> None:
    there = tmp_path / "leads"
    there.touch()
    assert path_shown(str(there), "FILE") == str(there)
    assert path_shown("Leads 2026 (1).xlsx", "FILE") == "Leads 2026 (1).xlsx"
    for other in (CANARY, "jane@example.com", "\x1b[2J.csv", "", "a\x00.csv", "x" * 5000, "eyJhbGciOiJ.eyJzdWIi.c2ln"):
        assert path_shown(other, "FILE") == "FILE"


@pytest.mark.parametrize("words", sorted({words for words, _ in commands()}))
def test_every_command_has_an_example_and_a_form_for_programs(words: tuple[str, ...]) -> None:
    (command,) = (one for name, one in commands() if name == words)
    text = command.get_help(click.Context(command))
    assert "Example" in text
    assert f"linkedin-conversions {' '.join(words)}" in text
    assert "--json" in text or words == ("completion",)


@pytest.mark.parametrize(
    ("name", "main"),
    [
        ("linkedin-conversions", companion_main),
        ("target-linkedin-conversions", target_main),
        ("tap-linkedin-conversions-results", tap_main),
    ],
)
def test_every_program_shows_how_it_is_called(
    name: str, main: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", [name, "--help"])
    code, out, err = call_here(program=lambda _arguments: main())
    assert (code, err) == (0, "")
    shown = out.partition("Examples:\n")[2].partition("Options:")[0].splitlines()
    assert [line for line in shown if f"{name} " in line]


@pytest.mark.parametrize("words", sorted({words[:-1] for words, _ in commands() if words[:-1]}))
def test_every_group_of_commands_has_an_example(words: tuple[str, ...]) -> None:
    context = click.Context(program)
    group = program.get_command(context, words[0])
    assert group is not None
    assert f"linkedin-conversions {words[0]} " in group.get_help(click.Context(group)).partition("Example")[2]


@pytest.mark.parametrize("width", [60, 80])
def test_no_help_is_wider_than_a_terminal_of_80(width: int) -> None:
    for words, command in commands():
        context = click.Context(command, info_name=" ".join(words), terminal_width=width)
        shown, _, examples = command.get_help(context).partition("Example")
        options = examples.partition("Options:")[2]
        assert max(map(len, (shown + options).splitlines())) <= width, words
        assert max(map(len, examples.splitlines())) <= WIDE, words


@pytest.mark.parametrize("words", sorted({words for words, _ in commands()} - {("completion",)}))
def test_a_program_that_asked_for_json_gets_one_object_or_nothing(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.json").write_text('{"access_token": "t", "strems": []}')
    (tmp_path / "x.csv").write_text("a\n1\n")
    (command,) = (one for name, one in commands() if name == words)
    needed = [one for one in command.params if isinstance(one, click.Argument) and one.required]
    given = ["x.csv" if one.name in {"file", "files"} else "101" for one in needed]
    for more in ([*given, "--config", "bad.json"], ["--no-such-option"]):
        if more[-1] == "bad.json" and not any("--config" in one.opts for one in command.params):
            continue
        code, out, err = call_here(*words, *more, "--json", program=companion_main)
        assert code == EXIT_CONFIG
        assert out == "" or isinstance(json.loads(out), dict)
        assert bool(out) != bool(err)


@pytest.mark.parametrize("words", [["--help"], ["schema"], ["completion", "bash"]])
def test_output_that_finds_no_room_is_one_sentence_and_exit_2(words: list[str]) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        done = subprocess.run(
            [*COMPANION, *words], stdout=full, stderr=subprocess.PIPE, check=False, timeout=60, env=environment()
        )
    assert done.returncode == EXIT_CONFIG
    assert done.stderr.decode().splitlines() == [
        (
            "Error: output: it cannot be written (No space left on device); "
            "make room on the disk, or where the output goes; what the command did before stays done"
        )
    ]


@pytest.mark.parametrize("words", [["--help"], ["completion", "bash"], ["runs", "list", "--config", "ENV"]])
def test_output_whose_reader_has_read_enough_ends_quietly_and_is_no_fault(words: list[str], tmp_path: Path) -> None:
    done = without_reader([*COMPANION, *words], tmp_path)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize("words", [["--help"], ["no-such"], ["runs", "last", "--config", "no-such.json"]])
def test_the_exit_code_tells_where_neither_output_takes_anything(words: list[str], tmp_path: Path) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        done = subprocess.run(
            [*COMPANION, *words], stdout=full, stderr=full, check=False, timeout=60, cwd=tmp_path, env=environment()
        )
    assert done.returncode == EXIT_CONFIG

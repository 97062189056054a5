"""Each command that a page, a help text or a message names is one that can be typed so."""

from __future__ import annotations

import ast
import re
import shlex
from typing import TYPE_CHECKING

import click
import pytest

from target_linkedin_conversions.cli.main import program
from tests.docs.pages import PAGES, ROOT, blocks, name_of, spans

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROGRAM = "linkedin-conversions"
TOP = click.Context(program, info_name=PROGRAM, **program.context_settings)
OF_OTHERS = {"--full-refresh"}
"""Options of `meltano run`, which stand beside ours in a sentence."""
ON_NO_DATA = {"completion"}
"""Commands whose output is for a shell, and for nothing else."""


def commands(command: click.Command, context: click.Context) -> Iterator[tuple[click.Command, click.Context]]:
    """Every command that does something, with the context that its words stand in."""
    if not isinstance(command, click.Group):
        yield command, context
        return
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from commands(found, click.Context(found, info_name=name, parent=context))


COMMANDS = {context.command_path.removeprefix(f"{PROGRAM} "): command for command, context in commands(program, TOP)}


def resolved(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that the first words name, and the words behind them."""
    command: click.Command = program
    while words and isinstance(command, click.Group) and (found := command.get_command(TOP, words[0])) is not None:
        command, words = found, words[1:]
    return command, words


def wrong_words(words: list[str]) -> list[str]:
    """The words that are no command's name where one must stand, and the options that the command has not."""
    command, rest = resolved(words)
    known = {option for parameter in command.get_params(TOP) for option in parameter.opts + parameter.secondary_opts}
    wrong = [
        word
        for word in rest
        if word.startswith("-") and word.strip("-") and word.partition("=")[0] not in known | OF_OTHERS
    ]
    if isinstance(command, click.Group) and rest and re.fullmatch("[a-z]+", rest[0]):
        wrong.append(rest[0])
    return wrong


def typed(line: str) -> Iterator[list[str]]:
    """The words of each call of the companion in a line for a shell."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    call: list[str] = []
    for word in [*lexer, "|"]:
        if word in {"|", "<", ">", "&", "&&", ";", "(", ")"}:
            if call[:1] == [PROGRAM]:
                yield call[1:]
            call = []
        else:
            call.append(word)


def lines_for_a_shell() -> Iterator[str]:
    for page in PAGES:
        for block in blocks(page, "console", "sh", "bash"):
            yield from block.replace("\\\n", " ").splitlines()
        for block in blocks(page, "text"):
            for line in block.replace("\\\n", " ").splitlines():
                if re.match(rf"(\$ |\s*)([a-z-]+( [^'|]*)? \| )?{PROGRAM} [a-z]", line):
                    yield line.removeprefix("$ ")


CALLS = sorted({shlex.join(call) for line in lines_for_a_shell() if PROGRAM in line for call in typed(line)})


@pytest.mark.parametrize("call", CALLS)
def test_every_call_that_is_shown_can_be_made(call: str) -> None:
    command, words = resolved(shlex.split(call))
    assert not isinstance(command, click.Group), "a command is missing"
    context = click.Context(command)
    values, rest, given = command.make_parser(context).parse_args(words)
    assert rest == []
    assert [parameter for parameter in command.params if parameter.required and parameter not in given] == []
    for parameter in given:
        if isinstance(parameter, click.Option) and not isinstance(parameter.type, click.Path | click.File):
            parameter.type_cast_value(context, values[parameter.name or ""])


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_in_a_sentence_is_there(page: Path) -> None:
    wrong = {}
    for span in spans(page):
        words = span.partition(" |")[0].split()
        called = (
            words[1:]
            if words[:1] == [PROGRAM]
            else words
            if words[:1] and words[0] in program.list_commands(TOP)
            else []
        )
        if called and (found := wrong_words(called)):
            wrong[span] = found
    assert wrong == {}


def texts_of_the_code() -> Iterator[str]:
    for path in sorted((ROOT / "target_linkedin_conversions").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and PROGRAM in node.value:
                yield node.value


NAMED = re.compile(rf"(?<![-\w/]){PROGRAM} ([a-z][^`;,|\n)(\"]*)")


def test_every_command_that_the_program_tells_of_is_there() -> None:
    calls = sorted({found for text in texts_of_the_code() for found in NAMED.findall(text)})
    assert len(calls) > 50
    assert {call: found for call in calls if (found := wrong_words(call.split()))} == {}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_how_it_is_called_and_has_an_answer_for_programs(name: str) -> None:
    command = COMMANDS[name]
    shown = command.get_help(click.Context(command))
    examples = re.split(r"Examples?:", shown)[-1]
    assert f"{PROGRAM} {name}" in examples or name == "check"
    options = {option for parameter in command.params for option in parameter.opts}
    assert ("--json" in options) is (name not in ON_NO_DATA)

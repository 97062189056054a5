"""A command that is written wrongly, or ended at the keyboard: what is wrong, the nearest right word, and nothing of what was given.

What stands in a command by mistake may be a token; click's own messages repeat it.
"""

from __future__ import annotations

import re
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from target_linkedin_conversions.nearest import A_LITTLE_ALIKE, nearest
from target_linkedin_conversions.output import taken_output
from target_linkedin_conversions.private_files import path_shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

__all__ = ["WordedCommand", "WordedGroup", "refuse_idle", "with_examples"]

_WORDS = re.compile(r"-?-[a-z]{1,16}(-[a-z]{1,16}){0,2}")
"""How an option of ours is written; no token is."""
_NO_COMMAND = re.compile(r"No such command (.*)\.", re.DOTALL)
"""What click 8.2 says in plain words has a class of its own in later ones."""
_NAMED = re.compile(r"'([^']{1,1000})'")
"""The path in what click says of a file."""
_FEW = 3
"""So many words are all named."""


def with_examples(command: click.Command) -> click.Command:
    r"""The command, its help with click's own mark where a raw docstring spells `\b`: those lines stay lines."""
    command.help = (command.help or "").replace("\\b\n", "\b\n")
    for found in getattr(command, "commands", {}).values():
        with_examples(found)
    return command


def refuse_idle(context: click.Context, names: Collection[str], where: str) -> None:
    """Refuse options that were given and would change nothing; raises `UsageError` that names the first of them."""
    for option in context.command.params:
        if option.name in names and context.get_parameter_source(option.name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"{option.opts[0]} does nothing {where}; leave it out")


class _EndedError(click.ClickException):
    """Ctrl-C, or nobody at a question."""

    exit_code = 128 + signal.SIGINT


class WordedCommand(click.Command):
    """A command whose own words are said where its options are written wrongly."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - click's signature
        """Its help is a raw docstring."""
        super().__init__(*arguments, **options)
        with_examples(self)

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,  # noqa: ANN401 - click's signature
    ) -> click.Context:
        """Read the options."""
        with taken_output(), _worded():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Run it; who ends it at the keyboard has found no fault in it, as click's exit code 1 would say."""
        try:
            with taken_output():
                return super().invoke(ctx)
        except (click.Abort, KeyboardInterrupt):
            raise _EndedError("ended at the keyboard") from None


class WordedGroup(WordedCommand, click.Group):
    """The same for a group, and for every command in it."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Read the options of a command, and run it."""
        with _worded():
            return super().invoke(ctx)


@contextmanager
def _worded() -> Iterator[None]:
    """Turn what click says of a command that is written wrongly into words that hold nothing of what was given."""
    try:
        yield
    except click.UsageError as error:
        told = _in_our_words(error)
        if told is None:
            raise
        raise click.UsageError(told, error.ctx) from None


def _in_our_words(error: click.UsageError) -> str | None:
    """The words for an error of click; None for one of ours, and where click repeats nothing."""
    context = error.ctx
    if context is None or isinstance(error, click.MissingParameter):
        return None
    if isinstance(error, click.NoSuchOption):
        name = f" {error.option_name}" if _WORDS.fullmatch(error.option_name) else ""
        return f"No such option{name}{_nearest(error.option_name, _options(context))}"
    if isinstance(error, click.BadParameter) and error.param is not None:
        return f"{error.param.get_error_hint(context)}: {_expected(error.param.type, error.message)}"
    if command := _NO_COMMAND.match(error.message):
        return f"No such command{_nearest(command[1], _commands(context))}"
    if error.message.startswith("Got unexpected extra argument"):
        takes = " ".join((context.command_path, *context.command.collect_usage_pieces(context)))
        return f"More was given than it takes: {takes}; put quotes around what holds a blank"
    return None


def _nearest(written: str, known: list[str]) -> str:
    if len(known) <= _FEW:
        return f"; there are {', '.join(known)}"
    meant = nearest(written, known, alike=A_LITTLE_ALIKE)
    return f"; did you mean {meant}?" if meant else f"; there are {', '.join(known)}"


def _commands(context: click.Context) -> list[str]:
    return context.command.list_commands(context) if isinstance(context.command, click.Group) else []


def _options(context: click.Context) -> list[str]:
    options = [one for one in context.command.get_params(context) if isinstance(one, click.Option) and not one.hidden]
    return [name for one in options for name in (*one.opts, *one.secondary_opts) if name.startswith("--")]


def _expected(kind: click.ParamType[Any], message: str) -> str:
    """What a parameter takes."""
    match kind:
        case click.Choice():
            written = message.partition(" is not one of ")[0]
            if all(map(str.isdecimal, map(str, kind.choices))):  # what looks like a number is near it in no way
                return f"expected one of {', '.join(map(str, kind.choices))}"
            return f"it is none of the words that are known{_nearest(written, list(map(str, kind.choices)))}"
        case click.IntRange():
            return f"expected a whole number{_between(kind)}"
        case click.FloatRange():
            return f"expected a number{_between(kind)}"
        case click.Path() | click.File():
            named = _NAMED.search(message)
            file = path_shown(named[1], "") if named else ""
            return f"{file or 'the file'} cannot be used; check its name, and who may use it"
        case _:
            return f"expected another form: {kind.name}"


def _between(kind: click.IntRange | click.FloatRange) -> str:
    if kind.min is not None and kind.max is not None:
        return f" from {kind.min} to {kind.max}"
    return "" if kind.min is None else f" of {kind.min} or more"

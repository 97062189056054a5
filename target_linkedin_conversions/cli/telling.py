"""Sentences for a person: the commands in them name the settings that this one was given, and a terminal's lines end between words."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from target_linkedin_conversions.printable import as_argument
from target_linkedin_conversions.settings.files import FROM_ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["as_told", "configured_by", "tell_user", "to_be_typed"]

_given: ContextVar[tuple[str, ...]] = ContextVar("given", default=())
_COMMAND = re.compile(r"`(linkedin-conversions (?!completion|sandbox|schema|preview --init)[^`<>|]*?)( [<>|][^`]*)?`")
"""A command in a sentence that takes `--config`, and what a shell is told behind it; `preview --init` makes what is named so."""
_PIECE = re.compile(r"(?<=: )linkedin-conversions .+$|(?:[^\s`]*`[^`]*`)+[^\s`]*|\S+")
"""What stands in one line: a word, or a command, which a line's end would make two of where it is copied."""
_BEGIN = re.compile(r"\s*(?:[\d,]+  (?=\S)|[✗!·✓] )?")
"""What the further lines of a sentence stand behind."""


def configured_by(config: Sequence[str]) -> None:
    """Note what `--config` names, for the commands that this one tells to type."""
    _given.set(tuple(config))


def to_be_typed(text: str) -> str:
    """The text, each of its commands with the `--config` of this one, without which it would look elsewhere."""
    return _COMMAND.sub(_with_config, text)


def tell_user(text: str, *, err: bool = False) -> None:
    """Print sentences, each in a line of its own, which is divided where it is longer than the terminal is wide."""
    click.echo(as_told(text, err=err), err=err)


def as_told(text: str, *, err: bool = False) -> str:
    """Sentences as `tell_user` prints them, for what is printed otherwise: a question, a line above a bar."""
    width = _width(sys.stderr if err else sys.stdout)
    return "\n".join(part for line in to_be_typed(text).split("\n") for part in _divided(line, width))


def _with_config(found: re.Match[str]) -> str:
    command, behind = found[1], found[2] or ""
    if " --config " in f"{command} " or command.endswith("--help"):
        return found[0]
    # What is no file may be a secret, and is never repeated.
    names = [name for name in _given.get() if name == FROM_ENVIRONMENT or _is_there(name)]
    return f"`{command}{''.join(f' --config {as_argument(name)}' for name in names)}{behind}`"


def _is_there(name: str) -> bool:
    with suppress(OSError, ValueError):
        return Path(name).is_file()
    return False


def _divided(line: str, width: int) -> Iterator[str]:
    """The line in parts that are not wider, unless one piece alone is."""
    if not width or len(line) <= width:
        yield line
        return
    begin = _BEGIN.match(line)
    at = begin.end() if begin else 0
    part = line[:at]
    for piece in _PIECE.findall(line, at):
        if len(part) > at and len(part) + 1 + len(piece) > width:
            yield part
            part = " " * at
        part += f" {piece}" if len(part) > at else piece
    yield part


def _width(stream: TextIO | None) -> int:
    """The characters of a terminal's line; 0 where the stream is none."""
    with suppress(OSError, ValueError, AttributeError):
        if stream is not None and stream.isatty():
            return int(os.environ.get("COLUMNS") or os.get_terminal_size(stream.fileno()).columns)
    return 0

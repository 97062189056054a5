"""Questions to a person: on a terminal only, each with a flag in its place."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar

import click

from target_linkedin_conversions.cli.telling import as_told
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["agree", "ask", "at_the_keyboard", "heard", "is_terminal", "says_yes"]

Heard = TypeVar("Heard")


def is_terminal() -> bool:
    """Whether a person can be asked: what they type comes in here, and they see what is said on stderr."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def heard(flag: str, read: Callable[[], Heard]) -> Heard:
    """What somebody types or pipes in; raises `ConfigError` where its bytes are no text, because it would match nothing."""
    try:
        found = read()
        str(found).encode()
    except UnicodeError:
        raise ConfigError(flag, "what came holds bytes that are no text here", "type it, or save it as UTF-8") from None
    return found


def ask(question: str, flag: str, *, hidden: bool = False, otherwise: str = "") -> str:
    """An answer of a person, trimmed; raises `ConfigError` where nobody can be asked or answers.

    `otherwise` is what can be done instead, where that is not to give the flag.
    """
    instead = otherwise or f"give {flag}"
    if not is_terminal():
        raise ConfigError(flag, "nothing says what it is, and there is no terminal to ask on", instead)
    try:
        found: str = heard(flag, lambda: click.prompt(as_told(question, err=True), err=True, hide_input=hidden))
    except click.Abort as ended:
        click.echo(err=True)  # the cursor is still behind the question
        if at_the_keyboard(ended):
            raise
        raise ConfigError(flag, "nobody answered", f"answer, or {instead}") from None
    return found.strip()


def at_the_keyboard(ended: click.Abort) -> bool:
    """Whether Ctrl-C ended a question, which is exit 130 and no fault of an answer; Ctrl-D and a closed stdin answer nothing."""
    return isinstance(ended.__context__, KeyboardInterrupt)


def says_yes(question: str) -> bool:
    """Whether a person answers yes, asked until it is clear; nothing at all is no."""
    while True:
        words = as_told(f"{question} [y/N]", err=True)
        answer = click.prompt(words, default="", show_default=False, err=True).strip().casefold()
        if answer in {"y", "yes", "", "n", "no"}:
            return answer in {"y", "yes"}
        click.echo("  answer y for yes, or n for no", err=True)


def agree(question: str, *, yes: bool, undone: str = "nothing is changed", otherwise: str = "") -> None:
    """Go on only where a person agrees, or did by `--yes`; raises `ConfigError` where nobody does, and says what is `undone`.

    `otherwise` is what else may be done where there is no terminal to ask on.
    """
    if yes:
        return
    if not is_terminal():
        problem = f"{question} There is no terminal to ask that on, so {undone}"
        raise ConfigError("--yes", printable(problem, len(problem) + 1), f"pass --yes{otherwise}")
    try:
        agreed = heard("--yes", lambda: says_yes(printable(question, len(question) + 1)))
    except click.Abort as ended:
        click.echo(err=True)
        if at_the_keyboard(ended):
            click.echo(f"{undone.capitalize()}.", err=True)
            raise
        agreed = False
    if not agreed:
        raise ConfigError("--yes", f"nobody agreed, so {undone}", "answer y, or pass --yes")

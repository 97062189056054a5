"""Questions to a person: on a terminal only, each with a flag in its place."""

from __future__ import annotations

import sys

import click

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.printable import printable

__all__ = ["agree", "ask", "is_terminal"]


def is_terminal() -> bool:
    """Whether a person can be asked: what they type comes in here, and they see what is said on stderr."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(question: str, flag: str, *, hidden: bool = False) -> str:
    """An answer of a person, trimmed; raises `ConfigError` that names the flag where nobody can be asked or answers."""
    if not is_terminal():
        raise ConfigError(flag, "nothing says what it is, and there is no terminal to ask on", f"give {flag}")
    try:
        found: str = click.prompt(question, err=True, hide_input=hidden)
    except click.Abort:
        raise ConfigError(flag, "nobody answered", f"answer, or give {flag}") from None
    return found.strip()


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
        agreed = click.confirm(printable(question, len(question) + 1), err=True)
    except click.Abort:
        agreed = False
    if not agreed:
        raise ConfigError("--yes", f"nobody agreed, so {undone}", "answer y, or pass --yes")

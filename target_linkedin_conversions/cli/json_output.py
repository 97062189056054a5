"""What a command says with `--json`: one object on stdout, in which a terminal finds nothing to obey."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click
import msgspec

from target_linkedin_conversions.printable import printable_json

__all__ = ["json_option", "print_json"]

_Command = TypeVar("_Command", bound=Callable[..., Any])


def json_option(explained: str) -> Callable[[_Command], _Command]:
    """Add `--json` to a command, as its argument `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help=explained)


def print_json(found: object, *, indent: int = -1) -> None:
    """Print a struct, or what JSON can say; in one line where no indent is given."""
    text = msgspec.json.encode(found)
    click.echo(printable_json((text if indent < 0 else msgspec.json.format(text, indent=indent)).decode()))

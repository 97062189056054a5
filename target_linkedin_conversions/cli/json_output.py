"""What a command says with `--json`: one object on stdout, in which a terminal finds nothing to obey."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click
import msgspec

from target_linkedin_conversions.printable import printable_json

__all__ = ["json_option", "print_json"]

_NO_ASCII = re.compile(r"[^\x00-\x7f]")
_Command = TypeVar("_Command", bound=Callable[..., Any])


def json_option(explained: str) -> Callable[[_Command], _Command]:
    """Add `--json` to a command, as its argument `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help=explained)


def print_json(found: object, *, indent: int = -1) -> None:
    """Print a struct, or what JSON can say; in one line where no indent is given."""
    text = msgspec.json.encode(found)
    shown = printable_json((text if indent < 0 else msgspec.json.format(text, indent=indent)).decode())
    click.echo(shown if _has_bytes_for(shown) else _NO_ASCII.sub(_escaped, shown))


def _has_bytes_for(text: str) -> bool:
    """Whether stdout can say a text in the encoding of its locale."""
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _escaped(found: re.Match[str]) -> str:
    """JSON's escape of a character, which stands in texts only."""
    return json.dumps(found.group())[1:-1]

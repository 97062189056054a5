"""What a command says with `--json`: one object on stdout, in which a terminal finds nothing to obey."""

from __future__ import annotations

import click
import msgspec

from target_linkedin_conversions.printable import printable_json

__all__ = ["print_json"]


def print_json(found: object, *, indent: int = -1) -> None:
    """Print a struct, or what JSON can say; in one line where no indent is given."""
    text = msgspec.json.encode(found)
    click.echo(printable_json((text if indent < 0 else msgspec.json.format(text, indent=indent)).decode()))

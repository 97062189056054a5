"""Tables for people: what a cell holds is shown as it is, but for what a terminal would obey, and read as nothing of rich's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from target_linkedin_conversions.printable import printable_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["print_table"]


def print_table(columns: Sequence[str | Column], rows: Iterable[Sequence[str]], *, show_lines: bool = False) -> None:
    """Print a table; a stream named `[/x]` is a name, no markup."""
    table = Table(*columns, show_lines=show_lines)
    for row in rows:
        table.add_row(*(Text(printable_lines(cell)) for cell in row))
    _Screen().print(table)


class _Screen(Console):
    """A console that does not exit by itself on a broken pipe, as rich's does with exit code 1."""

    def on_broken_pipe(self) -> None:
        """Raise, so that the one place that handles broken pipes sees it."""
        raise BrokenPipeError

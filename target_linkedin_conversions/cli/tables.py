"""Tables for people: what a cell holds is shown as it is, but for what a terminal would obey, and read as nothing of rich's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from target_linkedin_conversions.cli.telling import to_be_typed
from target_linkedin_conversions.printable import printable_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["print_table"]


def print_table(columns: Sequence[str | Column], rows: Iterable[Sequence[str]], *, show_lines: bool = False) -> None:
    """Print a table; a stream named `[/x]` is a name, no markup. Where the screen is too narrow for it, a line a cell.

    A column of `overflow="fold"` and `no_wrap` has words such as `QUALIFIED_LEAD`: where they need it they are divided, after
    an underscore.
    """
    cells = [[Text(printable_lines(to_be_typed(cell))) for cell in row] for row in rows]
    screen = _Screen()
    for divided in (False, True):
        table = Table(*columns, show_lines=show_lines)
        shown = [
            [_divided(*one) if divided else one[1] for one in zip(table.columns, row, strict=True)] for row in cells
        ]
        if _least_width(table, shown) <= screen.width:
            for row in shown:
                table.add_row(*row)
            screen.print(table)
            return
    names = [str(column.header) for column in table.columns]
    for row in cells:
        for name, cell in zip(names, row, strict=True):
            screen.print(Text(f"{name}: " if name else "").append_text(cell))
        screen.print()


def _divided(column: Column, cell: Text) -> Text:
    """A word of words, in lines that end after an underscore."""
    if not (column.no_wrap and column.overflow == "fold"):
        return cell
    lines = [""]
    for part in re.split(r"(?<=_)", cell.plain):
        if lines[-1] and len(lines[-1]) + len(part) > _LINE:
            lines.append("")
        lines[-1] += part
    return Text("\n".join(lines))


def _least_width(table: Table, rows: Sequence[Sequence[Text]]) -> int:
    """The width below which a table cannot be read: figures are cut, or words fall into pieces."""
    width = _BORDER
    for at, column in enumerate(table.columns):
        texts = [Text(str(column.header)), *(row[at] for row in rows)]
        if column.no_wrap:
            width += _BESIDE + max(line.cell_len for text in texts for line in text.split(allow_blank=True))
        else:
            longest = max(Text(word).cell_len for text in texts for word in (text.plain.split() or [""]))
            width += _BESIDE + min(longest, _PIECE)
    return width


_BORDER, _BESIDE = 1, 3
"""Characters of a table's left border, and beside each cell."""
_PIECE = 12
"""Characters of a longer word that a cell must hold at least."""
_LINE = 16
"""Characters of a line of a word that is divided, unless a part of it alone is longer."""


class _Screen(Console):
    """A console that does not exit by itself on a broken pipe, as rich's does with exit code 1."""

    def on_broken_pipe(self) -> None:
        """Raise, so that the one place that handles broken pipes sees it."""
        raise BrokenPipeError

"""How far a run has come: a bar on a terminal, elsewhere the log as the target writes it."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from target_linkedin_conversions.cli.log_lines import logged
from target_linkedin_conversions.cli.telling import as_told
from target_linkedin_conversions.printable import printable_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["progress_shown"]


class _Above(logging.Handler):
    """Writes what a person should know above the bar."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        text = printable_lines(f"{record.levelname.lower()}: {record.getMessage()}")
        self._console.print(as_told(text, err=True), markup=False, highlight=False, soft_wrap=True)


@contextmanager
def progress_shown(rows: int, *, is_terminal: bool) -> Iterator[Callable[[int], None]]:
    """A function that is told of more rows, while a bar or the log shows it on stderr."""
    if not is_terminal:
        with logged():
            yield lambda _rows: None
        return
    console = Console(stderr=True)
    columns = (TextColumn("sending"), BarColumn(), MofNCompleteColumn(), TextColumn("rows"), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar, logged(_Above(console), logging.WARNING):
        task = bar.add_task("sending", total=rows)
        yield lambda more: bar.advance(task, more)

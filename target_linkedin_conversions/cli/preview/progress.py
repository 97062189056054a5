"""How far a preview is: a bar on a terminal, nothing where the output is piped."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress as Bar
    from rich.progress import TaskID

__all__ = ["Progress"]

_EVERY = 2_000
"""Records from one drawing of the bar to the next."""


class Progress:
    """Counts records; draws on stderr, and only where that is a terminal and the records do not come from one."""

    def __init__(self, most: int | None) -> None:
        """`most` is how many records are read at most, None where nobody knows."""
        self._records = 0
        self._bar: Bar | None = _bar() if sys.stderr.isatty() else None
        self._task: TaskID | None = None if self._bar is None else self._bar.add_task("records", total=most)

    def __enter__(self) -> Self:
        """Begin to draw."""
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()

    def count(self) -> None:
        """One record more."""
        self._records += 1
        if self._bar is not None and self._task is not None and self._records % _EVERY == 0:
            self._bar.update(self._task, completed=self._records)


def _bar() -> Bar:
    from rich.console import Console  # noqa: PLC0415 - only where a bar is drawn
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)

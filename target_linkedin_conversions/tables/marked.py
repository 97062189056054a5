"""Rows that were not sent, as a file to be mended and sent again: each says why, and no cell is run by a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from typing import IO, TYPE_CHECKING, Any

from target_linkedin_conversions.records.text import key_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["MARKS", "MarkedRows", "unmarked"]

MARKS = ("not sent because", "what to do")
"""The columns behind those of the table."""

_RUN_BY_SHEETS = r"[\s\u200b-\u200f\u2060\ufeff]*[=+\-@\x00-\x1f\x7f\uff1d\uff0b\uff0d\uff20]"
"""How a formula begins, behind blanks that some sheets leave out, or a control character."""
_MAY_BE_RUN = re.compile(rf"'*{_RUN_BY_SHEETS}").match
_MARKED = re.compile(rf"'+{_RUN_BY_SHEETS}").match


def unmarked(cell: Any) -> Any:  # noqa: ANN401 - whatever a cell holds
    """What was in a cell before it was marked as text."""
    return cell[1:] if isinstance(cell, str) and _MARKED(cell) else cell


def _marked(cell: Any) -> str:  # noqa: ANN401 - the same
    """A cell as text that a spreadsheet shows and does not run: with an apostrophe before what begins a formula."""
    text = key_text(cell) or ""
    return f"'{text}" if _MAY_BE_RUN(text) else text


class MarkedRows:
    """Writes such a file: UTF-8 with its mark, as spreadsheets expect it, and the table's own delimiter."""

    def __init__(self, file: IO[bytes], columns: Sequence[str], delimiter: str) -> None:
        """Begin with the header."""
        self._text = io.TextIOWrapper(
            file, encoding="utf-8-sig", errors="backslashreplace", newline="", write_through=True
        )
        self._writer = csv.writer(self._text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
        self._writer.writerow(map(_marked, (*columns, *MARKS)))

    def write(self, cells: Iterable[Any], why: str, mend: str) -> None:
        """One row: its own cells, and what is to be said of it."""
        self._writer.writerow([*map(_marked, cells), why, mend])

    def close(self) -> None:
        """Flush what is buffered; the caller closes the file."""
        self._text.detach()

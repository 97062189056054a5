"""Keeps rejected rows of a stream, with only those columns that its mapping reads."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from target_linkedin_conversions.records.reasons import Reason
from target_linkedin_conversions.reporting.rejected_rows import RejectedRow, encode_row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from target_linkedin_conversions.records.event import Refusal
    from target_linkedin_conversions.records.rows import Row, Value
    from target_linkedin_conversions.run.stream_mapping import StreamMapping

__all__ = ["RowKeeper"]


class RowKeeper:
    """Gathers the rejected rows of one intake, and writes them together."""

    def __init__(
        self, stream: str, mapping: StreamMapping, origin: str, keep: Callable[[Sequence[bytes]], None]
    ) -> None:
        """`origin` is where the stream's events go, `keep` takes encoded rows."""
        self._stream = stream
        self._mapping = mapping
        self._origin = origin
        self._keep = keep
        self._rejected: list[tuple[Row, list[str]]] = []

    def note(self, row: Row, refusal: Refusal) -> None:
        """Note a rejected row; one that several entries reject is kept once."""
        codes = [reason.code for reason in refusal.reasons]
        if self._rejected and self._rejected[-1][0] is row:
            self._rejected[-1][1].extend(codes)
        else:
            self._rejected.append((row, codes))

    def write(self) -> None:
        """Hand over the rows rejected since the last call."""
        if not self._rejected:
            return
        rejected, self._rejected = self._rejected, []
        lines = (self._line(row, codes) for row, codes in rejected)
        self._keep([line for line in lines if line is not None])

    def _line(self, row: Row, codes: Sequence[str]) -> bytes | None:
        """The line of a row; None where a value of it cannot be written as text."""
        mapping = self._mapping
        values = {name: row[place] for name, place in mapping.row_type.named}
        unreachable = {name: value.field for name, value in values.items() if isinstance(value, Reason)}
        kept = RejectedRow(
            {name: None if name in unreachable else _as_text(value) for name, value in values.items()},
            self._stream,
            mapping.source,
            mapping.key_properties,
            len(mapping.entries),
            self._origin,
            tuple(dict.fromkeys(codes)),
            mapping.row_type.not_found,
            unreachable,
        )
        try:
            return encode_row(kept)
        except (ValueError, OverflowError, TypeError):
            return None


def _as_text(value: Value) -> Value:
    """A value for JSON; a date or time that a stream map made becomes the text that keys show of it."""
    return value.isoformat() if isinstance(value, date) else value

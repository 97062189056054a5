"""The rejects file: one line an event or record that LinkedIn or we would not take, and why.

It holds keys, reasons and shapes, never an identifier: a key value that is one, or looks
like one, is replaced by a keyed digest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.durations import DAY_MS
from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.records.event import Event, Refusal, Shape, shape_of
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.reporting.journal import unreadable_lines
from target_linkedin_conversions.reporting.keys import DIGEST, PublicKeys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from target_linkedin_conversions.records.reasons import Reason
    from target_linkedin_conversions.reporting.folder import Folder
    from target_linkedin_conversions.reporting.journal import Journal

__all__ = ["DIGEST", "RejectLine", "Rejects", "reject_lines"]


class ReasonLine(msgspec.Struct, frozen=True):
    """One reason in a reject's line."""

    field: str
    code: str
    message: str


class RejectLine(msgspec.Struct, frozen=True):
    """One line of the rejects file."""

    run: str
    stream: str
    key: dict[str, str | None]
    rule: str | None
    reasons: list[ReasonLine]
    event: Shape


_LONGEST_TOLD = 2000
"""Characters of a message, and of a key's value, that are shown."""
_FARTHEST = 700_000 * DAY_MS
"""A time farther from 1970 than this cannot be shown as a date."""
_decode = msgspec.json.Decoder(RejectLine).decode


class Rejects:
    """Writes the lines; `flush` makes them durable before STATE passes them."""

    def __init__(self, journal: Journal, run: str, pseudonym: Callable[[str], str]) -> None:
        """`pseudonym` makes the keyed digest of a text."""
        self._journal = journal
        self._run = run
        self._keys = PublicKeys(pseudonym)

    def write_refusal(self, stream: str, refusal: Refusal) -> None:
        """A record that yielded no event."""
        key = self._keys.of_refusal(refusal)
        self._write(
            RejectLine(self._run, name_shown(stream), key, refusal.rule, _lines(refusal.reasons), refusal.shape)
        )

    def write_rejected(
        self, stream: str, event: Event, reasons: Sequence[Reason], personal_columns: frozenset[str]
    ) -> None:
        """An event that was made and then rejected."""
        key = self._keys.of_event(event, personal_columns)
        self._write(
            RejectLine(self._run, name_shown(stream), key, event.rule, _lines(reasons), shape_of(event.payload))
        )

    def flush(self) -> None:
        """Make every line durable."""
        self._journal.flush()

    def _write(self, line: RejectLine) -> None:
        self._journal.write(msgspec.json.encode(line))


def reject_lines(folder: Folder, run: str, unreadable: Callable[[str], None]) -> Iterator[RejectLine]:
    """Every line of a run's rejects, its names as they may be shown: one file, or on a URL its parts.

    `unreadable` is told of lines that no run wrote so, once a file, and of what is no file.
    """
    for name in folder.parts(f"rejects/{run}.jsonl"):
        cut, first = 0, 0
        try:
            for number, data in enumerate(folder.lines(name), 1):
                line = _read(data)
                if line is None:
                    cut, first = cut + 1, first or number
                else:
                    yield line
        except OSError as error:
            unreadable(f"{folder.place(name)} cannot be read ({error.strerror})")
        if cut:
            unreadable(unreadable_lines(first, cut, folder.place(name)))


def _read(data: bytes) -> RejectLine | None:
    """A line, None where it is not as runs write it; all its texts are made printable, because anybody may have written it."""
    try:
        line = _decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    shape = line.event
    is_date = shape.happened_at is not None and abs(shape.happened_at) <= _FARTHEST
    return RejectLine(
        printable(line.run),
        name_shown(line.stream),
        {printable(name): text and printable(text, _LONGEST_TOLD) for name, text in line.key.items()},
        line.rule and printable(line.rule),
        [
            ReasonLine(printable(one.field), printable(one.code), printable(one.message, _LONGEST_TOLD))
            for one in line.reasons
        ],
        Shape(
            tuple(map(printable, shape.fields)),
            shape.happened_at if is_date else None,
            shape.value and printable(shape.value),
        ),
    )


def _lines(reasons: Sequence[Reason]) -> list[ReasonLine]:
    return [ReasonLine(reason.field, reason.code, reason.message) for reason in reasons]

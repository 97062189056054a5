"""The outbox: exact payloads of events that were rejected, held in doubt, or rehearsed.

One of the two files that hold personal data (hashed, as it would be sent); local, private to
this user, and gone after 30 days. A replay takes lines out of it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.records.event import Conversion, Event, Key
from target_linkedin_conversions.reporting.folder import run_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from target_linkedin_conversions.reporting.folder import Folder
    from target_linkedin_conversions.reporting.journal import Journal

__all__ = ["Outbox", "OutboxEvent", "OutboxLine", "numbered", "outbox_events", "outbox_runs"]


class OutboxLine(msgspec.Struct, frozen=True):
    """One event as it was, or would be, sent, and how it ended.

    `key` is the record's, `private` those of its columns that identify a person, `origin` where
    the event was bound for, `compared_key` that of the event; lines of earlier releases lack all four.
    """

    outcome: Outcome
    stream: str
    rule: str
    identity: str
    hour: int | None
    content: int
    event: msgspec.Raw
    key: Key = ()
    private: tuple[str, ...] = ()
    origin: str = ""
    compared_key: str = ""


class OutboxEvent(NamedTuple):
    """A line of the outbox, and the event it holds."""

    line: OutboxLine
    event: Event
    sent: Conversion


class Outbox:
    """Writes the payloads of a run."""

    def __init__(self, journal: Journal, origin: str = "") -> None:
        """Nothing is created before the first event; `origin` is where events are bound for."""
        self._journal = journal
        self._origin = origin

    def keep(self, stream: str, event: Event, outcome: Outcome, personal_columns: frozenset[str] = frozenset()) -> None:
        """Keep one event."""
        line = OutboxLine(
            outcome,
            stream,
            event.rule,
            event.identity,
            event.hour,
            event.content,
            msgspec.Raw(event.payload),
            event.key,
            tuple(name for name, _ in event.key if name in personal_columns),
            self._origin,
            event.compared_key,
        )
        self._journal.write(msgspec.json.encode(line))

    def flush(self) -> None:
        """Make every line durable."""
        self._journal.flush()


def outbox_runs(folder: Folder) -> list[str]:
    """The runs that have an outbox, the oldest first."""
    if not folder.is_local:
        return []
    return [run for name in folder.names("outbox") if (run := run_of(name)) is not None]


def outbox_events(folder: Folder, run: str, unreadable: Callable[[str], None]) -> Iterator[OutboxEvent]:
    """Every event in a run's outbox; `unreadable` is told of lines that were cut."""
    name = f"outbox/{run}.jsonl"
    for _, event in numbered(folder.lines(name), folder.place(name), unreadable):
        yield event


def numbered(
    lines: Iterable[bytes], place: str, unreadable: Callable[[str], None]
) -> Iterator[tuple[int, OutboxEvent]]:
    """Every event in lines of an outbox with its line's number, from 0; `unreadable` is told of lines that were cut."""
    decode = msgspec.json.Decoder(OutboxLine).decode
    cut, first = 0, 0
    for number, data in enumerate(lines):
        try:
            line = decode(data)
            sent = msgspec.json.decode(line.event, type=Conversion)
        except (msgspec.DecodeError, UnicodeDecodeError):
            cut, first = cut + 1, first or number + 1
            continue
        payload = bytes(line.event)
        time = sent.conversion_happened_at
        event = Event(
            line.rule,
            line.identity,
            time,
            payload,
            line.content,
            line.hour,
            line.key,
            compared_key=line.compared_key,
        )
        yield number, OutboxEvent(line, event, sent)
    if cut:
        unreadable(f"line {first} of {place} cannot be read" + (f", nor can {cut - 1} more" if cut > 1 else ""))

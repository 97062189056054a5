"""The outbox: exact payloads of events that were rejected, held in doubt, or rehearsed.

One of the two files that hold personal data (hashed, as it would be sent); local, private to
this user, and gone after 30 days.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from target_linkedin_conversions.records.event import Event
    from target_linkedin_conversions.reporting.folder import Journal


class OutboxLine(msgspec.Struct, frozen=True):
    """One event as it was, or would be, sent, and how it ended."""

    outcome: str
    stream: str
    rule: str
    identity: str
    day: int | None
    content: int
    event: msgspec.Raw


class Outbox:
    """Writes the payloads of a run."""

    def __init__(self, journal: Journal) -> None:
        """Nothing is created before the first event."""
        self._journal = journal

    def keep(self, stream: str, event: Event, outcome: str) -> None:
        """Keep one event."""
        line = OutboxLine(
            outcome,
            stream,
            event.rule,
            event.identity,
            event.day,
            event.content,
            msgspec.Raw(event.payload),
        )
        self._journal.write(msgspec.json.encode(line))

    def flush(self) -> None:
        """Make every line durable."""
        self._journal.flush()

"""Gathers the events of a stream into batches by count, by bytes and by age."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.delivery.batch import Batch, BatchOptions
    from target_linkedin_conversions.records.event import Event

__all__ = ["Batcher", "Buffer"]

MOST_BYTES = 16 << 20
"""The size of a batch, which its last event may exceed: 5,000 usual events take 3 MB, but a company's name has no bound."""


class Buffer:
    """The events of one rule that wait for their batch to be full."""

    __slots__ = ("events", "room", "since", "tickets")

    def __init__(self) -> None:
        """Start empty; its age counts from now."""
        self.events: list[Event] = []
        self.tickets: list[Any] = []
        self.since = time.monotonic()
        self.room = MOST_BYTES


class Batcher:
    """One buffer a rule, for events of one stream; code that fills a buffer directly must call `send` when it is full.

    `issue(rule, events)` returns the ticket for events that were put into a buffer without one since the last `note_made`.
    """

    def __init__(
        self,
        options: BatchOptions,
        rows: int,
        hand_over: Callable[[Batch], None],
        issue: Callable[[str, int], Any],
    ) -> None:
        """Every batch made here has these options, and at most `rows` events."""
        self.stream = options.stream
        self.options = options
        self.rows = rows
        self.buffers: dict[str, Buffer] = {}
        self._hand_over = hand_over
        self._issue = issue

    def put(self, event: Event, ticket: object) -> None:
        """Add an event that already has a ticket."""
        buffer = self.buffers.get(event.rule)
        if buffer is None:
            buffer = self.buffers[event.rule] = Buffer()
        buffer.events.append(event)
        buffer.tickets.append(ticket)
        buffer.room -= len(event.payload)
        if len(buffer.events) >= self.rows or buffer.room <= 0:
            self.send(event.rule)

    def note_made(self) -> None:
        """Issue tickets for all events that have none yet."""
        for rule, buffer in self.buffers.items():
            if made := len(buffer.events) - len(buffer.tickets):
                buffer.tickets += [self._issue(rule, made)] * made

    def send(self, rule: str) -> None:
        """Hand over the buffer of a rule as a batch; raises what stopped the run."""
        self.note_made()
        buffer = self.buffers.pop(rule)
        self._hand_over(self.options.batch(rule, buffer.events, buffer.tickets))

    def send_older_than(self, seconds: float) -> None:
        """Send every buffer whose oldest event has waited for this long."""
        limit = time.monotonic() - seconds
        for rule in [rule for rule, buffer in self.buffers.items() if buffer.since <= limit]:
            self.send(rule)

    def send_all(self) -> None:
        """Send every buffer."""
        for rule in list(self.buffers):
            self.send(rule)

    @property
    def oldest(self) -> float | None:
        """Monotonic time of the oldest event that waits here."""
        return min((buffer.since for buffer in self.buffers.values()), default=None)

    @property
    def waiting(self) -> int:
        """Events that wait here."""
        return sum(len(buffer.events) for buffer in self.buffers.values())

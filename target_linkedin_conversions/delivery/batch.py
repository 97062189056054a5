"""A batch: events of one rule that leave in one request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from target_linkedin_conversions.durations import DAY_MS
from target_linkedin_conversions.records.event import Event
from target_linkedin_conversions.records.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_linkedin_conversions.outcomes import Outcome

__all__ = ["Batch", "BatchOptions", "Listener", "RefusedByLinkedIn", "body_of"]


class RefusedByLinkedIn(Reason, frozen=True):
    """LinkedIn's own reason for an event, its values redacted."""

    text: str = ""

    @property
    def message(self) -> str:
        """LinkedIn's message, redacted."""
        return self.text


class Batch(msgspec.Struct, frozen=True):
    """Events of one rule and one stream, each with a ticket that comes back when the event has ended.

    `tickets[i]` belongs to `events[i]`; the courier returns it untouched. `reject_too_old` says what
    becomes of an event that ages out while it waits; `personal_columns`, which columns of their keys
    identify a person; `resend`, that events in doubt leave again whatever `on_in_doubt` says: a person
    has decided so.
    """

    rule: str
    stream: str
    events: list[Event]
    tickets: list[Any]
    reject_too_old: bool = False
    personal_columns: frozenset[str] = frozenset()
    resend: bool = False

    @property
    def contents(self) -> list[int]:
        """The check sum of each event's time and value."""
        return [event.content for event in self.events]

    @property
    def keys(self) -> list[str]:
        """The key by which each event is told from others under its mapped id, empty where it has none."""
        return [event.compared_key for event in self.events]

    @property
    def people(self) -> list[str]:
        """The person by whom each event is told from others under its mapped id where either has no key, empty for ids of our own."""
        return [event.compared_person for event in self.events]

    @property
    def days(self) -> list[int]:
        """The UTC day on which each event happened, counted from 1970."""
        return [event.happened_at // DAY_MS for event in self.events]

    def only(self, indices: Sequence[int]) -> Batch:
        """The batch of some of its events."""
        return Batch(
            self.rule,
            self.stream,
            [self.events[i] for i in indices],
            [self.tickets[i] for i in indices],
            self.reject_too_old,
            self.personal_columns,
            self.resend,
        )


class BatchOptions(msgspec.Struct, frozen=True):
    """What the batches of one batcher have in common; each field means what it means in a `Batch`."""

    stream: str
    reject_too_old: bool = False
    personal_columns: frozenset[str] = frozenset()
    resend: bool = False

    def batch(self, rule: str, events: list[Event], tickets: list[Any]) -> Batch:
        """The batch of these events of a rule."""
        return Batch(
            rule,
            self.stream,
            events,
            tickets,
            self.reject_too_old,
            self.personal_columns,
            self.resend,
        )


def body_of(events: Sequence[Event]) -> bytes:
    """The body of a `BATCH_CREATE` request.

    Megabytes, so it is put together once: every copy costs fresh pages (measured: 1 us an event).
    """
    payloads = [event.payload for event in events]
    payloads[:1] = [b'{"elements":[' + payload for payload in payloads[:1]] or [b'{"elements":[']
    payloads[-1] += b"]}"
    return b",".join(payloads)


class Listener(Protocol):
    """Is told how events end; called from the courier's threads."""

    def settled(
        self,
        batch: Batch,
        outcome: Outcome,
        *,
        code: str = "",
        reasons: Sequence[Sequence[Reason]] = (),
    ) -> None:
        """Every event of this batch ended with this outcome; `reasons[i]` are those of `events[i]`."""

    def repeated(self, stream: str, events: int) -> None:
        """So many events of a stream that count as delivered before had the key, time and value of another one of this run."""

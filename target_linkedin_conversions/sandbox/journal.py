"""What the sandbox took and what it answered, kept cheaply and decoded when somebody asks."""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET

from target_linkedin_conversions.sandbox.event import decode_any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from target_linkedin_conversions.sandbox.event import Event

__all__ = ["Journal", "RequestSeen", "TakenBatch"]

REQUESTS_KEPT = 100_000


class RequestSeen(msgspec.Struct, frozen=True):
    """One request as the log keeps it: never the token, only whether it was known.

    `status` is what the client was sent, 0 where the connection was cut instead. `elements` is
    the number of events in it, None where they were not counted. `at` is epoch ms.
    """

    number: int
    at: int
    method: str
    path: str
    restli_method: str
    version: str
    status: int
    elements: int | None
    taken: int
    token_known: bool
    fault: str | None = None


class TakenBatch(msgspec.Struct, frozen=True):
    """One request's events as raw bytes, and which of them were left out."""

    request: int
    at: int
    version: str
    body: bytes
    batch: bool
    left_out: frozenset[int]

    def events(self) -> list[dict[str, Any]]:
        """The events in the order in which they came."""
        decoded = decode_any(self.body)
        events = decoded["elements"] if self.batch else [decoded]
        return [event for index, event in enumerate(events) if index not in self.left_out]


class Journal:
    """Everything that reached one sandbox."""

    def __init__(self) -> None:
        self.batches: list[TakenBatch] = []
        self.requests: deque[RequestSeen] = deque(maxlen=REQUESTS_KEPT)
        self.request_count = 0
        self.taken = 0
        self.by_rule: Counter[str] = Counter()
        self.by_status: Counter[int] = Counter()
        self.warnings: Counter[str] = Counter()
        self.lint: Counter[tuple[str, str]] = Counter()
        # Event ids by rule: LinkedIn does not promise to count a repeated one only once.
        self.event_ids: dict[str, Counter[str]] = {}
        self.browser_event_ids: set[tuple[str, str]] = set()

    def take(self, batch: TakenBatch, events: Sequence[Event], *, keep: bool) -> None:
        """Count `events`, all that LinkedIn accepts of a batch, and keep the batch if told to."""
        self.taken += len(events)
        self.by_rule.update([event.conversion for event in events])
        if not keep:
            return
        self.batches.append(batch)
        for event in events:
            if event.event_id is not UNSET:
                ids = self.event_ids.get(event.conversion)
                if ids is None:
                    ids = self.event_ids[event.conversion] = Counter()
                ids[event.event_id] = ids.get(event.event_id, 0) + 1

    def log(self, request: RequestSeen) -> None:
        """Note one answered request."""
        self.requests.append(request)
        self.by_status[request.status] += 1

    def received(self) -> Iterator[tuple[TakenBatch, dict[str, Any]]]:
        """Every event taken, in order, with the batch it came in."""
        for batch in self.batches:
            for event in batch.events():
                yield batch, event

    def taken_twice(self) -> dict[str, dict[str, int]]:
        """By rule URN, the event ids that were taken more than once, and how often."""
        repeated = {
            urn: {event_id: count for event_id, count in ids.items() if count > 1}
            for urn, ids in self.event_ids.items()
        }
        return {urn: ids for urn, ids in repeated.items() if ids}

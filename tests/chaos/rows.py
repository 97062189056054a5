"""The table that the tap reads: three streams, each row known again in whatever LinkedIn took of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import msgspec

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
RULE_PREFIX = "urn:lla:llaPartnerConversion:"
STREAMS = ("leads", "orders", "stages")
ROWS_A_SCHEMA = 400
"""After so many rows a stream's schema gains a column."""

Event = tuple[str, str]
"""A rule's id, and the reference of the row that the event was made of."""

Sent = tuple[str, int]
"""The event id and the time that an event is sent with."""

Bookmarks = dict[str, int]
"""How many rows of each stream lie behind."""


def _entry(stream: str, rule: Any, **fields: str) -> dict[str, Any]:
    return {
        "stream": stream,
        "conversion_rule": rule,
        "fields": {"external_id": "ref", **fields},
        "consent": {"not_required": "a test"},
    }


ENTRIES = [
    _entry("leads", 101),
    _entry("orders", 103, event_id="order_no"),
    _entry(
        "stages",
        {"column": "stage", "rules": [{"when": "won", "rule": [102, 104]}, {"when": "lost", "skip": True}]},
    ),
]
"""An event id of our own with its time, a mapped one, and two rules a row, without the time."""


@dataclass
class Table:
    """So many rows in each stream; `base` is the time of the newest, epoch milliseconds."""

    rows: int
    base: int = 0

    def __post_init__(self) -> None:
        """Yesterday, unless another time is given."""
        self.base = self.base or time.time_ns() // 1_000_000 - DAY_MS

    @classmethod
    def of_events(cls, events: int) -> Table:
        """A table that yields at least so many events."""
        return cls(-(-events * 5 // 18))

    def events(self, stream: str, row: int) -> list[Event]:
        """What becomes of a row."""
        ref = f"{stream}-{row}"
        match stream:
            case "leads":
                return [("101", ref)]
            case "orders":
                return [("103", ref)]
            case _:
                return [("102", ref), ("104", ref)] if row % 5 else []

    def expected(self) -> set[Event]:
        """Every event that must be delivered."""
        return {event for stream in STREAMS for row in range(self.rows) for event in self.events(stream, row)}

    def record(self, stream: str, row: int) -> bytes:
        """The RECORD line of a row."""
        stage = "won" if row % 5 else "lost"
        return (
            f'{{"type":"RECORD","stream":"{stream}","record":{{"id":{row},"ref":"{stream}-{row}",'
            f'"email":"row.{row}@example.com","happened_at":{self.base - row * 1000},'
            f'"order_no":"no-{row}","stage":"{stage}"}}}}\n'
        ).encode()


def generation(row: int) -> int:
    """Which of a stream's schemas a row comes under."""
    return row // ROWS_A_SCHEMA


def schema(stream: str, number: int = 0) -> bytes:
    """The SCHEMA line of a generation: one more column each time."""
    names = ["id", "ref", "email", "happened_at", "order_no", "stage", *(f"column_{n}" for n in range(number))]
    message = {
        "type": "SCHEMA",
        "stream": stream,
        "schema": {"type": "object", "properties": {name: {} for name in names}},
        "key_properties": ["id"],
    }
    return msgspec.json.encode(message) + b"\n"


def state(bookmarks: Bookmarks) -> bytes:
    """The STATE line that says how far the tap has read."""
    value = {"bookmarks": {stream: {"row": row} for stream, row in bookmarks.items()}}
    return msgspec.json.encode({"type": "STATE", "value": value}) + b"\n"


def bookmarks_of(line: bytes) -> Bookmarks:
    """How far a STATE is, as the target wrote it."""
    return {stream: mark["row"] for stream, mark in msgspec.json.decode(line)["bookmarks"].items()}


def event_of(payload: dict[str, Any]) -> Event:
    """Which event a payload is."""
    return payload["conversion"].removeprefix(RULE_PREFIX), payload["user"]["externalIds"][0]


def sent_of(payload: dict[str, Any]) -> Sent:
    """What a payload is known by."""
    return payload["eventId"], payload["conversionHappenedAt"]

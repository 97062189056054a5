"""The input of every benchmark: one stream of 11 columns, invented people, seeded."""

from __future__ import annotations

import random
import time
from typing import IO, TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

COLUMNS = (
    "order_id",
    "email",
    "li_fat_id",
    "first_name",
    "last_name",
    "company",
    "country",
    "value",
    "currency",
    "happened_at",
    "event_id",
)
ENTRY = {
    "stream": "orders",
    "conversion_rule": 101,
    "consent": {"not_required": "a benchmark"},
    "fields": {name: name for name in ("first_name", "last_name", "company", "country")},
}
_INTEGERS = ("order_id", "happened_at")
_PARTS = ("ba", "dri", "fe", "gor", "hul", "ka", "lim", "mo", "nis", "pra", "que", "tor")


def records(rows: int) -> Iterator[dict[str, Any]]:
    """So many rows, their times in order and their event ids in none."""
    chance = random.Random(7)  # noqa: S311 - made-up data, the same each time
    names = ["".join(chance.choices(_PARTS, k=3)).capitalize() for _ in range(3000)]
    start = time.time_ns() // 1_000_000 - 3_600_000 * 24
    step = 3_600_000 * 23 / rows
    for number in range(rows):
        first, last = names[chance.randrange(3000)], names[chance.randrange(3000)]
        yield {
            "order_id": number,
            "email": f"{first}.{last}{number}@example.com",
            "li_fat_id": f"{chance.getrandbits(128):032x}",
            "first_name": first,
            "last_name": last,
            "company": f"{last} Works",
            "country": "DE",
            "value": f"{chance.randrange(100_000) / 100:.2f}",
            "currency": "EUR",
            "happened_at": int(start + number * step),
            "event_id": f"{chance.getrandbits(128):032x}",
        }


def write_input(
    file: IO[bytes],
    rows: int,
    *,
    own_ids: bool = False,
    streams: Sequence[str] = ("orders",),
    changes: dict[str, Any] | None = None,
) -> None:
    """Write a tap's messages, the streams taking turns; without `event_id` if `own_ids`; `changes` in every row."""
    columns = [name for name in COLUMNS if not (own_ids and name == "event_id")]
    encode = msgspec.json.Encoder().encode
    properties = {name: {"type": ["integer" if name in _INTEGERS else "string", "null"]} for name in columns}
    schema: dict[str, object] = {"type": "object", "properties": properties}
    for stream in streams:
        file.write(
            encode({"type": "SCHEMA", "stream": stream, "schema": schema, "key_properties": ["order_id"]}) + b"\n"
        )
    for number, record in enumerate(records(rows)):
        if own_ids:
            del record["event_id"]
        stream = streams[number % len(streams)]
        file.write(encode({"type": "RECORD", "stream": stream, "record": record | (changes or {})}) + b"\n")
        if number % 10_000 == 0:
            file.write(encode({"type": "STATE", "value": {"order_id": number}}) + b"\n")

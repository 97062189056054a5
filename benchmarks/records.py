"""The input of every benchmark: one stream of 11 columns, invented people, seeded.

Rows as people write them, as tap-postgres hands over a CRM's: e-mails of which one in four has capitals or outer spaces,
times in RFC 3339, amounts as JSON numbers, and names that repeat as names do: a few often, most of them seldom.
The plain rows of before (lower case, epoch numbers, amounts as text, 3,000 names) are a second line beside them.
"""

from __future__ import annotations

import csv
import random
import time
from datetime import UTC, datetime
from itertools import accumulate, islice
from typing import IO, TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

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
    "undeclared_columns": "allow",
    "fields": {name: name for name in ("first_name", "last_name", "company", "country", "event_id")},
}
PEOPLE, PLAIN = "people", "plain"
"""The kinds of rows."""

_TYPES: dict[str, dict[str, list[str]]] = {
    PEOPLE: {"order_id": ["integer"], "value": ["number", "null"]},
    PLAIN: {"order_id": ["integer"], "happened_at": ["integer", "null"]},
}
_PARTS = ("ba", "dri", "fe", "gor", "hul", "ka", "lim", "mo", "nis", "pra", "que", "tor")
_ENDS = ("n", "ski", "mann", "er", "ova", "sen", "ez", "ton", "ley", "i", "o", "a")
_DOMAINS = ("example.com", "mail.example.org", "post.example.net", "example.co.uk", "firm-example.de")
_KINDS = ("GmbH", "Inc.", "Ltd", "& Sons", "AG", "Works", "Group", "S.A.")
_COUNTRIES = ("DE", "US", "GB", "FR", "NL", "AT", "CH", "ES", "SE", "PL")
_FIRST_NAMES, _LAST_NAMES = 5_000, 100_000
_HOUR_MS = 3_600_000


def records(rows: int, kind: str = PEOPLE) -> Iterator[dict[str, Any]]:
    """So many rows, their times in order and their event ids in none."""
    return _people(rows) if kind == PEOPLE else _plain(rows)


def _people(rows: int) -> Iterator[dict[str, Any]]:
    chance = random.Random(11)  # noqa: S311 - made-up data, the same each time
    firsts, lasts = _Names(chance, _FIRST_NAMES), _Names(chance, _LAST_NAMES)
    start = time.time_ns() // 1_000_000 - 24 * _HOUR_MS
    step = 23 * _HOUR_MS / rows
    for number in range(rows):
        first, last = firsts.one(), lasts.one()
        at = datetime.fromtimestamp((start + number * step) / 1000, UTC)
        yield {
            "order_id": number,
            "email": _as_typed(chance, f"{first}.{last}{number}@{chance.choice(_DOMAINS)}"),
            "li_fat_id": _uuid(chance),
            "first_name": first,
            "last_name": last,
            "company": f"{last} {chance.choice(_KINDS)}",
            "country": chance.choice(_COUNTRIES),
            "value": chance.randrange(100, 1_000_000) / 100,
            "currency": "EUR" if chance.random() < 0.8 else "USD",
            "happened_at": at.isoformat() if number % 2 else at.replace(tzinfo=None).isoformat(),
            "event_id": _uuid(chance),
        }


class _Names:
    """Names by Zipf's law: the first ones often, most of them seldom; some with a hyphen, an apostrophe, an accent."""

    def __init__(self, chance: random.Random, different: int) -> None:
        self._chance = chance
        self._names = [_name(chance) for _ in range(different)]
        self._weights = list(accumulate(1 / (rank + 10) for rank in range(different)))

    def one(self) -> str:
        return self._chance.choices(self._names, cum_weights=self._weights)[0]


def _name(chance: random.Random) -> str:
    name = ("".join(chance.choices(_PARTS, k=chance.randrange(1, 4))) + chance.choice(_ENDS)).capitalize()
    odd = chance.random()
    if odd < 0.03:
        return name.replace("a", "ä").replace("o", "ö")
    if odd < 0.06:
        return f"{name}-{''.join(chance.choices(_PARTS, k=2)).capitalize()}"
    return f"O'{name}" if odd < 0.08 else name


def _as_typed(chance: random.Random, address: str) -> str:
    """Three of four in lower case and ASCII; the others as people type them."""
    odd = chance.random()
    if odd < 0.75:
        return address.lower().replace("ä", "ae").replace("ö", "oe").replace("'", "")
    return address if odd < 0.95 else f" {address} "


def _uuid(chance: random.Random) -> str:
    digits = f"{chance.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _plain(rows: int) -> Iterator[dict[str, Any]]:
    chance = random.Random(7)  # noqa: S311 - made-up data, the same each time
    names = ["".join(chance.choices(_PARTS, k=3)).capitalize() for _ in range(3000)]
    start = time.time_ns() // 1_000_000 - 24 * _HOUR_MS
    step = 23 * _HOUR_MS / rows
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
    kind: str = PEOPLE,
    own_ids: bool = False,
    streams: Sequence[str] = ("orders",),
    changes: dict[str, Any] | None = None,
) -> None:
    """Write a tap's messages, the streams taking turns; without `event_id` if `own_ids`; `changes` in every row."""
    columns = [name for name in COLUMNS if not (own_ids and name == "event_id")]
    encode = msgspec.json.Encoder().encode
    properties = {name: {"type": _TYPES[kind].get(name, ["string", "null"])} for name in columns}
    schema: dict[str, object] = {"type": "object", "properties": properties}
    for stream in streams:
        file.write(
            encode({"type": "SCHEMA", "stream": stream, "schema": schema, "key_properties": ["order_id"]}) + b"\n"
        )
    for number, record in enumerate(records(rows, kind)):
        if own_ids:
            del record["event_id"]
        stream = streams[number % len(streams)]
        file.write(encode({"type": "RECORD", "stream": stream, "record": record | (changes or {})}) + b"\n")
        if number % 10_000 == 0:
            file.write(encode({"type": "STATE", "value": {"order_id": number}}) + b"\n")


def write_table(path: Path, rows: int) -> None:
    """Write the same rows as a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(records(rows))


def write_parquet(folder: Path, rows: int, *, files: int) -> None:
    """The same rows as Parquet, in so many files of about one size."""
    import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415 - an extra
    import pyarrow.parquet as pq  # type: ignore[import-untyped]  # noqa: PLC0415 - the same

    folder.mkdir()
    source = records(rows)
    for number in range(files):
        part = pa.Table.from_pylist(list(islice(source, -(-rows // files))))
        pq.write_table(part, folder / f"{number}.parquet")

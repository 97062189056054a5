"""The lines of an exported ledger: a header, quota, batches, identities in the order of their digests, a trailer."""

from __future__ import annotations

from typing import Annotated

import msgspec

from target_linkedin_conversions.durations import DAY_MS
from target_linkedin_conversions.epoch import LAST_MS
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.ledger import tables
from target_linkedin_conversions.ledger.event_days import UNDATED
from target_linkedin_conversions.ledger.keys import KEY_BYTES

__all__ = [
    "FORMAT",
    "Batch",
    "Deliveries",
    "Header",
    "Line",
    "QuotaDay",
    "Trailer",
    "broken",
    "checked_header",
    "from_hexadecimal",
]

_LEAST_KEY = 8
"""Different bytes in a key: one that was drawn has about thirty."""
_MOST = (1 << 63) - 1
"""What a column of the tables can hold."""

Number = Annotated[int, msgspec.Meta(ge=0, le=_MOST)]
Moment = Annotated[int, msgspec.Meta(ge=0, le=LAST_MS)]
Day = Annotated[int, msgspec.Meta(ge=0, le=LAST_MS // DAY_MS)]
Id = Annotated[int, msgspec.Meta(ge=-_MOST // 4, le=_MOST // 4)]
"""A batch's, with room for the ids of another ledger before and behind it."""
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=512)]
Digits = Annotated[str, msgspec.Meta(max_length=64)]

FORMAT = 1
"""Raised when a reader of an earlier one could misread the lines."""


class Header(msgspec.Struct, frozen=True, tag="header", tag_field="type", kw_only=True):
    """The first line. Times in epoch milliseconds; `identities` is about how many follow.

    A ledger whose key is kept apart has no `key` here but a `check`, by which that one is known.
    Batches have ids from `first_batch` to `last_batch` and were written from `oldest` to `newest`.
    """

    format: Annotated[int, msgspec.Meta(ge=1)]
    schema_version: Annotated[int, msgspec.Meta(ge=1)]
    key: Digits = ""
    check: Digits = ""
    created: Moment
    exported: Moment
    identities: Number
    first_batch: Id = 0
    last_batch: Id = 0
    oldest: Moment = 0
    newest: Moment = 0


class QuotaDay(msgspec.Struct, frozen=True, tag="quota", tag_field="type"):
    """How many requests were counted on an epoch day."""

    key: Name
    day: Day
    used: Annotated[int, msgspec.Meta(ge=0, le=(1 << 31) - 1)]


class Batch(msgspec.Struct, frozen=True, tag="batch", tag_field="type"):
    """A batch; `status` is delivered, in_doubt, or waiting: certainly not taken, and nobody's.

    `days` are those on which its events happened, where the ledger knows.
    """

    id: Id
    rule: Name
    status: str
    created: Moment
    resent: bool = False
    days: Annotated[str, msgspec.Meta(max_length=1 << 20)] = UNDATED


class Deliveries(msgspec.Struct, frozen=True, tag="deliveries", tag_field="type"):
    """Identities, each with the hexadecimal digits of its digest, its batch and its check sum."""

    rows: list[tuple[Digits, Id, Number]]


class Trailer(msgspec.Struct, frozen=True, tag="trailer", tag_field="type"):
    """The last line: how much came before it. A file without it was cut."""

    quota_days: Number = 0
    batches: Number = 0
    deliveries: Number = 0


Line = Header | QuotaDay | Batch | Deliveries | Trailer


def checked_header(line: Line | None) -> Header:
    """The header, if the first line is one that this release can read; raises `ConfigError`."""
    if not isinstance(line, Header):
        raise broken("it does not begin as an export of a ledger")
    if line.format > FORMAT or line.schema_version > tables.SCHEMA_VERSION:
        raise ConfigError("FILE", "a newer release wrote it", "update target-linkedin-conversions")
    key = from_hexadecimal(line.key)
    if len(set(key)) < _LEAST_KEY if len(key) == KEY_BYTES else key or not line.check:
        raise broken("its key is no key")
    if line.first_batch > line.last_batch:
        raise broken("its batches end before they begin")
    return line


def broken(problem: str) -> ConfigError:
    """The error of a file whose lines are not those that an export wrote."""
    return ConfigError("FILE", problem, "nothing was imported; export the ledger again, or copy the file again")


def from_hexadecimal(digits: str) -> bytes:
    """The bytes of a key or digest; raises `ConfigError`."""
    try:
        return bytes.fromhex(digits)
    except ValueError:
        raise broken("a digest in it is none") from None

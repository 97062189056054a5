"""The lines of an exported ledger: a header, quota, batches, identities in the order of their digests, a trailer."""

from __future__ import annotations

import msgspec

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.ledger import tables

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

FORMAT = 1
"""Raised when a reader of an earlier one could misread the lines."""


class Header(msgspec.Struct, frozen=True, tag="header", tag_field="type", kw_only=True):
    """The first line. Times in epoch milliseconds; `identities` is about how many follow.

    Batches have ids from `first_batch` to `last_batch` and were written from `oldest` to `newest`.
    """

    format: int
    schema_version: int
    key: str
    created: int
    exported: int
    identities: int
    first_batch: int = 0
    last_batch: int = 0
    oldest: int = 0
    newest: int = 0


class QuotaDay(msgspec.Struct, frozen=True, tag="quota", tag_field="type"):
    """How many requests were counted on an epoch day."""

    key: str
    day: int
    used: int


class Batch(msgspec.Struct, frozen=True, tag="batch", tag_field="type"):
    """A batch; `status` is delivered, in_doubt, or waiting: certainly not taken, and nobody's."""

    id: int
    rule: str
    status: str
    created: int
    resent: bool = False


class Deliveries(msgspec.Struct, frozen=True, tag="deliveries", tag_field="type"):
    """Identities, each with the hexadecimal digits of its digest, its batch and its check sum."""

    rows: list[tuple[str, int, int]]


class Trailer(msgspec.Struct, frozen=True, tag="trailer", tag_field="type"):
    """The last line: how much came before it. A file without it was cut."""

    quota_days: int = 0
    batches: int = 0
    deliveries: int = 0


Line = Header | QuotaDay | Batch | Deliveries | Trailer

_KEY_BYTES = 32


def checked_header(line: Line | None) -> Header:
    """The header, if the first line is one that this release can read; raises `ConfigError`."""
    if not isinstance(line, Header):
        raise broken("it does not begin as an export of a ledger")
    if line.format > FORMAT or line.schema_version > tables.SCHEMA_VERSION:
        raise ConfigError("FILE", "a newer release wrote it", "update target-linkedin-conversions")
    if len(from_hexadecimal(line.key)) != _KEY_BYTES:
        raise broken("its key is no key")
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

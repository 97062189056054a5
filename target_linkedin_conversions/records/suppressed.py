"""The people who must never be sent: e-mails or hashes, one a line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.nearest import folded_name
from target_linkedin_conversions.records import normalise
from target_linkedin_conversions.records.column_names import FOUND_BY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["digests_of"]

_HEADERS = frozenset(map(folded_name, (*FOUND_BY_NAME["email"], "sha256", "hash", "mail")))
"""What the first line of an exported file says its column is."""
_DATABASE_HASH = re.compile(r"(?:\\x|0x)(?=[0-9a-f]{64}\Z)", re.IGNORECASE)
"""How PostgreSQL and SQL Server write the bytes of a hash."""


def digests_of(lines: Iterable[str]) -> frozenset[str]:
    """The digest of each line but blank ones, comments and a first one that names the column; raises `ConfigError`, which never repeats a line."""
    return frozenset(
        digest
        for number, line in enumerate(lines, 1)
        if line.strip() and not _is_comment(line) and not (number == 1 and _names_column(line))
        for digest in _digests(number, line.strip())
    )


def _is_comment(line: str) -> bool:
    """Whether a line begins with `#`; one that also holds an address may be somebody's, and is read."""
    return line.lstrip().startswith("#") and "@" not in line


def _names_column(line: str) -> bool:
    return folded_name(line.strip().strip("\"'")) in _HEADERS


def _digests(number: int, line: str) -> list[str]:
    """What a line says who it is; one with white space inside may be an address beside a name, or one that was broken: all are meant."""
    found = normalise.email(_DATABASE_HASH.sub("", line))
    if isinstance(found, str):
        return (
            normalise.digests_of_all_in(line, found, normalise.addresses_in(line)) if len(line.split()) > 1 else [found]
        )
    if isinstance(found, list) and (several := [one for one in found if isinstance(one, str)]) == found:
        return several
    problem = f"line {number} of the file is no e-mail and no SHA-256"
    if number == 1:
        raise ConfigError(
            "suppress", problem, "remove it if it names the columns, or correct it: no line before it counts"
        )
    raise ConfigError("suppress", problem, "correct it; removing it would let that person be sent")

"""The people who must never be sent: e-mails or hashes, one a line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.records import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["digests_of"]

_DATABASE_HASH = re.compile(r"(?:\\x|0x)(?=[0-9a-f]{64}\Z)", re.IGNORECASE)
"""How PostgreSQL and SQL Server write the bytes of a hash."""


def digests_of(lines: Iterable[str]) -> frozenset[str]:
    """The digest of each line that is not blank; raises `ConfigError`, which never repeats a line."""
    return frozenset(_digest(number, line.strip()) for number, line in enumerate(lines, 1) if line.strip())


def _digest(number: int, line: str) -> str:
    found = normalise.email(_DATABASE_HASH.sub("", line))
    if isinstance(found, str):
        return found
    problem = f"line {number} of the file is no e-mail and no SHA-256"
    if number == 1:
        raise ConfigError(
            "suppress", problem, "remove it if it names the columns, or correct it: no line before it counts"
        )
    raise ConfigError("suppress", problem, "correct it; removing it would let that person be sent")

"""The list of people who must never be sent."""

from __future__ import annotations

from target_linkedin_conversions.records.suppressed import digests_of
from target_linkedin_conversions.settings.files import lines_of

__all__ = ["suppress_list"]


def suppress_list(path: str | None) -> frozenset[str]:
    """The digests of a file of e-mails or hashes, one a line; raises `ConfigError`."""
    if path is None:
        return frozenset()
    return digests_of(lines_of(path, "suppress", "name a file of e-mails or hashes, one a line"))

"""What each LinkedIn version can carry, and until when it is served.

Following LinkedIn is a line here. Source: LinkedIn's migrations page as of September 2026.
"""

from __future__ import annotations

from datetime import date

import msgspec

from target_linkedin_conversions.records.identifiers import IDENTIFIERS

__all__ = ["KNOWN", "VERSIONS", "Version", "carries"]


class Version(msgspec.Struct, frozen=True):
    """A monthly version: the fields that not every version knows, and its last day."""

    name: str
    sunset: date
    id_types: frozenset[str]
    hashed_names: bool


_WITH_MOAT = frozenset(known.id_type for known in IDENTIFIERS.values())
_ALWAYS = _WITH_MOAT - {"ORACLE_MOAT_ID"}

VERSIONS = (
    Version("202601", date(2027, 1, 15), _WITH_MOAT, hashed_names=False),
    Version("202602", date(2027, 2, 15), _WITH_MOAT, hashed_names=False),
    Version("202603", date(2027, 3, 16), _WITH_MOAT, hashed_names=False),
    Version("202604", date(2027, 4, 15), _WITH_MOAT, hashed_names=False),
    Version("202605", date(2027, 5, 15), _WITH_MOAT, hashed_names=False),
    Version("202606", date(2027, 6, 15), _WITH_MOAT, hashed_names=False),
    Version("202607", date(2027, 7, 15), _WITH_MOAT, hashed_names=False),
    Version("202608", date(2027, 8, 17), _WITH_MOAT, hashed_names=False),
    Version("202609", date(2027, 9, 15), _ALWAYS, hashed_names=True),
)
"""Known versions, oldest first."""

KNOWN = {version.name: version for version in VERSIONS}


def carries(name: str) -> Version:
    """The known version whose fields this one has: itself, or the nearest older one."""
    older = [version for version in VERSIONS if version.name <= name]
    return older[-1] if older else VERSIONS[0]

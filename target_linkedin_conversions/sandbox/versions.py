"""Which LinkedIn versions answer at a given moment, and what each of them can carry.

Following LinkedIn is a line here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Sunset", "Versions", "id_types", "knows_hashed_names"]

Sunset = int | None
"""Epoch milliseconds at which a version stops answering; None is never."""


@dataclass(frozen=True, slots=True)
class Version:
    """A monthly version: its last day, the id types it takes, and whether names may come hashed."""

    name: str
    last_day: dt.date
    id_types: frozenset[str]
    hashed_names: bool

    @property
    def sunset(self) -> int:
        """When it stops answering. The hour is not published: midnight UTC is the strict reading."""
        return int(dt.datetime.combine(self.last_day, dt.time(), dt.UTC).timestamp() * 1000)


MOAT = "ORACLE_MOAT_ID"
_IDS = frozenset(
    {
        "SHA256_EMAIL",
        "LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID",
        "ACXIOM_ID",
        "PLAINTEXT_IP_ADDRESS",
        "SHA256_IP_ADDRESS",
        "GOOGLE_AID",
    },
)
_WITH_MOAT = _IDS | {MOAT}

# LinkedIn's migration page, as read in September 2026. There was no 202512; everything up to
# 202509 is gone. Oracle's ids left the schema page by 202609 (documented).
VERSIONS = (
    Version("202510", dt.date(2026, 10, 15), _WITH_MOAT, hashed_names=False),
    Version("202511", dt.date(2026, 11, 16), _WITH_MOAT, hashed_names=False),
    Version("202601", dt.date(2027, 1, 15), _WITH_MOAT, hashed_names=False),
    Version("202602", dt.date(2027, 2, 15), _WITH_MOAT, hashed_names=False),
    Version("202603", dt.date(2027, 3, 16), _WITH_MOAT, hashed_names=False),
    Version("202604", dt.date(2027, 4, 15), _WITH_MOAT, hashed_names=False),
    Version("202605", dt.date(2027, 5, 15), _WITH_MOAT, hashed_names=False),
    Version("202606", dt.date(2027, 6, 15), _WITH_MOAT, hashed_names=False),
    Version("202607", dt.date(2027, 7, 15), _WITH_MOAT, hashed_names=False),
    Version("202608", dt.date(2027, 8, 17), _WITH_MOAT, hashed_names=False),
    Version("202609", dt.date(2027, 9, 15), _IDS, hashed_names=True),
)
"""Known versions, oldest first."""


class Versions:
    """The versions of one sandbox: LinkedIn's table plus what a test or a user changed in it."""

    def __init__(self, changed: Mapping[str, Sunset] | None = None) -> None:
        self.sunsets: dict[str, Sunset] = {version.name: version.sunset for version in VERSIONS}
        self.sunsets.update(changed or {})

    def active(self, version: str, now: int) -> bool:
        """Whether `version` answers at `now` (epoch ms)."""
        if version not in self.sunsets:
            return False
        sunset = self.sunsets[version]
        return sunset is None or now < sunset


def knows_hashed_names(version: str) -> bool:
    """Whether `userInfo` may hold hashed names, and either form of each part is enough."""
    return _carried_by(version).hashed_names


def id_types(version: str, *, allow_moat: bool) -> frozenset[str]:
    """The id types of a version, and Oracle's where that is allowed anyway."""
    ids = _carried_by(version).id_types
    return ids | {MOAT} if allow_moat else ids


def _carried_by(name: str) -> Version:
    """The version itself; of one that was added by order, the nearest older one whose fields it has."""
    return next((version for version in reversed(VERSIONS) if version.name <= name), VERSIONS[0])

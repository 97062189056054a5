"""Which LinkedIn versions answer at a given moment, and what each of them can carry."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Sunset = int | None
"""Epoch milliseconds at which a version stops answering; None is never."""


def _midnight(year: int, month: int, day: int) -> int:
    return int(dt.datetime(year, month, day, tzinfo=dt.UTC).timestamp() * 1000)


# LinkedIn's migration page, as read in September 2026. There was no 202512; everything up to
# 202509 is gone. The hour of a sunset is not published: midnight UTC is the strict reading.
KNOWN_SUNSETS: Mapping[str, Sunset] = {
    "202510": _midnight(2026, 10, 15),
    "202511": _midnight(2026, 11, 16),
    "202601": _midnight(2027, 1, 15),
    "202602": _midnight(2027, 2, 15),
    "202603": _midnight(2027, 3, 16),
    "202604": _midnight(2027, 4, 15),
    "202605": _midnight(2027, 5, 15),
    "202606": _midnight(2027, 6, 15),
    "202607": _midnight(2027, 7, 15),
    "202608": _midnight(2027, 8, 17),
    "202609": _midnight(2027, 9, 15),
}

HASHED_NAMES_SINCE = "202609"
MOAT_GONE_SINCE = "202609"

ID_TYPES = frozenset(
    {
        "SHA256_EMAIL",
        "LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID",
        "ACXIOM_ID",
        "PLAINTEXT_IP_ADDRESS",
        "SHA256_IP_ADDRESS",
        "GOOGLE_AID",
    },
)
MOAT = "ORACLE_MOAT_ID"


class Versions:
    """The versions of one sandbox: LinkedIn's table plus what a test or a user changed in it."""

    def __init__(self, changed: Mapping[str, Sunset] | None = None) -> None:
        self.sunsets: dict[str, Sunset] = {**KNOWN_SUNSETS, **(changed or {})}

    def active(self, version: str, now: int) -> bool:
        """Whether `version` answers at `now` (epoch ms)."""
        if version not in self.sunsets:
            return False
        sunset = self.sunsets[version]
        return sunset is None or now < sunset


def knows_hashed_names(version: str) -> bool:
    """Whether `userInfo` may hold hashed names, and either form of each part is enough."""
    return version >= HASHED_NAMES_SINCE


def id_types(version: str, *, allow_moat: bool) -> frozenset[str]:
    """The id types of a version; Oracle's left the schema page by 202609 (documented)."""
    return ID_TYPES | {MOAT} if allow_moat or version < MOAT_GONE_SINCE else ID_TYPES

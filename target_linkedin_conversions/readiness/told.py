"""What is already counted of a row: several entries that meet the same defect of it are one record with that defect."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_linkedin_conversions.records.reasons import Reason

__all__ = ["Told", "is_new", "untold"]

Told = set[tuple[str, str]]
"""Field and code of each defect that is counted; what is no reason has another word for its field."""


def untold(reasons: Sequence[Reason], told: Told) -> Sequence[Reason]:
    """The reasons that no earlier entry had of the same row; they are told from now on."""
    new = [reason for reason in reasons if (reason.field, reason.code) not in told]
    told.update((reason.field, reason.code) for reason in new)
    return new


def is_new(what: str, value: str, told: Told | None) -> bool:
    """The same of one thing; without anything told, of a stream of one entry, all is new."""
    if told is None:
        return True
    known = (what, value) in told
    told.add((what, value))
    return not known

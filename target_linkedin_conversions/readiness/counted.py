"""The defects already counted for a row, so that several entries with the same defect count as one record."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_linkedin_conversions.records.reasons import Reason

__all__ = ["Counted", "is_new", "uncounted"]

Counted = set[tuple[str, str]]
"""Field and code of each counted defect; defects that are no `Reason` have another word in place of the field."""


def uncounted(reasons: Sequence[Reason], counted: Counted) -> Sequence[Reason]:
    """The reasons that no earlier entry had for the same row; adds them to `counted`."""
    new = [reason for reason in reasons if (reason.field, reason.finding) not in counted]
    counted.update((reason.field, reason.finding) for reason in new)
    return new


def is_new(what: str, value: str, counted: Counted | None) -> bool:
    """Whether no earlier entry found this in the same row; adds it to `counted`. With None, for a single entry, all is new."""
    if counted is None:
        return True
    known = (what, value) in counted
    counted.add((what, value))
    return not known

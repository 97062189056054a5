"""What is already counted of a row: several entries that meet the same defect of it are one record with that defect."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_linkedin_conversions.records.reasons import Reason

__all__ = ["Counted", "is_new", "uncounted"]

Counted = set[tuple[str, str]]
"""Field and code of each defect that is counted; what is no reason has another word for its field."""


def uncounted(reasons: Sequence[Reason], counted: Counted) -> Sequence[Reason]:
    """The reasons that no earlier entry had of the same row; they are counted from now on."""
    new = [reason for reason in reasons if (reason.field, reason.finding) not in counted]
    counted.update((reason.field, reason.finding) for reason in new)
    return new


def is_new(what: str, value: str, counted: Counted | None) -> bool:
    """Whether no earlier entry found this of the same row; it is counted from now on. Where `counted` is None, as of one entry, all is new."""
    if counted is None:
        return True
    known = (what, value) in counted
    counted.add((what, value))
    return not known

"""SQL expressions that sum events over batches, by status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, func

from target_linkedin_conversions.ledger import tables
from target_linkedin_conversions.ledger.tables import Status

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

__all__ = ["sums_of_ended", "sums_of_events"]

_batches = tables.batches


def sums_of_events(*conditions: ColumnElement[bool]) -> list[ColumnElement[int]]:
    """For each condition, the sum of events over the batches that meet it; 0 where none does."""
    return [func.coalesce(func.sum(case((condition, _batches.c.events), else_=0)), 0) for condition in conditions]


def sums_of_ended() -> list[ColumnElement[int]]:
    """Of workers that have ended: the events delivered, those of them that were sent again, and those in doubt."""
    delivered = _batches.c.status == Status.DELIVERED
    return sums_of_events(
        delivered, delivered & (_batches.c.resent == 1), _batches.c.status.in_([Status.LEAVING, Status.IN_DOUBT])
    )

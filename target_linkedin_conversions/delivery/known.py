"""How an event ends that the ledger holds as delivered already: one table for every destination."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.records.reasons import CHANGED, SAME_ID_OTHER_KEY

if TYPE_CHECKING:
    from target_linkedin_conversions.ledger import Claim

__all__ = ["delivered_before"]


def delivered_before(claim: Claim) -> tuple[tuple[list[int], str], ...]:
    """The indices of the events that were delivered before, and the code that says what is special about it."""
    return (claim.delivered, ""), (claim.changed, CHANGED), (claim.other_key, SAME_ID_OTHER_KEY)

"""How an event ends; the one list of outcomes, in the order in which people read them."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["ACCEPTED", "Outcome"]


class Outcome(StrEnum):
    """How an event ends; each in exactly one of these.

    `UNSENT` is never announced: it is what every event is that nothing else was said of.
    """

    DELIVERED = "delivered"
    ALREADY_DELIVERED = "already_delivered"
    SKIPPED = "skipped"
    REJECTED = "rejected"
    IN_DOUBT = "in_doubt"
    WOULD_SEND = "would_send"
    UNSENT = "unsent"


ACCEPTED = frozenset({Outcome.DELIVERED, Outcome.WOULD_SEND})
"""How events end that LinkedIn took in this run, or would take in a dry one."""

"""The numbers of the advisory locks that workers take on PostgreSQL; SQLite has one writer and needs none."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["AdvisoryLock"]


class AdvisoryLock(IntEnum):
    """A lock for what only one worker may do at a time; besides these, the hashed key of each quota is a lock."""

    OPENING = 7_303_013
    """Creates the tables."""
    TAKING_OVER = 7_303_014
    """Takes over events of workers that are gone."""
    PRUNING = 7_303_015
    """Forgets a slice of old identities."""

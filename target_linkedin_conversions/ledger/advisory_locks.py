"""PostgreSQL's advisory locks that workers of a ledger take, each by a number of its own; SQLite has one writer anyway."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["AdvisoryLock"]


class AdvisoryLock(IntEnum):
    """What one worker at a time does; beside these each quota's key, hashed, is one."""

    OPENING = 7_303_013
    """Creates the tables."""
    TAKING_OVER = 7_303_014
    """Takes over events of workers that are gone."""
    PRUNING = 7_303_015
    """Forgets a slice of old identities."""

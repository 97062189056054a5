"""Telling of what ended a run, without a value of a record."""

from __future__ import annotations

import logging
import traceback

from target_linkedin_conversions.errors import TargetError, fault_of

__all__ = ["log_failure"]

logger = logging.getLogger(__name__)


def log_failure(error: BaseException) -> None:
    """Log what ended a run; a fault by its kind and place only, for its message may hold a record's values."""
    if isinstance(error, TargetError):
        logger.error("%s", error)
        return
    logger.error("%s\n%s", fault_of(error), "".join(traceback.format_tb(error.__traceback__)))

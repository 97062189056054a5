"""The log of a process that Spark started: on its stderr, which Spark keeps as the executor's or the driver's log."""

from __future__ import annotations

import logging

__all__ = ["log_to_stderr"]

_PACKAGE = __name__.partition(".")[0]


def log_to_stderr() -> None:
    """Log from INFO on, unless somebody has already said how to log; safe to call again."""
    logger = logging.getLogger(_PACKAGE)
    if logger.hasHandlers():
        return
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)

"""The package's log on stderr while a command runs, written as the target writes it."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["logged"]

_PACKAGE = __name__.partition(".")[0]
_FORM = "%(asctime)s | %(levelname)-8s | %(name)s | %(message)s"


@contextmanager
def logged(handler: logging.Handler | None = None, level: int = logging.INFO) -> Iterator[None]:
    """Write lines of this level and above; `handler` instead of stderr's own, in its own form."""
    package = logging.getLogger(_PACKAGE)
    if handler is None:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter(_FORM))
    before = package.level
    package.addHandler(handler)
    package.setLevel(level)
    try:
        yield
    finally:
        package.removeHandler(handler)
        package.setLevel(before)

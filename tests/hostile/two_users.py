"""Another user of the same machine, who has been here before."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

STRANGER = 65_534

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be two users; as another one nothing is shown")


@contextmanager
def stranger() -> Iterator[None]:
    """For as long as it lasts, whatever is done is done by the other user."""
    user, mask = os.geteuid(), os.umask(0)
    os.seteuid(STRANGER)
    try:
        yield
    finally:
        os.seteuid(user)
        os.umask(mask)

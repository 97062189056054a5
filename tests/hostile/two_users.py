"""Another user of the same machine, who has been here before."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import contextmanager
from pathlib import Path
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


@contextmanager
def folder_of_both() -> Iterator[Path]:
    """A folder that the other user gets to, as pytest's own are not, nor are those of a full chaos."""
    usual = Path(tempfile.gettempdir())
    is_open = all(folder.stat().st_mode & stat.S_IXOTH for folder in (usual, *usual.parents))
    with tempfile.TemporaryDirectory(prefix="two-users-", dir=usual if is_open else "/tmp") as folder:  # noqa: S108 - the same
        Path(folder).chmod(0o755)
        yield Path(folder)

"""Files for this user alone that are complete or not there: a draft is written, synced and renamed.

Every draft has a name of its own, so that two programs that write a file in the same moment never
share one: the file is what one of them wrote, and neither fails.
"""

from __future__ import annotations

import os
import re
import secrets
import time
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING

from target_linkedin_conversions.durations import DAY_MS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["remove_drafts", "replacing", "sync_folder", "write_private"]

_DRAFT = re.compile(r"\.(?P<name>.+?)(?:\.[0-9a-f]{16})?\.draft")
_ABANDONED_SECONDS = DAY_MS / 1000
"""A draft that nobody has written to for so long was left by a crash: writing one takes minutes at most."""


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A binary file, mode 0600, that takes the place of `path` when the block ends; one that raises leaves nothing.

    What it holds is on disk before it has its name. Raises `OSError`.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}.draft")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise


def write_private(path: Path, data: bytes) -> None:
    """Write a whole file, as `replacing` does."""
    with replacing(path) as file:
        file.write(data)


def sync_folder(folder: Path) -> None:
    """Write the names in a folder to disk; raises `OSError`."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_drafts(folder: Path, name: str | None = None, *, older_than: float = _ABANDONED_SECONDS) -> None:
    """Remove what crashes left of a file, or of all files of a folder: drafts untouched for so many seconds."""
    before = time.time() - older_than
    for path in folder.glob(".*.draft"):
        draft = _DRAFT.fullmatch(path.name)
        if draft and name in {None, draft["name"]}:
            with suppress(OSError):  # another program removes it too, or this one may not
                if path.stat().st_mtime <= before:
                    path.unlink()

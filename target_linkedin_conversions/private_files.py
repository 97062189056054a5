"""Files for this user alone: nobody else has made them or may change them, and what is written is complete or not there.

A draft is written, synced and renamed. Every draft has a name of its own, so that two programs that write a
file in the same moment never share one: the file is what one of them wrote, and neither fails.

What is there already was perhaps prepared by somebody else: a folder that others may write to, a link, a FIFO that
nobody writes to, a file that others can read. It is looked at before it is trusted, and nothing here waits for a FIFO.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import secrets
import stat
import time
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING

from target_linkedin_conversions.durations import DAY_MS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = [
    "NotRegularError",
    "UntrustedError",
    "alone_in",
    "ensure_folder",
    "ensure_private",
    "make_private_folder",
    "mend_of",
    "open_private",
    "open_regular",
    "path_shown",
    "remove_drafts",
    "replacing",
    "sync_folder",
    "write_private",
]

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FILE_NAME = re.compile(
    r"[\w ./\\:~()+-]{1,255}\.(json5?|jsonl|jsonc|ndjson|ya?ml|toml|txt|cfg|conf|ini|env|config|csv|tsv|tab|xlsx?|xlsm|ods"
    r"|parquet|singer|log|gz|zip|md|sqlite|db)",
    re.IGNORECASE,
)
"""What may be repeated in a message though no such file is there: nobody writes a token or an address like this."""
_OPENED = os.O_CLOEXEC | os.O_NONBLOCK
"""For whatever is opened by name: a FIFO or a device that stands there is seen as such, not waited for."""
_OF_OTHERS = stat.S_IWGRP | stat.S_IWOTH

_DRAFT = re.compile(r"\.(?P<name>.+?)(?:\.[0-9a-f]{16})?\.draft")
_ABANDONED_SECONDS = DAY_MS / 1000
"""A draft that nobody has written to for so long was left by a crash: writing one takes minutes at most."""


class NotRegularError(OSError):
    """What lies there is a folder, a pipe or the like, which has no content or might never give it."""


class UntrustedError(PermissionError):
    """What lies there is not this user's own file or folder: the problem as `strerror`, and the mend."""

    def __init__(self, path: Path, problem: str, mend: str) -> None:
        """Say of a path what is wrong with what lies there."""
        super().__init__(errno.EPERM, problem, str(path))
        self.mend = mend


def path_shown(path: str, otherwise: str) -> str:
    """A path as a message may repeat it; `otherwise` where it may be a secret: no file is there, and none is called so."""
    try:
        is_there = bool(path) and os.lstat(path) is not None
    except PermissionError:  # below a folder that is there, and that this user may not look into
        is_there = True
    except (OSError, ValueError):  # not there, too long, or holds a zero byte
        is_there = False
    return path if path.isprintable() and (is_there or _FILE_NAME.fullmatch(path)) else otherwise


def mend_of(error: OSError, otherwise: str) -> str:
    """What a person does about a file or folder that cannot be used; where the disk is full, first of all make room."""
    if isinstance(error, UntrustedError):
        return error.mend
    return f"make room, or {otherwise}" if error.errno in _FULL and "make room" not in otherwise else otherwise


def make_private_folder(folder: Path) -> None:
    """Make a folder for this user alone, or make sure that no other may write to the one that is there.

    Raises `OSError`; `UntrustedError` where others may, for they could put there what this program would read or write.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError:
        raise _no_folder(folder) from None
    _ensure_own_folder(folder)


def ensure_folder(folder: Path) -> None:
    """Make sure that `make_private_folder` would make or take a folder, and that it can be written to; nothing is made.

    Raises `OSError` as that does.
    """
    there = next(one for one in (folder, *folder.absolute().parents) if os.path.lexists(one))
    if not there.is_dir():
        raise _no_folder(there)
    if there == folder:
        _ensure_own_folder(folder)
    if not os.access(there, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(there))


def _no_folder(path: Path) -> UntrustedError:
    return UntrustedError(
        path,
        "what lies there is no folder but a file, or a link that leads nowhere",
        f"make room: move {path} away, or name a folder elsewhere",
    )


def _ensure_own_folder(folder: Path) -> None:
    found = folder.stat()
    if not {found.st_uid, folder.lstat().st_uid} <= {0, os.geteuid()}:
        raise UntrustedError(
            folder, "the folder is another user's", f"run as its owner, chown {folder}, or name a folder of your own"
        )
    if found.st_mode & _OF_OTHERS:
        raise UntrustedError(
            folder, "other users may write to the folder", f"chmod go-w {folder}, or name a folder of your own"
        )


def ensure_private(path: Path) -> None:
    """Make sure that a file, if there is one, is this user's own and a regular one; others can read it no longer.

    Raises `UntrustedError`, or `OSError` where its mode cannot be mended.
    """
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    _ensure_own(found, path, path)


def open_private(path: Path, flags: int = os.O_RDONLY) -> int:
    """A descriptor of a file that `ensure_private` holds for, and of no other that takes its place; made with mode 0600."""
    ensure_private(path)
    handle = os.open(path, flags | os.O_NOFOLLOW | _OPENED, 0o600)
    try:
        _ensure_own(os.fstat(handle), handle, path)
    except BaseException:
        os.close(handle)
        raise
    return handle


def open_regular(path: Path) -> IO[bytes]:
    """A regular file to read, whoever owns it; raises `OSError` for anything else, which might never answer."""
    handle = os.open(path, os.O_RDONLY | _OPENED)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise NotRegularError(errno.EINVAL, "it is no regular file", str(path))
    return os.fdopen(handle, "rb")


def _ensure_own(found: os.stat_result, file: int | Path, path: Path) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise UntrustedError(path, "it is no regular file but a link, a pipe or the like", f"move {path} away")
    if found.st_uid != os.geteuid():
        raise UntrustedError(path, "the file is another user's", f"run as its owner, or move {path} away")
    if stat.S_IMODE(found.st_mode) & ~0o600:
        os.chmod(file, 0o600)  # noqa: PTH101 - a descriptor, where there is one: its name may lead elsewhere by now


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


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep out every other process, and thread, that asks the same, while the block reads, changes and writes a file there.

    The folder is locked, for a file that `replacing` writes is another one each time. Where folders cannot be locked,
    as on NFS, nobody is kept out. Raises `OSError` where the folder cannot be opened.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Write the names in a folder to disk; raises `OSError`."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
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

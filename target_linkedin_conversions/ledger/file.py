"""The file of a ledger in SQLite: private, on a disk whose locks hold, and in its place as long as it is open."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from target_linkedin_conversions.errors import ConfigError, LedgerError
from target_linkedin_conversions.ledger.engines import log_files
from target_linkedin_conversions.ledger.filesystem import network_filesystem
from target_linkedin_conversions.private_files import UntrustedError, ensure_private, make_private_folder

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["LedgerFile"]

_LONGEST_PATH = 504
"""Bytes of a file's path that SQLite takes (measured)."""


class LedgerFile:
    """Where the ledger lies; nothing is touched before `prepare`."""

    def __init__(self, path: Path) -> None:
        """Name it."""
        self._path = path
        self._identity: tuple[int, int] | None = None
        """The device and the number of the file that is open."""

    def is_there(self) -> bool:
        """Whether the file is there and not empty; raises `LedgerError` for what is no file."""
        path = self._path
        if path.is_file():
            return path.stat().st_size > 0
        if os.path.lexists(path):
            raise LedgerError(f"the ledger {path} cannot be used (what lies there is no file); move it away")
        return False

    def prepare(self, *, required: bool) -> None:
        """Make the file, private, where there is none and none is required; raises `ConfigError` or `LedgerError`."""
        path, self._identity = self._path, None
        if required and not path.exists():
            problem, mend = (
                f"there is no ledger at {path}",
                "check state_dir, or make the first one with `linkedin-conversions ledger init`",
            )
            raise ConfigError("require_ledger", problem, mend)
        if len(os.fsencode(path.absolute())) > _LONGEST_PATH:
            message = f"the ledger {path} cannot be made (SQLite takes paths of {_LONGEST_PATH} bytes); name a shorter state_dir"
            raise LedgerError(message)
        kind = network_filesystem(path.parent)
        if kind is not None:
            message = (
                f"the ledger {path} would lie on a network file system ({kind}), where SQLite's locks do not hold; "
                "set ledger_url to a PostgreSQL database, or state_dir to a local disk"
            )
            raise LedgerError(message)
        try:
            make_private_folder(path.parent)
            for file in (path, *log_files(path)):
                ensure_private(file)
            path.touch(mode=0o600)
        except UntrustedError as error:
            message = f"the ledger {path} cannot be used ({error.strerror}); {error.mend}"
            raise LedgerError(message) from None
        except OSError as error:
            raise self._unwritable(error.strerror) from None
        self.ensure_writable()
        self._identity = _identity_of(path)

    def ensure_writable(self) -> None:
        """Raise `LedgerError` where this user may not write the file, or beside it, where SQLite keeps its log."""
        if not (_may(self._path, os.W_OK) and _may(self._path.parent, os.W_OK | os.X_OK)):
            raise self._unwritable(os.strerror(errno.EACCES))

    def ensure_in_place(self) -> None:
        """Raise where the file was moved or replaced since `prepare`: no later run would see what is written to it."""
        if self._identity is None or _identity_of(self._path) == self._identity:
            return
        message = (
            f"the ledger {self._path} was deleted, renamed or replaced while this run used it; nothing more is sent: "
            "put the file back that was there, or `linkedin-conversions ledger mark` what was delivered since"
        )
        raise LedgerError(message)

    def _unwritable(self, cause: str | None) -> LedgerError:
        return LedgerError(f"the ledger {self._path} cannot be written ({cause}); check state_dir and its permissions")


def _may(path: Path, mode: int) -> bool:
    """Whether the user may whose rights this process has; on a system that cannot say that, who started it."""
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


def _identity_of(path: Path) -> tuple[int, int] | None:
    """The device and the number of a file, None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino

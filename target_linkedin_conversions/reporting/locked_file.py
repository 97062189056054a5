"""A file of lines that a run left, while this process alone may take lines out of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, TYPE_CHECKING

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.private_files import (
    UntrustedError,
    open_private,
    remove_drafts,
    replacing,
    sync_folder,
)
from target_linkedin_conversions.reporting.folder import in_use, is_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_linkedin_conversions.reporting.folder import Folder

__all__ = ["LockedFile"]


class LockedFile:
    """One file of a local folder; nobody else writes it between `hold` and `release`."""

    def __init__(self, folder: Folder, name: str) -> None:
        """Describe the file; it is opened by `hold`."""
        self.place = folder.place(name)
        self._setting = folder.setting
        self._path = Path(folder.root) / name
        self._file: IO[bytes] | None = None

    def hold(self) -> bool:
        """Keep all others from writing the file until `release`; false where one of them does so now.

        Raises `ConfigError` for a file that others have put there.
        """
        try:
            file = os.fdopen(open_private(self._path, os.O_RDWR), "rb+")
        except FileNotFoundError:
            return True
        except UntrustedError as error:
            problem = f"{self.place} cannot be read ({error.strerror})"
            raise ConfigError(self._setting, problem, error.mend) from None
        if in_use(file) or not is_at(self._path, file):
            file.close()
            return False
        self._file = file
        return True

    def lines(self) -> Iterator[bytes]:
        """The lines of the file, from its begin."""
        if self._file is not None:
            self._file.seek(0)
            for line in self._file:  # noqa: UP028 - `yield from` would close the file with whoever stops in mid-way
                yield line

    def remove_drafts(self) -> None:
        """Remove what crashes left of the file: no other process makes a draft of it now."""
        if self._file is not None:
            remove_drafts(self._path.parent, self._path.name, older_than=0)

    def drop(self, gone: bytes) -> None:
        """Rewrite the file durably without lines: one byte each, 1 where it goes; it is complete at every moment, and gone when empty."""
        if self._file is None or not any(gone):
            return
        self.remove_drafts()
        try:
            if any(self._without(gone)):
                with replacing(self._path) as file:
                    file.writelines(self._without(gone))
            else:
                self._path.unlink()
            sync_folder(self._path.parent)
        except OSError as error:
            problem = f"{self.place} cannot be rewritten ({error.strerror}), so what should leave it is still there"
            raise ConfigError(self._setting, problem, "make room, and check the folder's permissions") from None

    def release(self) -> None:
        """Let others write the file again; safe to call twice."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _without(self, gone: bytes) -> Iterator[bytes]:
        return (line for number, line in enumerate(self.lines()) if number >= len(gone) or not gone[number])

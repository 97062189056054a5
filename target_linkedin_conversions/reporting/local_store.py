"""Files of a folder on this machine, readable by this user alone."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.private_files import (
    ensure_folder,
    make_private_folder,
    mend_of,
    open_private,
    open_regular,
    remove_drafts,
    write_private,
)
from target_linkedin_conversions.reporting.append_only import AppendOnly, AppendOnlyFile, Parts, hold, in_use, is_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["InParts", "LocalStore"]

_IN_PARTS = "results"
"""The sub-folder in which a run may have a folder of its own."""


class LocalStore:
    """A folder; nothing is created before the first write. What is raised is `OSError`, or `ConfigError` by `prepare`."""

    def __init__(self, root: str, setting: str) -> None:
        """`setting` is the one that names the folder."""
        self.root = Path(root)
        self._setting = setting

    def prepare(self) -> None:
        """Create the folder with a `.gitignore`; raises `ConfigError` where that fails, or others may write to it."""
        with self._told():
            make_private_folder(self.root)
            ignore = self.root / ".gitignore"
            if not os.path.lexists(ignore):
                write_private(ignore, b"*\n")

    def look(self, folders: Iterable[str]) -> None:
        """Raise `ConfigError` where the folder, or one of these in it, is there and cannot be written to; nothing is made."""
        for folder in ("", *folders):
            with self._told(folder):
                ensure_folder(self.root / folder)

    @contextmanager
    def _told(self, inside: str = "") -> Iterator[None]:
        """Turn errors of the folder, or of one inside it, into `ConfigError` that names its setting."""
        try:
            yield
        except OSError as error:
            name = f"the folder {inside!r} in it" if inside else "the folder"
            problem = f"{name} cannot be written ({error.strerror})"
            mend = mend_of(error, f"let this user write to {'it' if inside else 'the folder'}, or name another")
            raise ConfigError(self._setting, problem, mend) from None

    def write(self, name: str, data: bytes) -> None:
        """Write a file, complete or not at all."""
        write_private(self._prepared(name), data)

    def create(self, name: str, data: bytes) -> bool:
        """Make a file; false where there is one already."""
        path = self._prepared(name)
        try:
            handle = open_private(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        except FileExistsError:
            return False
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        return True

    def append(self, name: str) -> AppendOnly:
        """A file that grows; while it is open, `in_use` says so to other processes."""
        return AppendOnlyFile(self._prepared(name))

    def read(self, name: str, most: int | None = None) -> bytes | None:
        """A file's content, None where there is none; `OSError` where it is longer than `most` bytes."""
        try:
            with open_regular(self.root / name) as file:
                if most is not None and os.fstat(file.fileno()).st_size > most:
                    raise OSError(errno.EFBIG, "it is too long", name)
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def lines(self, name: str) -> Iterator[bytes]:
        """A file's lines one by one, none where there is no file; it is never held in memory."""
        try:
            file = open_regular(self.root / name)
        except FileNotFoundError:
            return
        with file:
            yield from file

    def names(self, under: str) -> list[str]:
        """The names of the files in a sub-folder, sorted."""
        return sorted(path.name for path in (self.root / under).glob("*") if not path.name.startswith("."))

    def remove(self, name: str) -> bool:
        """Remove a file and its drafts, or a run's folder of results; false if another process was faster, or it is none."""
        path = self.root / name
        try:
            if path.parent.name == _IN_PARTS and path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
                return True
            if not path.is_file():
                return False
            remove_drafts(path.parent, path.name, older_than=0)
            path.unlink()
        except FileNotFoundError:
            return False
        return True

    def remove_drafts(self, under: str) -> None:
        """Remove what crashes left in a sub-folder."""
        remove_drafts(self.root / under)

    @contextmanager
    def held(self, name: str) -> Iterator[bool | None]:
        """Keep all others from writing a file; false where one of them does so now, None where it is gone.

        Raises `UntrustedError` for a file that others have put there.
        """
        path = self.root / name
        try:
            file = os.fdopen(open_private(path, os.O_RDWR), "rb+")
        except FileNotFoundError:
            yield None
            return
        with file:
            yield not in_use(file) and is_at(path, file)

    def hold(self, name: str) -> Callable[[], None]:
        """Let others see a file or folder as in use, until what is returned is called."""
        handle = os.open(self.root / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        hold(handle)
        return lambda: os.close(handle)

    def is_in_use(self, name: str) -> bool:
        """Whether a process that is alive writes a file, or to a folder."""
        try:
            handle = os.open(self.root / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            return False
        try:
            return in_use(handle)
        finally:
            os.close(handle)

    def _prepared(self, name: str) -> Path:
        self.prepare()
        path = self.root / name
        make_private_folder(path.parent)
        return path


class InParts(LocalStore):
    """The same behind a `file://` URL: as on every URL, what grows is a folder of parts, which goes as a whole."""

    def append(self, name: str) -> AppendOnly:
        """Parts in a folder of that name."""
        return Parts(self.write, name)

    @contextmanager
    def held(self, name: str) -> Iterator[bool | None]:
        """Lock nothing: parts are never rewritten."""
        yield True if (self.root / name).is_dir() else None

    def remove(self, name: str) -> bool:
        """Remove a file or a folder of parts; false if another process was faster."""
        path = self.root / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
            return True
        return super().remove(name)

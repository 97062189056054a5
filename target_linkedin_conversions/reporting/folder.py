"""The state folder: local or behind an fsspec URL, private, and never committed by accident."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.private_files import (
    make_private_folder,
    mend_of,
    open_private,
    open_regular,
    remove_drafts,
    write_private,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["KEEP_DAYS", "Folder", "begun", "in_use", "is_at", "run_of"]

KEEP_DAYS = {"rejects": 30, "outbox": 30, "results": 400, "runs": 400}
"""How long the files of each sub-folder are kept."""

_IN_PARTS = "results"
"""The sub-folder in which a run may have a local folder of its own."""

_RUN = re.compile(r"(\d{8}T\d{6}Z-[0-9a-f]{8})(?:\.(?:json|jsonl|html|parquet|jsonl\.gz))?")

_CHAINED = re.compile(r"::(?=[A-Za-z0-9+.-]+://)")
"""Between the URLs of a chain of fsspec's."""
_NO_PLACE = re.compile(r"[?#;]")


class Folder:
    """Files of one folder, readable by this user alone."""

    def __init__(self, root: str, setting: str = "state_dir") -> None:
        """Describe the folder; nothing is created before the first write."""
        self.root = root
        self.is_local = "://" not in root
        self.setting = setting
        self._remote: Any = None

    def place(self, name: str) -> str:
        """Where a file is, for people; a URL without its credentials and its query, which may hold some."""
        if self.is_local:
            return str(Path(self.root) / name)
        return f"{_shown(self.root)}/{name}"

    def append(self, name: str) -> IO[bytes]:
        """A local file opened for appending, mode 0600; while it is open, `in_use` says so to other processes."""
        path = self._prepared(name)
        file = os.fdopen(open_private(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), "ab")
        with suppress(OSError):  # where there are no locks, nobody can be told
            fcntl.flock(file, fcntl.LOCK_SH)
        return file

    def write(self, name: str, data: bytes) -> None:
        """Write a file, complete or not at all."""
        if not self.is_local:
            filesystem, root = self._filesystem()
            filesystem.pipe_file(f"{root.rstrip('/')}/{name}", data)
            return
        write_private(self._prepared(name), data)

    def read(self, name: str) -> bytes | None:
        """A file's content, None where there is none."""
        try:
            if not self.is_local:
                filesystem, root = self._filesystem()
                return bytes(filesystem.cat_file(f"{root.rstrip('/')}/{name}"))
            with open_regular(Path(self.root) / name) as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def lines(self, name: str) -> Iterator[bytes]:
        """A file's lines one by one, none where there is no file; a local one is never held in memory."""
        if not self.is_local:
            yield from (self.read(name) or b"").splitlines()
            return
        try:
            file = open_regular(Path(self.root) / name)
        except FileNotFoundError:
            return
        with file:
            yield from file

    def names(self, under: str) -> list[str]:
        """The names of the files in a sub-folder, sorted."""
        if not self.is_local:
            filesystem, root = self._filesystem()
            try:
                paths = filesystem.ls(f"{root.rstrip('/')}/{under}", detail=False)
            except FileNotFoundError:
                return []
            return sorted(str(path).rstrip("/").rpartition("/")[2] for path in paths)
        return sorted(path.name for path in (Path(self.root) / under).glob("*") if not path.name.startswith("."))

    def remove_older(self, under: str, days: int, now: datetime) -> int:
        """Remove what runs of more than `days` ago left in a sub-folder, and what crashes left; how many files of runs.

        A run's age is in its name; what is not named after a run is not touched.
        """
        if self.is_local:
            remove_drafts(Path(self.root) / under)
        before = now - timedelta(days=days)
        old = [name for name in self.names(under) if (at := begun(name)) is not None and at < before]
        return sum(self.remove(f"{under}/{name}") for name in old)

    def remove(self, name: str) -> bool:
        """Remove a file and its drafts, on a URL also a folder of parts, as a run has one of results; false if another process was faster."""
        try:
            if not self.is_local:
                filesystem, root = self._filesystem()
                filesystem.rm(f"{root.rstrip('/')}/{name}", recursive=True)
            elif (path := Path(self.root) / name).is_file():
                remove_drafts(path.parent, path.name, older_than=0)
                path.unlink()
            elif path.parent.name == _IN_PARTS and path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                return False
        except FileNotFoundError:
            return False
        return True

    def prepare(self) -> None:
        """Create a local folder with a `.gitignore`; raises `ConfigError` where that fails, or others may write to it."""
        if not self.is_local:
            return
        root = Path(self.root)
        try:
            make_private_folder(root)
            ignore = root / ".gitignore"
            if not os.path.lexists(ignore):
                write_private(ignore, b"*\n")
        except OSError as error:
            problem = f"the folder cannot be written ({error.strerror})"
            raise ConfigError(
                self.setting, problem, mend_of(error, "name a folder that this user may write to")
            ) from None

    def _prepared(self, name: str) -> Path:
        self.prepare()
        path = Path(self.root) / name
        make_private_folder(path.parent)
        return path

    def _filesystem(self) -> tuple[Any, str]:
        if self._remote is None:
            import fsspec  # type: ignore[import-untyped]  # noqa: PLC0415 - only where the folder is a URL

            try:
                self._remote = fsspec.core.url_to_fs(self.root)
            except (ImportError, ValueError) as error:
                raise ConfigError(
                    self.setting,
                    f"the URL cannot be opened ({type(error).__name__})",
                    "install its fsspec driver, or name a local folder",
                ) from None
        opened: tuple[Any, str] = self._remote
        return opened


def in_use(file: IO[bytes]) -> bool:
    """Whether another process writes or rewrites a local file; if not, none does until this one closes it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    return False


def is_at(path: Path, file: IO[bytes]) -> bool:
    """Whether an open file is the one that is at a place: nobody replaced or removed it between its opening and its lock."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except OSError:
        return False


def _shown(url: str) -> str:
    """A URL, or a chain of them, without users and passwords; from the first query on, nothing of it."""
    shown = []
    for one in _CHAINED.split(url):
        scheme, separator, rest = one.partition("://")
        path, *more = _NO_PLACE.split(rest, maxsplit=1)
        # What stands before an @ behind a query's mark may be a password with that mark in it.
        path = "…" if more and "@" in more[0] else path.rpartition("@")[2].rstrip("/")
        shown.append(scheme + separator + path)
        if more:
            break
    return "::".join(shown)


def run_of(name: str) -> str | None:
    """The run after which a file or folder is named, None if it is named after none."""
    match = _RUN.fullmatch(name)
    return match.group(1) if match else None


def begun(name: str) -> datetime | None:
    """When the run began after which a file is named, None if it is named after none."""
    run = run_of(name)
    try:
        return datetime.strptime(run.partition("-")[0], "%Y%m%dT%H%M%S%z").astimezone(UTC) if run else None
    except ValueError:
        return None

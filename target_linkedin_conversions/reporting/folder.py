"""The state folder: on this machine or behind an fsspec URL, private, and never committed by accident."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from target_linkedin_conversions.reporting.append_only import in_use, is_at
from target_linkedin_conversions.reporting.local_store import InParts, LocalStore
from target_linkedin_conversions.reporting.remote_store import RemoteStore, url_shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from target_linkedin_conversions.reporting.append_only import AppendOnly

__all__ = ["KEEP_DAYS", "Folder", "begun", "in_use", "is_at", "run_of"]

KEEP_DAYS = {"rejects": 30, "outbox": 30, "results": 400, "runs": 400}
"""How long the files of each sub-folder are kept."""

_LARGEST = {"runs": 1 << 26}
"""Bytes of a file that is read whole: a report of thousands of streams and rules is a hundredth of it."""
_RUN = re.compile(r"(\d{8}T\d{6}Z-[0-9a-f]{8})(?:\.(?:json|jsonl|html|parquet|jsonl\.gz))?")
_LOCAL_URL = re.compile(r"(?:file|local)://(.+)", re.DOTALL)
_MEMORY = "memory://"
_LINES = ".jsonl"


class Folder:
    """Files of one folder, on this machine or behind a URL; its store does what differs between these."""

    def __init__(self, root: str, setting: str = "state_dir") -> None:
        """Describe the folder that a setting names; nothing is created before the first write."""
        self.root = root
        self.setting = setting
        self.is_local = "://" not in root
        """Whether it is a path, where files grow line by line and are locked; a `file://` URL is like all others."""
        on_this_machine = _LOCAL_URL.fullmatch(root)
        self._store: LocalStore | RemoteStore
        if self.is_local:
            self._store = LocalStore(root, setting)
        elif on_this_machine:
            self._store = InParts(on_this_machine.group(1), setting)
        else:
            self._store = RemoteStore(root, setting)

    def place(self, name: str) -> str:
        """Where a file is, for people; a URL without its credentials and its query, which may hold some."""
        return str(Path(self.root) / name) if self.is_local else f"{url_shown(self.root)}/{name}"

    @property
    def mend_where_empty(self) -> str:
        """What to do where a run should have left something here and none has."""
        if self.is_local or _LOCAL_URL.fullmatch(self.root):
            return "send a file or run the target first, or use the --config of that run"
        if self.root.startswith(_MEMORY):
            return (
                f"what is in memory is gone with the program that wrote it; name a folder or a bucket as {self.setting}"
            )
        return f"run the target first, or check that its runs have this very {self.setting}"

    def wait_by(self, wait: Callable[[Callable[[], Any]], Any]) -> None:
        """Let `wait` call whatever may wait for a server, and return what that returns, or give up by raising."""
        if isinstance(self._store, RemoteStore):
            self._store.wait = wait

    def prepare(self) -> None:
        """Make sure that files can be written, with a `.gitignore`; raises `ConfigError`, or `UnreachableError` for a URL."""
        self._store.prepare()
        self.look()

    def look(self) -> None:
        """Raise what `prepare` would of a folder on this machine, and make nothing; one behind a URL is not asked."""
        if isinstance(self._store, LocalStore):
            self._store.look(KEEP_DAYS)

    def write(self, name: str, data: bytes) -> None:
        """Write a file, complete or not at all."""
        self._store.write(name, data)

    def create(self, name: str, data: bytes = b"") -> bool:
        """Make a file; false where there is one already."""
        return self._store.create(name, data)

    def read(self, name: str) -> bytes | None:
        """A file's content, None where there is none; a local one that is longer than its kind can be is an `OSError`."""
        return self._store.read(name, _LARGEST.get(name.partition("/")[0]))

    def lines(self, name: str) -> Iterator[bytes]:
        """A file's lines one by one, none where there is no file; a local one is never held in memory."""
        return self._store.lines(name)

    def names(self, under: str) -> list[str]:
        """The names of the files in a sub-folder, sorted."""
        return self._store.names(under)

    def remove(self, name: str) -> bool:
        """Remove a file and its drafts, on a URL also a folder of parts; false if another process was faster."""
        return self._store.remove(name)

    def held(self, name: str) -> AbstractContextManager[bool | None]:
        """Keep all others from writing a file; false where one of them does so now, None where it is gone."""
        return self._store.held(name)

    def hold(self, name: str) -> Callable[[], None]:
        """Let others see a local file or sub-folder as in use, until what is returned is called."""
        return self._store.hold(name) if self.is_local and isinstance(self._store, LocalStore) else _nothing

    def is_in_use(self, name: str) -> bool:
        """Whether a process that is alive writes a local file, or to a sub-folder; nobody can say so of one behind a URL."""
        return self.is_local and isinstance(self._store, LocalStore) and self._store.is_in_use(name)

    # Files that grow during a run

    def growing(self, name: str) -> str:
        """What an append-only file like `rejects/RUN.jsonl` is called in this folder: its own name, on a URL that of a folder of parts."""
        return name if self.is_local else name.removesuffix(_LINES)

    def append(self, name: str) -> AppendOnly:
        """Open an append-only file, made where there is none; other processes find a local one in use meanwhile."""
        return self._store.append(self.growing(name))

    def parts(self, name: str) -> list[str]:
        """The files that hold the lines of an append-only file, in their order: itself, or on a URL its parts."""
        if self.is_local:
            return [name]
        under = self.growing(name)
        return [f"{under}/{part}" for part in self.names(under)]

    # Age

    def remove_older(self, under: str, days: int, now: datetime) -> int:
        """Remove what runs of more than `days` ago left in a sub-folder, and what crashes left; how many files of runs.

        A run's age is in its name; what is not named after a run is not touched.
        """
        self._store.remove_drafts(under)
        before = now - timedelta(days=days)
        old = [name for name in self.names(under) if (at := begun(name)) is not None and at < before]
        return sum(self.remove(f"{under}/{name}") for name in old)


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


def _nothing() -> None:
    """Do nothing."""

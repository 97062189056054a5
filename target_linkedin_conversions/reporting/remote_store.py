"""Files behind an fsspec URL (S3, Google, Azure …): written whole, and what grows as a folder of parts.

The URL may hold credentials, and so may what its driver raises: neither is ever shown.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from target_linkedin_conversions.errors import ConfigError, StopRun, UnreachableError
from target_linkedin_conversions.extras import install
from target_linkedin_conversions.reporting.append_only import AppendOnly, Parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["RemoteStore", "url_shown"]

_CHAINED = re.compile(r"::(?=[A-Za-z0-9+.-]+://)")
"""Between the URLs of a chain of fsspec's."""
_NO_PLACE = re.compile(r"[?#;]")
_UNREACHED = re.compile(r"Connect|Timeout|Endpoint|Disconnect|Temporar|Throttl|SlowDown|Unavailable|Incomplete")
"""In the names of what drivers raise where the storage does not answer; some of these are no `OSError`."""
_REFUSED = (PermissionError, FileNotFoundError, FileExistsError, NotADirectoryError, IsADirectoryError)
_WITHOUT_FOLDERS = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oss"})
"""Object stores: what is not there is the bucket, which is nobody's to make here."""


class RemoteStore:
    """A folder behind a URL. Raises `ConfigError` where a person must act, `UnreachableError` where it does not answer."""

    def __init__(self, url: str, setting: str) -> None:
        """`setting` is the one that names the URL; nothing is opened before the first use."""
        self._url = url
        self._setting = setting
        self._opened: tuple[Any, str] | None = None
        self.wait: Callable[[Callable[[], Any]], Any] = _call
        """Waits for what a call of the driver returns; it may give up, by raising, for a server may never answer."""

    def prepare(self) -> None:
        """Make sure that files can be written, by a `.gitignore`, before anything is sent whose rejects would be lost."""
        self.write(".gitignore", b"*\n")

    def write(self, name: str, data: bytes) -> None:
        """Write a file, complete or not at all."""
        filesystem, path = self._at(name)
        with self._faults("written"):
            try:
                self._waited_for(filesystem.pipe_file, path, data)
            except FileNotFoundError:
                if not _WITHOUT_FOLDERS.isdisjoint(_protocols(filesystem)):
                    raise
                self._waited_for(filesystem.makedirs, path.rpartition("/")[0], exist_ok=True)
                self._waited_for(filesystem.pipe_file, path, data)

    def create(self, name: str, data: bytes) -> bool:
        """Make a file; false where there is one already. Of two that do so in one moment both may."""
        if self.read(name) is not None:
            return False
        self.write(name, data)
        return True

    def append(self, name: str) -> AppendOnly:
        """Parts in a folder of that name."""
        return Parts(self.write, name)

    def read(self, name: str, most: int | None = None) -> bytes | None:  # noqa: ARG002 - how long it is, is not known before
        """A file's content, None where there is none."""
        filesystem, path = self._at(name)
        with self._faults("read"):
            try:
                return bytes(self._waited_for(filesystem.cat_file, path))
            except FileNotFoundError:
                return None

    def lines(self, name: str) -> Iterator[bytes]:
        """A file's lines, none where there is no file."""
        yield from (self.read(name) or b"").splitlines()

    def names(self, under: str) -> list[str]:
        """The names of the files and folders in a sub-folder, sorted; as they are now, not as they were listed before."""
        filesystem, path = self._at(under)
        with self._faults("listed"):
            try:
                filesystem.invalidate_cache(path)
                paths = self._waited_for(filesystem.ls, path, detail=False)
            except FileNotFoundError:
                return []
        found = {str(one).rstrip("/").rpartition("/")[2] for one in paths if str(one).rstrip("/") != path}
        return sorted(name for name in found if not name.startswith("."))

    def remove(self, name: str) -> bool:
        """Remove a file or a folder of parts; false if another process was faster."""
        filesystem, path = self._at(name)
        with self._faults("removed"):
            try:
                self._waited_for(filesystem.rm, path, recursive=True)
            except FileNotFoundError:
                return False
        return True

    def remove_drafts(self, under: str) -> None:
        """Do nothing: files are written whole, so there are no drafts."""

    @contextmanager
    def held(self, name: str) -> Iterator[bool | None]:  # noqa: ARG002 - parts are never rewritten
        """Lock nothing: files here are never rewritten."""
        yield True

    def _at(self, name: str) -> tuple[Any, str]:
        """Fsspec's file system and the path of a file in it."""
        if self._opened is None:
            import fsspec  # type: ignore[import-untyped]  # noqa: PLC0415 - only where the folder is a URL

            with self._faults("opened"):
                self._opened = self._waited_for(fsspec.core.url_to_fs, self._url)
        filesystem, root = self._opened
        return filesystem, f"{root.rstrip('/')}/{name}"

    def _waited_for(self, work: Callable[..., Any], *given: Any, **named: Any) -> Any:  # noqa: ANN401 - a driver's own
        return self.wait(lambda: work(*given, **named))

    @contextmanager
    def _faults(self, what: str) -> Iterator[None]:
        """Turn the errors of any storage driver into ours, without their text, which may hold credentials."""
        try:
            yield
        except StopRun:
            raise
        except ImportError:
            problem, mend = (
                "the driver of its URL is not installed",
                f"for S3: {install('s3')}",
            )
            raise ConfigError(self._setting, problem, mend) from None
        except Exception as error:  # noqa: BLE001 - as said above
            raise self._fault(error, what) from None

    def _fault(self, error: Exception, what: str) -> StopRun:
        kind = type(error).__name__
        refused = isinstance(error, _REFUSED)
        if not refused and (isinstance(error, OSError) or _UNREACHED.search(kind)):
            return UnreachableError(
                f"{self._setting}: {url_shown(self._url)} does not answer and cannot be {what} ({kind}); "
                "run the same again once it does"
            )
        mend = "check the URL, that what it names exists, and the credentials and permissions for it"
        return ConfigError(self._setting, f"{url_shown(self._url)} cannot be {what} ({kind})", mend)


def _call(work: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever that returns
    return work()


def _protocols(filesystem: Any) -> set[str]:  # noqa: ANN401 - fsspec brings no types
    found = filesystem.protocol
    return {found} if isinstance(found, str) else set(found)


def url_shown(url: str) -> str:
    """A URL, or a chain of them, without users and passwords; from the first query on, nothing of it."""
    parts = []
    for one in _CHAINED.split(url):
        scheme, separator, rest = one.partition("://")
        path, *more = _NO_PLACE.split(rest, maxsplit=1)
        # What stands before an @ behind a query's mark may be a password with that mark in it.
        path = "…" if more and "@" in more[0] else path.rpartition("@")[2].rstrip("/")
        parts.append(scheme + separator + path)
        if more:
            break
    return "::".join(parts)

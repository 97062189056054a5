"""Where the files of a BATCH may be: on this machine, or behind the URL that `batch_config.storage` names; nowhere else.

The tap says which file; only the settings say that anything but a local one may be asked for.
"""

from __future__ import annotations

import io
import re
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast
from urllib.parse import unquote

import msgspec

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.private_files import open_regular
from target_linkedin_conversions.run.process.interruptible import interruptible
from target_linkedin_conversions.singer.errors import InvalidLineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Storage", "opened", "scheme_of", "storage_of"]

_LOCAL = frozenset({"", "file", "local"})
_WEB = frozenset({"http", "https"})
_LOCAL_URL = re.compile(r"(?:file|local)://(?:localhost(?=/))?|file:(?=/)", re.IGNORECASE)
_MOST_SECONDS = 300.0
"""How long a storage may take to open a file or to give a part of it."""


class Storage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`batch_config.storage`: every file is looked for by its name under `root`."""

    root: str
    prefix: str | None = None
    params: dict[str, Any] = {}


def storage_of(config: dict[str, Any] | None) -> Storage | None:
    """Where the files are, if the settings say it; raises `ConfigError`."""
    if not config or not config.get("storage"):
        return None
    try:
        return msgspec.convert(config["storage"], Storage)
    except msgspec.ValidationError:
        raise ConfigError(
            "batch_config.storage",
            "expected an object with root and, if needed, prefix and params",
            "for example {root: s3://bucket/batches}",
        ) from None


def scheme_of(place: str) -> str:
    """The scheme of a URL, empty for a path."""
    scheme, found, _ = place.partition("://")
    return scheme.lower() if found else ""


@contextmanager
def opened(
    place: str, storage: Storage | None, listen: Callable[[], None], *, at_any_place: bool
) -> Iterator[IO[bytes]]:
    """A file of a manifest, read from its beginning or at any place.

    `listen()` is called while a storage is waited for, and raises where a signal came.

    Raises `InvalidLineError` for one behind a URL that no setting names.
    """
    if storage is None and scheme_of(place) not in _LOCAL:
        raise InvalidLineError(
            "the files of its BATCH lie behind a URL that no setting names; "
            "set batch_config.storage.root to the folder that the tap writes them to, such as s3://bucket/batches"
        )
    if storage is None:
        path = _local(place)
    elif scheme_of(storage.root) in _LOCAL:
        path = _local(storage.root) / _name_of(place)
    else:
        with _Remote(storage, _name_of(place), listen, at_any_place=at_any_place) as file:
            yield cast("IO[bytes]", file)
        return
    with open_regular(path) as local:
        yield local


def _local(place: str) -> Path:
    """The path of a local file, or of its URL: with or without this machine's name (RFC 8089), escaped or, as most, not."""
    url = _LOCAL_URL.match(place)
    if url is None:
        return Path(place)
    path = Path(place[url.end() :])
    return Path(unquote(str(path))) if "%" in str(path) and not path.exists() else path


def _name_of(place: str) -> str:
    name = place.rpartition("/")[2]
    if name in {"", ".", ".."}:
        raise InvalidLineError("its manifest names a file without a name")
    return name


def _open(storage: Storage, name: str, *, at_any_place: bool) -> Any:  # noqa: ANN401 - each storage has files of its own
    import fsspec  # type: ignore[import-untyped]  # noqa: PLC0415 - only where the files are behind a URL

    filesystem, root = fsspec.core.url_to_fs(storage.root, **storage.params)
    # A part of a file that a web server is asked for is held whole, and one that ignores the question sends without end.
    as_it_comes = {} if at_any_place or scheme_of(storage.root) not in _WEB else {"block_size": 0}
    return filesystem.open(f"{root.rstrip('/')}/{name}", "rb", **as_it_comes)


class _Remote(io.RawIOBase):
    """A file behind a URL, whose server may be silent: it is asked in a thread of its own."""

    def __init__(self, storage: Storage, name: str, listen: Callable[[], None], *, at_any_place: bool) -> None:
        self._listen = listen
        self._is_waited_for = False
        self._file: Any = None
        self._file = self._asked(lambda: _open(storage, name, at_any_place=at_any_place))

    def _asked(self, work: Callable[[], Any]) -> Any:  # noqa: ANN401 - what a storage answers
        self._is_waited_for = True
        found = interruptible(work, self._listen, name="batch-file", most_seconds=_MOST_SECONDS)
        self._is_waited_for = False
        return found

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """Whether it can be read at any place, as Parquet has to be."""
        return bool(self._file.seekable())

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - whatever holds bytes
        """The next bytes, as many as there is room for at most."""
        found = self._asked(lambda: self._file.read(len(buffer)))
        buffer[: len(found)] = found
        return len(found)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        return int(self._asked(lambda: self._file.seek(offset, whence)))

    def tell(self) -> int:
        """The place where it is read."""
        return int(self._file.tell())

    def close(self) -> None:
        """Close it, unless the storage still owes an answer: it would be waited for."""
        if self._file is not None and not self._is_waited_for and not self.closed:
            self._file.close()
        super().close()

"""Where a table's bytes come from: a file, or stdin, read from its beginning as often as it is needed."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.private_files import open_regular, path_shown

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["STDIN", "Source", "ensure_there"]

STDIN = "-"
_HEAD_BYTES = 1 << 16
_WRITER_SECONDS = 10.0
_LOOKED_SECONDS = 0.02


class Source:
    """An open file; what can be read only once, such as a pipe, is kept in a file without a name while it is needed."""

    def __init__(self, path: str) -> None:
        """Open it; raises `ConfigError` where it cannot be read."""
        self.path = path
        self.name = "stdin" if path == STDIN else path
        """As it is called in messages."""
        try:
            self.file, self.is_pipe = _opened(path)
        except OSError as error:
            raise _unreadable(path, error) from None
        """Open, and whether it could be read only once and has no place of its own."""
        self.head = self.file.read(_HEAD_BYTES)
        """Its first bytes, 64 KiB at most."""
        self.size = self.file.seek(0, 2)
        """In bytes."""
        self._written = self._last_written()

    def from_start(self) -> IO[bytes]:
        """The file, to be read anew; there is one position for all who read."""
        self.file.seek(0)
        return self.file

    def ensure_unchanged(self) -> None:
        """Raise `ConfigError` where somebody has written into the file since it was opened."""
        if not self.is_pipe and self._written != self._last_written():
            problem = "the file has changed since its rows were shown, so nothing was sent"
            raise ConfigError(path_shown(self.path, "FILE"), problem, "send it again, and look at what it holds now")

    def _last_written(self) -> tuple[int, int]:
        state = os.fstat(self.file.fileno())
        return state.st_size, state.st_mtime_ns

    def __enter__(self) -> Self:
        """Open nothing more."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self.file.close()


def ensure_there(path: str) -> None:
    """Raise `ConfigError` where a named file is not there; it is not opened, and stdin always is."""
    try:
        if path != STDIN:
            Path(path).stat()
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: str, error: OSError) -> ConfigError:
    problem = f"the file cannot be read ({error.strerror or type(error).__name__})"
    place = "stdin" if path == STDIN else path_shown(path, "FILE")
    return ConfigError(place, problem, "check its name, and who may read it")


def _opened(path: str) -> tuple[IO[bytes], bool]:
    if path == STDIN:
        return _spooled(sys.stdin.buffer), True
    mode = Path(path).stat().st_mode
    if not (stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)):
        return open_regular(Path(path)), False
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb", buffering=0) as pipe:
        if stat.S_ISCHR(mode) and not (os.isatty(handle) or Path(path).samefile(os.devnull)):
            raise OSError(errno.ENODEV, "it is a device, which may have no end")
        begun = _begun(handle) if stat.S_ISFIFO(mode) else b""
        os.set_blocking(handle, True)
        return _spooled(pipe, begun), True


def _begun(handle: int) -> bytes:
    """What a writer has written to a FIFO so far, who may take as long as he likes; raises `OSError` where none comes soon."""
    until = time.monotonic() + _WRITER_SECONDS
    while time.monotonic() < until:
        try:
            if found := os.read(handle, _HEAD_BYTES):
                return found
        except BlockingIOError:
            return b""
        time.sleep(_LOOKED_SECONDS)
    raise TimeoutError(errno.ETIMEDOUT, "nobody writes to the pipe")


def _spooled(pipe: IO[bytes], begun: bytes = b"") -> IO[bytes]:
    """What comes through a pipe, in a file that has no name and is gone with this process."""
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    spool.write(begun)
    shutil.copyfileobj(pipe, spool)
    spool.seek(0)
    return spool

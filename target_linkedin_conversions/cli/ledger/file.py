"""The file of an exported ledger: JSON Lines, gzip by its name, complete or not there, for this user alone."""

from __future__ import annotations

import gzip
import os
import sys
import zlib
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

import msgspec

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.ledger.export_format import Line, broken
from target_linkedin_conversions.private_files import open_regular, path_shown, remove_drafts, replacing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["read_lines", "write_lines"]

_GZIP_LEVEL = 6
_LONGEST_LINE = 1 << 20
"""Bytes of a line: 2,000 identities take 160 kB."""


def write_lines(file: str, lines: Iterable[Line], ledger: Path | None, *, replace: bool) -> Line | None:
    """Write every line to a file (`-`: stdout); the last one. Raises `ConfigError`, and leaves no half of a file.

    `ledger` is the file that the lines come from, if they come from one, which is never replaced.
    """
    if file == "-":
        return _write(sys.stdout.buffer, lines)
    path = Path(file)
    _ensure_free(path, ledger, replace=replace)
    try:
        remove_drafts(path.parent, path.name)
        with replacing(path) as raw, ExitStack() as opened:
            return _write(opened.enter_context(_packed(raw)) if path.suffix == ".gz" else raw, lines)
    except OSError as error:
        problem = f"{path_shown(file, 'it')} cannot be written ({error.strerror})"
        raise ConfigError("FILE", problem, "make room, or name another") from None


def _ensure_free(path: Path, ledger: Path | None, *, replace: bool) -> None:
    """Raise `ConfigError` where something has the name already that is not to be replaced: a device, or the ledger itself, never is."""
    shown = path_shown(str(path), "it")
    if ledger is not None and _is_of(ledger, path):
        raise ConfigError("FILE", f"{shown} is the ledger itself", "name another file")
    if not os.path.lexists(path):
        return
    if not replace:
        raise ConfigError("FILE", f"{shown} exists", "name another one, or add --force to replace it")
    if not path.is_symlink() and not path.is_file():
        raise ConfigError("FILE", f"{shown} is no regular file", "name another one; `-` is stdout")


def _is_of(ledger: Path, path: Path) -> bool:
    """Whether a path is the ledger's file or one of those that SQLite keeps beside it."""
    try:
        found = path.parent.resolve() / path.name, path.resolve()
        own = {ledger.with_name(ledger.name + more).resolve() for more in ("", "-wal", "-shm", "-journal")}
    except (OSError, RuntimeError):
        return False
    return not own.isdisjoint(found)


def _packed(raw: IO[bytes]) -> IO[bytes]:
    return cast("IO[bytes]", gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=_GZIP_LEVEL, filename="", mtime=0))


def _write(file: IO[bytes], lines: Iterable[Line]) -> Line | None:
    encode = msgspec.json.Encoder().encode
    line = None
    for line in lines:
        file.write(encode(line) + b"\n")
    file.flush()
    return line


@contextmanager
def read_lines(file: str) -> Iterator[Iterator[Line]]:
    """The lines of a file (`-`: stdin), read as they are asked for; raises `ConfigError` where one cannot be read."""
    with ExitStack() as opened:
        try:
            raw = sys.stdin.buffer if file == "-" else opened.enter_context(open_regular(Path(file)))
        except OSError as error:
            problem = f"{path_shown(file, 'it')} cannot be read ({error.strerror})"
            raise ConfigError("FILE", problem, "check the name, and who may read it") from None
        packs = file.endswith(".gz")
        source = opened.enter_context(cast("IO[bytes]", gzip.GzipFile(fileobj=raw))) if packs else raw
        yield _decoded(source)


def _decoded(source: IO[bytes]) -> Iterator[Line]:
    decode = msgspec.json.Decoder(Line).decode
    read = 0
    try:
        while line := source.readline(_LONGEST_LINE + 1):
            if len(line) > _LONGEST_LINE:
                raise broken(f"its line {read + 1} is longer than any that an export writes")
            yield decode(line)
            read += 1
    except (RecursionError, msgspec.DecodeError, UnicodeDecodeError, EOFError, OSError, zlib.error):
        raise broken(
            f"it was cut or changed after line {read}" if read else "it does not begin as an export of a ledger"
        ) from None

"""Reads the list of people who must never be sent, and adds to it for `forget`."""

from __future__ import annotations

import fcntl
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.records.suppressed import digests_of
from target_linkedin_conversions.settings.files import decoded, lines_of

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["add_to_suppress_list", "suppress_list"]

_SETTING = "suppress"
_MEND = "name a file of e-mails or hashes, one a line; an empty one where there are none yet"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def suppress_list(path: str | None) -> frozenset[str]:
    """The digests of a file of e-mails or hashes, one a line; raises `ConfigError`."""
    if path is None:
        return frozenset()
    return digests_of(lines_of(path, _SETTING, _MEND))


def add_to_suppress_list(path: str, digests: Collection[str]) -> int:
    """Append the digests that the file lacks, durably and one a line; returns how many these were.

    The file keeps its mode, and is made for this user alone where there is none. Raises `ConfigError`.
    """
    try:
        handle = os.open(Path(path), os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
        if not stat.S_ISREG(os.fstat(handle).st_mode):  # a pipe cannot even be opened as a file to read and write
            os.close(handle)
            raise ConfigError(_SETTING, "it is no regular file", _MEND)
        with os.fdopen(handle, "rb+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # a second `forget` at the same time must wait
            data = file.read()
            if data.startswith(_UTF_16):
                raise ConfigError(_SETTING, "the file is UTF-16, so nothing can be added to it", "write it as UTF-8")
            known = digests_of(decoded(data).splitlines())
            new = sorted(set(digests) - known)
            begin = b"\n" if data and not data.endswith((b"\n", b"\r")) else b""
            if new:
                file.write(begin + "".join(f"{digest}\n" for digest in new).encode())
                file.flush()
                os.fsync(handle)
            return len(new)
    except OSError as error:
        raise ConfigError(
            _SETTING, f"the file cannot be written ({error.strerror})", "name one that this user may write to"
        ) from None
    except UnicodeError:
        raise ConfigError(_SETTING, "the file cannot be read as text", _MEND) from None

"""Output that nobody takes: its reader has gone, or it finds no room."""

from __future__ import annotations

import errno
import os
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from target_linkedin_conversions.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["say_no_more", "taken_output"]

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EBADF})
_READER_GONE = 128 + signal.SIGPIPE
"""What a shell shows for any program whose reader has read enough; 1 would be a fault in this one."""


@contextmanager
def taken_output() -> Iterator[None]:
    """End quietly, exit code 141, where a pipe's reader has gone; raises `ConfigError` where output finds no room."""
    try:
        yield
    except BrokenPipeError:
        say_no_more()
        sys.exit(_READER_GONE)
    except OSError as error:
        if error.errno not in _NO_ROOM or error.filename is not None:
            raise
        say_no_more()
        raise ConfigError(
            "output",
            f"it cannot be written ({error.strerror})",
            "make room on the disk, or where the output goes; what the command did before stays done",
        ) from None


def say_no_more() -> None:
    """Let what is still to be printed go nowhere, where it is not taken: Python would try again at its end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)

"""Threads of this process that compute while nobody asks them to."""

from __future__ import annotations

import threading
import time
from pathlib import Path

_LOOK_SECONDS = 0.1
TASKS = Path("/proc/self/task")
"""Where Linux says what each thread has computed; asking for a thread that has just ended does no harm here."""


def computing(looks: int = 5) -> list[str]:
    """The names of all other threads that have computed in each of so many looks; one that waits is never among them."""
    found = [thread for thread in threading.enumerate() if thread is not threading.current_thread()]
    for _ in range(looks):
        if not found:
            break
        before = {thread: _ticks(thread) for thread in found}
        time.sleep(_LOOK_SECONDS)
        found = [thread for thread in found if _ticks(thread) > before[thread]]
    return sorted(thread.name for thread in found)


def _ticks(thread: threading.Thread) -> int:
    """How long a thread has computed; nothing where it has ended, or where the system does not say."""
    try:
        after_its_name = (TASKS / str(thread.native_id) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(after_its_name[11]) + int(after_its_name[12])

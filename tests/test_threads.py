"""A thread that cannot begin for want of memory does not hang the one that starts it."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest

from target_linkedin_conversions import threads
from target_linkedin_conversions.threads import Thread

PACKAGE = Path(threads.__file__).parent


class Stillborn(Thread):
    """A thread that ends before it can say that it has begun, as one does whose first lines find no memory."""

    def _bootstrap(self) -> None:
        """Nothing."""


def test_the_start_of_a_thread_that_never_begins_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "_LOOKS", 2)
    with pytest.raises(RuntimeError, match="can't start new thread"):
        Stillborn(target=print).start()


def test_a_thread_works_as_the_standard_librarys() -> None:
    done = threading.Event()
    thread = Thread(target=done.set, name="one", daemon=True)
    thread.start()
    thread.join(10)
    assert (done.is_set(), thread.is_alive(), thread.name) == (True, False, "one")


def test_the_program_starts_no_thread_of_another_kind() -> None:
    found = [
        path.relative_to(PACKAGE).as_posix()
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.parts[len(PACKAGE.parts)] != "sandbox" and path.name != "threads.py"
        if re.search(r"threading\.Thread\(|from threading import [^\n]*\bThread\b", path.read_text())
    ]
    assert found == []

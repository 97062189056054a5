"""The real target, with shorter times, and a signal to itself at the n-th passage of a named step.

`python worker.py [--lease MS] [--read SECONDS] [--minute MS] [--at STEP:N:SIGNAL] -- ARGUMENTS`
"""

from __future__ import annotations

import argparse
import functools
import itertools
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

from target_linkedin_conversions.delivery import client
from target_linkedin_conversions.ledger import Ledger, Quota, Status, lease, quota
from target_linkedin_conversions.ledger.batches import Batches
from target_linkedin_conversions.ledger.claims import Claims
from target_linkedin_conversions.ledger.lease import Lease
from target_linkedin_conversions.reporting.folder import Folder
from target_linkedin_conversions.singer.main import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BEFORE, AFTER = "before", "after"

STEPS: dict[str, tuple[type, str, str]] = {
    "before-claim": (Claims, "claim", BEFORE),
    "inside-claim": (Claims, "_claim", AFTER),
    "after-claim": (Claims, "claim", AFTER),
    "after-quota": (Quota, "reserve", AFTER),
    "half-request": (client.Client, "", ""),
    "whole-request": (client.Client, "", ""),
    "after-answer": (client.Client, "send_events", AFTER),
    "after-mark": (Batches, "mark", AFTER),
    "while-waiting": (Batches, "", ""),
    "before-state": (Ledger, "", ""),
    "after-state": (Ledger, "", ""),
    "before-report": (Folder, "write", BEFORE),
    "after-report": (Folder, "write", AFTER),
    "before-leave": (Lease, "leave", BEFORE),
    "after-leave": (Lease, "leave", AFTER),
}
"""What is wrapped, and whether the signal comes before or after it; some have a way of their own."""

AT_THE_END = ("before-report", "after-report", "before-leave", "after-leave")
"""Steps that only a run passes which comes to its end."""


def signal_at(passage: int, number: int) -> Callable[[], None]:
    """A step: each call is a passage, and the one that counts sends the signal to this process."""
    passages = itertools.count(1)

    def passed() -> None:
        if next(passages) == passage:
            os.kill(os.getpid(), number)

    return passed


def wrap(owner: type, name: str, when: str, step: Callable[[], None]) -> None:
    """Take the step before or after a method."""
    method = getattr(owner, name)

    @functools.wraps(method)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if when == BEFORE:
            step()
        found = method(*args, **kwargs)
        if when == AFTER:
            step()
        return found

    setattr(owner, name, wrapped)


def wrap_body(step: Callable[[], None], share: float) -> None:
    """Take the step when this share of a request's body has left."""

    class Body(client._Body):  # noqa: SLF001 - nothing else is between the body's bytes
        def __iter__(self) -> Iterator[memoryview]:
            for data in super().__iter__():
                cut = int(len(data) * share)
                yield data[:cut]
                step()
                if data[cut:]:
                    yield data[cut:]

    client._Body = Body  # type: ignore[misc]  # noqa: SLF001 - the same


def wrap_waiting(step: Callable[[], None]) -> None:
    """Take the step when a batch that LinkedIn refused for a while is noted to be tried again."""
    mark = Batches.mark

    def marked(self: Batches, batch: int, status: Status, *, resent: bool = False, days: str = "") -> None:
        mark(self, batch, status, resent=resent, days=days)
        if status == Status.WAITING:
            step()

    Batches.mark = marked  # type: ignore[method-assign]


class Output:
    """Stdout, with a step before each STATE line or after it."""

    def __init__(self, step: Callable[[], None], when: str) -> None:
        self._step, self._when, self._file = step, when, sys.stdout

    def write(self, text: str) -> int:
        if self._when == BEFORE:
            self._step()
        return self._file.write(text)

    def flush(self) -> None:
        self._file.flush()
        if self._when == AFTER:
            self._step()


def arrange(name: str, step: Callable[[], None]) -> None:
    """Put the step in its place."""
    owner, method, when = STEPS[name]
    if method:
        wrap(owner, method, when, step)
    elif name == "while-waiting":
        wrap_waiting(step)
    elif name.endswith("-request"):
        wrap_body(step, 0.5 if name == "half-request" else 1.0)
    else:
        sys.stdout = Output(step, name.partition("-")[0])


def begin() -> None:
    """Read our own options, and be the target for the rest."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lease", type=int)
    parser.add_argument("--read", type=float)
    parser.add_argument("--minute", type=int)
    parser.add_argument("--at")
    split = sys.argv.index("--")
    chosen = parser.parse_args(sys.argv[1:split])
    if chosen.lease:
        lease.LEASE_MS = chosen.lease
    if chosen.read:
        defaults = client.Client.__init__.__kwdefaults__
        assert defaults is not None
        defaults["read_seconds"] = chosen.read
    if chosen.minute:
        quota.WINDOW_MS = chosen.minute + quota.ROOM_MS
    if chosen.at:
        name, passage, number = chosen.at.split(":")
        arrange(name, signal_at(int(passage), signal.Signals[number]))
    main(sys.argv[split + 1 :])


if __name__ == "__main__":
    begin()

"""Carries batches to LinkedIn: cleared with the ledger, within the quota, tried until settled.

A batch is handed over with `carry`; the listener is told how each event ends. Nothing here
knows where events come from. What stops the run is raised from `carry` and `finish`.
"""

from __future__ import annotations

import logging
from collections import deque
from threading import Condition, Event, Lock
from typing import TYPE_CHECKING

from target_linkedin_conversions.delivery.observer import UNOBSERVED
from target_linkedin_conversions.errors import RuleError, StopRun, TargetError
from target_linkedin_conversions.memory_reserve import RESERVE
from target_linkedin_conversions.threads import Thread

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.delivery.batch import Batch
    from target_linkedin_conversions.delivery.clock import Clock
    from target_linkedin_conversions.delivery.observer import Observer
    from target_linkedin_conversions.delivery.send_once import SendOnce
    from target_linkedin_conversions.delivery.sender import Sender

__all__ = ["Courier"]

logger = logging.getLogger(__name__)

_WAITING_BATCHES = 2
_LISTEN_SECONDS = 0.2
_ELSEWHERE_SECONDS = 1.0


class Courier:
    """A few sender threads behind a short queue; `carry` blocks while the queue is full."""

    def __init__(  # noqa: PLR0913 - what it is assembled of
        self,
        sender: Sender,
        send_once: SendOnce,
        clock: Clock,
        *,
        senders: int,
        heartbeat: Callable[[], None] | None = None,
        heartbeat_every: float = 10.0,
        observer: Observer = UNOBSERVED,
    ) -> None:
        """Start no thread yet; `heartbeat` is called at this interval in seconds, `observer` is told of each batch."""
        self._sender = sender
        self._send_once = send_once
        self._clock = clock
        self._senders = senders
        self._heartbeat = heartbeat
        self._heartbeat_every = heartbeat_every
        self._observer = observer
        self._queue: deque[Batch] = deque()
        self._under_way = 0
        lock = Lock()
        self._work = Condition(lock)
        """Senders wait here; one is woken for each batch, because every wake-up costs the reading thread a turn."""
        self._progress = Condition(lock)
        """`carry` and `finish` wait here."""
        self._ended = Event()
        self._closing = False
        self._failure: BaseException | None = None
        self._threads: list[Thread] = []

    def start(self) -> None:
        """Start the sender threads."""
        threads = [
            Thread(target=self._send_all, name=f"sender-{number}", daemon=True) for number in range(self._senders)
        ]
        if self._heartbeat is not None:
            threads.append(Thread(target=self._beat, args=(self._heartbeat,), name="sign-of-life", daemon=True))
        for thread in threads:
            thread.start()
            self._threads.append(thread)

    def carry(self, batch: Batch, *, give_up: Callable[[], bool] = lambda: False) -> None:
        """Hand over a batch, waiting while the queue is full; raises what stopped the run."""
        with self._progress:
            while len(self._queue) >= self._senders + _WAITING_BATCHES and not give_up():
                self.check()
                self._progress.wait(_LISTEN_SECONDS)
            self.check()
            self._queue.append(batch)
            self._work.notify()

    def check(self) -> None:
        """Raise what stopped the run, if anything did, or an error where a thread has died without one."""
        if self._failure is not None:
            raise self._failure
        if not self._closing and not all(thread.is_alive() for thread in self._threads):
            message = "a thread of this program has ended by itself, as for want of memory; nothing more is sent"
            raise TargetError(message)

    def finish(self, *, give_up: Callable[[], bool] = lambda: False) -> None:
        """Wait until every batch is settled; raises what stopped the run, or a stopped rule."""
        with self._progress:
            while (self._queue or self._under_way) and not give_up():
                self.check()
                self._progress.wait(_LISTEN_SECONDS)
        self.check()
        if self._sender.stopped_rules and not give_up():
            raise RuleError(self._sender.stopped_rules.message())

    def close(self, seconds: float) -> bool:
        """Drop the queue and let requests under way end within this many seconds; returns whether all threads have ended."""
        with self._work:
            self._closing = True
            self._queue.clear()
            self._work.notify_all()
        self._clock.stop()
        until = self._clock.monotonic() + seconds
        for thread in self._threads[: self._senders]:
            thread.join(max(0.0, until - self._clock.monotonic()))
        self._ended.set()
        for thread in self._threads[self._senders :]:
            thread.join(max(1.0, until - self._clock.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _send_all(self) -> None:
        while (batch := self._next()) is not None:
            try:
                with self._observer.batch(batch):
                    self._send(batch)
            except BaseException as error:  # noqa: BLE001 - carried to the thread that hands over
                self.fail(error)
            finally:
                with self._progress:
                    self._under_way -= 1
                    self._progress.notify_all()

    def _next(self) -> Batch | None:
        with self._work:
            while not self._queue and not self._closing:
                self._work.wait()
            if not self._queue or self._closing:
                return None
            self._under_way += 1
            self._progress.notify_all()
            return self._queue.popleft()

    def _send(self, batch: Batch) -> None:
        """Claim one batch and send it to its end, including events that another worker holds for the moment.

        On a stop the rest stays unsettled, so that no STATE passes it.
        """
        waiting: Batch | None = batch
        again = False
        while waiting is not None and not self._sender.is_stopped(batch.rule) and not self._is_stopping():
            parts, waiting = self._send_once.clear(waiting, again=again)
            for later in parts[:-1]:  # certainly not sent until the one before is settled, which may take many tries
                self._sender.put_back(later)
            while parts and not self._is_stopping():
                parts[-1:] = self._sender.advance(parts[-1])
            for left in parts:
                self._sender.put_back(left)
            again = True
            if waiting is not None and self._clock.wait(_ELSEWHERE_SECONDS):
                return

    def _is_stopping(self) -> bool:
        return self._closing or self._failure is not None

    def fail(self, error: BaseException) -> None:
        """Stop the run with what failed in a thread; safe to call in any.

        The failure is set before anything that may fail for want of memory; waiting threads poll it, so no wake-up is needed.
        """
        RESERVE.release()
        if self._failure is None:
            self._failure = error
        self._clock.stop()
        with self._progress:
            self._progress.notify_all()
        if not isinstance(error, StopRun):
            logger.error("a thread of this program failed with %s", type(error).__name__)

    def _beat(self, heartbeat: Callable[[], None]) -> None:
        """Keep the lease alive until the last sender has ended, not only until the run stops."""
        while not self._ended.wait(self._heartbeat_every):
            try:
                heartbeat()
            except BaseException as error:  # noqa: BLE001 - carried to the thread that hands over
                self.fail(error)
                return

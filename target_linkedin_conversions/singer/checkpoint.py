"""Which STATE is safe: only one whose every earlier record is settled.

Between two STATE messages lies a segment. It counts the events made in it and the events of
it that have ended; a STATE may leave when its segment and all before it are even. Nothing
else can write a STATE.
"""

from __future__ import annotations

from collections import deque
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Checkpoint", "Segment"]


class Segment:
    """The records between two STATE messages: `made` is the reader's, `ended` the senders'."""

    __slots__ = ("ended", "made", "state")

    def __init__(self) -> None:
        """Start open, without events."""
        self.made = 0
        self.ended = 0
        self.state: bytes | None = None


class Checkpoint:
    """Offers each STATE to the writer as soon as it is safe."""

    def __init__(self, offer: Callable[[bytes], None], allowed: Callable[[], bool]) -> None:
        """`allowed()` is asked before each STATE leaves; it makes the rejects durable."""
        self._offer = offer
        self._allowed = allowed
        self._segments: deque[Segment] = deque()
        self._lock = Lock()
        self._last = b""
        self._safe: bytes | None = None
        self.current = Segment()

    def made(self, events: int) -> Segment:
        """Note events that were made after the last STATE; only the reading thread calls it."""
        self.current.made += events
        return self.current

    def ended(self, counts: Mapping[Segment, int]) -> None:
        """Note that events have ended, by segment; any thread."""
        with self._lock:
            for segment, events in counts.items():
                segment.ended += events
            self._advance()

    def state(self, value: bytes) -> None:
        """A STATE came: the segment before it closes. One that repeats the last changes nothing."""
        with self._lock:
            if value == self._last:
                return
            self._last = value
            self.current.state = value
            self._segments.append(self.current)
            self.current = Segment()
            self._advance()

    def release(self) -> None:
        """Offer the STATE that is safe and was not allowed to leave, if it now is."""
        with self._lock:
            self._advance()

    def _advance(self) -> None:
        while self._segments and self._segments[0].made == self._segments[0].ended:
            self._safe = self._segments.popleft().state
        if self._safe is not None and self._allowed():
            self._offer(self._safe)
            self._safe = None

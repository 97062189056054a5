"""Memory put aside for the end of a run that has none left, so that it can still stop, report and say so.

Python itself needs memory to carry an error upwards. Where it gets none, it loses its way (measured with 3.11, under
`ulimit -v`): the sixteen errors that it keeps for this case are used up and it ends with a segmentation fault, or a
`finally` of a long function turns for ever without a signal being heard. So the reserve is freed as near to the place
that found no memory as the threads of a run can: where rows are taken, and where a thread of delivery fails.
"""

from __future__ import annotations

__all__ = ["RESERVE", "MemoryReserve"]

_RESERVE_BYTES = 4 << 20


class MemoryReserve:
    """A piece of memory that is held until somebody needs it."""

    def __init__(self) -> None:
        """Nothing is held yet."""
        self._held: list[bytearray] = []

    def hold(self) -> None:
        """Put the memory aside, if it is not; raises MemoryError where there is not even this much."""
        if not self._held:
            self._held.append(bytearray(_RESERVE_BYTES))

    def release(self) -> None:
        """Give the memory back; safe in any thread, needs none itself, and does nothing the second time."""
        self._held.clear()


RESERVE = MemoryReserve()
"""The one of this process: its threads run out of memory together."""

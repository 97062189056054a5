"""Records that an expression of `stream_maps` fails on: rejected one by one, unless it fails on every one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from target_linkedin_conversions.errors import ConfigError
    from target_linkedin_conversions.records.event import Refusal
    from target_linkedin_conversions.run.intake import Intake
    from target_linkedin_conversions.run.run import Run

__all__ = ["FailingMaps"]

_MOST_WITHOUT_SUCCESS = 20
"""Records that a map may fail on before it has succeeded on any: then it is the map that is wrong, not a record."""


class FailingMaps:
    """Keeps what a map failed on until it has succeeded once; no STATE passes that before."""

    def __init__(self, run: Run) -> None:
        """Start with no result."""
        self._run = run
        self._good: set[str] = set()
        self._waiting: dict[str, list[tuple[Refusal, object]]] = {}
        self._faults: dict[str, ConfigError] = {}

    def succeeded(self, stream: str, intake: Intake) -> None:
        """Note that a map has worked: earlier failures were the records' fault, and these are now rejected."""
        if stream in self._good:
            return
        self._good.add(stream)
        for refusal, ticket in self._waiting.pop(stream, ()):
            intake.refuse(refusal)
            self._run.progress.ended({ticket: 1})

    def failed(self, stream: str, intake: Intake, refusal: Refusal, fault: ConfigError) -> None:
        """Note that a map has failed on a record; raises the fault where it failed on all of the first records."""
        if stream in self._good:
            intake.refuse(refusal)
            return
        waiting = self._waiting.setdefault(stream, [])
        waiting.append((refusal, self._run.progress.made(1)))
        self._faults[stream] = fault
        if len(waiting) >= _MOST_WITHOUT_SUCCESS:
            raise fault

    def end(self) -> None:
        """All records have come; raises the fault of a map that succeeded on none."""
        for stream in self._waiting:
            raise self._faults[stream]

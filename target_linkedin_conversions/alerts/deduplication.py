"""Which causes were told today, so that each is told once a cause and UTC day, whichever run comes upon it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from target_linkedin_conversions.errors import StopRun

if TYPE_CHECKING:
    from collections.abc import Iterable

    from target_linkedin_conversions.alerts.causes import Cause
    from target_linkedin_conversions.reporting.folder import Folder

__all__ = ["Deduplication"]

_UNDER = "alerts"
_KEEP_DAYS = 2


class Deduplication:
    """A file a cause and day in the state folder; of runs that end together one makes it, and tells."""

    def __init__(self, folder: Folder, now: datetime | None = None) -> None:
        """As of now, or of another time."""
        self._folder = folder
        self._today = (now or datetime.now(UTC)).date()

    def new(self, causes: Iterable[Cause]) -> list[Cause]:
        """Those that nobody has told today, noted as told; where nothing can be noted, all are new."""
        try:
            return [cause for cause in causes if self._folder.create(self._name(cause))]
        except (OSError, StopRun):
            return list(causes)

    def forget(self, causes: Iterable[Cause]) -> None:
        """They could not be told after all: the next run tries again."""
        for cause in causes:
            self._folder.remove(self._name(cause))

    def tidy(self) -> None:
        """Remove what earlier days have left."""
        before = (self._today - timedelta(days=_KEEP_DAYS)).isoformat()
        for name in self._folder.names(_UNDER):
            if name < before:
                self._folder.remove(f"{_UNDER}/{name}")

    def _name(self, cause: Cause) -> str:
        return f"{_UNDER}/{self._today.isoformat()}.{cause.remembered_by}"

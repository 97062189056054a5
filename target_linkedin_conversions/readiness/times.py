"""Times that look wrong for a whole stream, or will soon be too old."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.durations import DAY_MS, HOUR_MS
from target_linkedin_conversions.readiness.counted import is_new
from target_linkedin_conversions.readiness.finding import finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_linkedin_conversions.readiness.batch import Batch
    from target_linkedin_conversions.readiness.finding import Finding
    from target_linkedin_conversions.records.plan import StreamPlan
    from target_linkedin_conversions.records.rows import Value

__all__ = ["SOON_MS", "Times"]

MOST_SECONDS = 200_000
"""Different seconds that are counted; what comes in others later is not."""
_FEWEST = 100
_CLOSE, _AHEAD = "close_to_window", "in_future"
_LONGEST_DAY = len("YYYY-MM-DD")
SOON_MS = 60 * DAY_MS
"""An event so old is close to the 90 days that LinkedIn takes."""
_ZONES_MS = 15 * HOUR_MS
"""No two time zones are further apart than a little less."""


class Times:
    """Reads the time of every record as the mapping does."""

    def __init__(self, plan: StreamPlan, column: str, now: int) -> None:
        """`now` is in epoch milliseconds."""
        self._read, self._day, self._place = plan.times.reader, plan.times.day, plan.happened_at
        self._has_formats = bool(plan.times.formats)
        self._column, self._now = column, now
        self._records = self._close = self._in_future = self._by_zone = 0
        self._seconds: dict[int, int] = {}
        self._days: set[int] = set()
        """Seconds that only stand for a day: many conversions have the same."""

    def see(self, batch: Batch) -> None:
        """Look at the time of each record."""
        self._records += len(batch.rows)
        place, read, soon, count = self._place, self._read, self._now - SOON_MS, self._count
        for row, made, counted in zip(batch.rows, batch.made, batch.counted, strict=False):
            value = row[place]
            if type(made) is list:
                time = made[0].happened_at
                count(time // 1000, value)
                if time <= soon and is_new(self._column, _CLOSE, counted):
                    self._close += 1
                continue
            found = read(value)
            if isinstance(found, int):
                count(found // 1000, value)
                is_ahead = any(reason.code == _AHEAD for reason in made.reasons)  # type: ignore[union-attr]  # no list
                if is_ahead and is_new(self._column, _AHEAD, counted):
                    self._in_future += 1
                    self._by_zone += found - self._now < _ZONES_MS

    def _count(self, second: int, value: Value) -> None:
        """Count a second; whether it only stands for a day is asked where a second record has it."""
        seconds = self._seconds
        known = seconds.get(second)
        if known is None:
            if len(seconds) < MOST_SECONDS:
                seconds[second] = 1
            return
        seconds[second] = known + 1
        if known == 1:
            is_moment = type(value) is str and len(value) > _LONGEST_DAY and not self._has_formats
            if not is_moment and self._day(value) is not None:
                self._days.add(second)

    def findings(self) -> Iterator[Finding]:
        """At most one of each kind."""
        second, records = max(self._seconds.items(), key=lambda item: item[1], default=(0, 0))
        if self._records >= _FEWEST and records * 2 > self._records and second not in self._days:
            yield finding("times_alike", records, field="happened_at", column=self._column)
        if self._close:
            yield finding(_CLOSE, self._close, field="happened_at", column=self._column)
        if self._in_future:
            about = f"{self._by_zone} by less than 15 hours, which is most often the timezone" if self._by_zone else ""
            yield finding(_AHEAD, self._in_future, field="happened_at", column=self._column, about=about)

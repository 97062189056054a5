"""Says once a stream that its times name no time zone, where its entry says none either: they are read as UTC's."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from target_linkedin_conversions.records.looks import name_shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from target_linkedin_conversions.records.plan import StreamPlan
    from target_linkedin_conversions.records.rows import Row

__all__ = ["OpenZone"]


class OpenZone:
    """Looks at the first time that comes for each plan whose entry leaves the zone open."""

    def __init__(self, plans: Sequence[StreamPlan], warn: Callable[[str], None]) -> None:
        """`warn` is called with the warning."""
        self._open, self._warn = [plan for plan in plans if not plan.zone_is_said], warn

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to look at."""
        return not self._open

    def seen(self, rows: Iterable[Row]) -> Iterable[Row]:
        """The same rows, of which the first ones are looked at as they go by."""
        rest = iter(rows)
        return chain(self._looked_at(rest), rest)

    def _looked_at(self, rows: Iterator[Row]) -> Iterator[Row]:
        while self._open and (row := next(rows, None)) is not None:
            self.see(row)
            yield row

    def see(self, row: Row) -> None:
        """Look at the times of a row."""
        for plan in self._open[:]:
            value = row[plan.happened_at]
            if not isinstance(plan.times.reader(value), int):
                continue  # empty, or no time
            self._open.remove(plan)
            if plan.times.leaves_clock_open(value):
                column = next((", ".join(one.columns) for one in plan.fields if one.field == "happened_at"), "")
                self._warn(
                    f"stream {name_shown(plan.stream)}: times in {name_shown(column)} name no time zone and are read as UTC's; "
                    "say in the entry which it is: timezone: Europe/Berlin, or timezone: UTC"
                )

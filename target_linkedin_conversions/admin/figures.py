"""Sent, counted by LinkedIn, and the source's own count, side by side for each rule and day: pure, nothing is read here.

LinkedIn's figures grow for 72 hours (documented: 24 until an event is taken in, 48 until it is in the report). So a day is
complete 72 hours after its end, and after the last of its events was sent.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.durations import DAY_MS
from target_linkedin_conversions.epoch import date_of_day, day_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from target_linkedin_conversions.admin.analytics import CountedOnDay
    from target_linkedin_conversions.ledger.delivered_by_day import DeliveredOnDay

__all__ = ["COMPLETE_AFTER_MS", "Period", "Row", "Total", "complete_until", "date_of", "rows_of", "totals_of"]

COMPLETE_AFTER_MS = 3 * DAY_MS
"""For so long after it was sent LinkedIn may not count an event yet (documented)."""


class Period(msgspec.Struct, frozen=True):
    """UTC days since 1970, both included, and the rule that is asked for, if only one is."""

    first: int
    last: int
    rule: str | None = None

    def holds(self, rule: str, day: int) -> bool:
        """Whether a rule's day is asked for."""
        return self.first <= day <= self.last and self.rule in {None, rule}


class Row(msgspec.Struct, frozen=True):
    """One rule on one day; `source` is None where nobody counted there, `gap` where nothing was sent."""

    rule: str
    name: str
    day: str
    source: int | None
    sent: int
    counted: int
    complete: bool
    gap: float | None
    after_click: int = 0
    after_view: int = 0


class Total(msgspec.Struct, frozen=True):
    """One rule over all its days; `sent_complete` and `counted_complete` are those of its complete days alone."""

    rule: str
    name: str
    source: int | None
    sent: int
    counted: int
    complete: bool
    gap: float | None
    sent_complete: int = 0
    counted_complete: int = 0
    gap_complete: float | None = None


def date_of(day: int) -> str:
    """A day, counted from 1970, as people and programs write it."""
    return date_of_day(day).isoformat()


def complete_until(now: int) -> int:
    """The last day that is over for long enough, if nothing of it was sent late."""
    return day_of(now - COMPLETE_AFTER_MS) - 1


def rows_of(
    period: Period,
    sent: Iterable[DeliveredOnDay],
    counted: Iterable[CountedOnDay],
    source: Mapping[tuple[str, int], int] | None,
    names: Mapping[str, str],
    now: int,
) -> list[Row]:
    """A row for each rule and day on which anything was sent, counted, or is in the source; by day, then rule."""
    sent_on = {(one.rule, one.day): one for one in sent if period.holds(one.rule, one.day)}
    counted_on: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in counted:
        if period.holds(one.rule, one.day):
            sums = counted_on[one.rule, one.day]
            for at, number in enumerate((one.conversions, one.after_click, one.after_view)):
                sums[at] += number
    there = {place: number for place, number in (source or {}).items() if period.holds(*place)}
    places = {
        place
        for place in sent_on.keys() | counted_on.keys() | there.keys()
        if _is_any(place, sent_on, counted_on, there)
    }
    made = []
    for rule, day in sorted(places, key=lambda place: (place[1], len(place[0]), place[0])):
        found = sent_on.get((rule, day))
        events, last = (found.events, found.last) if found else (0, 0)
        conversions, after_click, after_view = counted_on.get((rule, day), (0, 0, 0))
        complete = day <= complete_until(now) and last + COMPLETE_AFTER_MS <= now
        of_source = None if source is None else there.get((rule, day), 0)
        name = names.get(rule, "")
        gap = _gap(events, conversions)
        made.append(
            Row(rule, name, date_of(day), of_source, events, conversions, complete, gap, after_click, after_view)
        )
    return made


def totals_of(rows: Sequence[Row]) -> list[Total]:
    """A total for each rule, in the order of their ids."""
    by_rule: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_rule[row.rule].append(row)
    return [_total(by_rule[rule]) for rule in sorted(by_rule, key=lambda rule: (len(rule), rule))]


def _total(rows: Sequence[Row]) -> Total:
    sent, counted = sum(row.sent for row in rows), sum(row.counted for row in rows)
    whole = [row for row in rows if row.complete]
    sent_whole, counted_whole = sum(row.sent for row in whole), sum(row.counted for row in whole)
    source = None if rows[0].source is None else sum(row.source or 0 for row in rows)
    return Total(
        rows[0].rule,
        rows[0].name,
        source,
        sent,
        counted,
        len(whole) == len(rows),
        _gap(sent, counted),
        sent_whole,
        counted_whole,
        _gap(sent_whole, counted_whole),
    )


def _is_any(place: tuple[str, int], *tables: Mapping[tuple[str, int], object]) -> bool:
    """Whether any of the tables has a number other than zero at a place."""
    found = (table.get(place) for table in tables)
    return any(one not in (None, 0, [0, 0, 0]) for one in found)


def _gap(sent: int, counted: int) -> float | None:
    """The share of what was sent that is not counted; below zero where more is counted than was sent."""
    return round(1 - counted / sent, 4) if sent else None

"""How many events were delivered, by rule and by the day on which they happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import select

from target_linkedin_conversions.durations import DAY_MS
from target_linkedin_conversions.ledger import tables
from target_linkedin_conversions.ledger.event_days import UNDATED, days_of_text
from target_linkedin_conversions.ledger.tables import Status

if TYPE_CHECKING:
    from target_linkedin_conversions.ledger.database import Database

__all__ = ["DeliveredOnDay", "delivered_by_day"]

_ROWS = 2_000


class DeliveredOnDay(msgspec.Struct):
    """Events of a rule that happened on a UTC day (since 1970): how many, and when the last of them was sent (epoch ms).

    Of `undated` ones the ledger knows only when they were sent: that is the day they are counted on.
    """

    rule: str
    day: int
    events: int = 0
    last: int = 0
    undated: int = 0


def delivered_by_day(database: Database, first: int, last: int) -> list[DeliveredOnDay]:
    """What was delivered of the days from `first` to `last`, in the order of day and rule; changes nothing."""
    batches = tables.batches
    # An event is never sent before it happened, but for clocks that differ.
    since = batches.c.created >= (first - 1) * DAY_MS
    statement = select(batches.c.rule, batches.c.created, batches.c.events, batches.c.days).where(
        batches.c.status == Status.DELIVERED, batches.c.events > 0, since
    )
    found: dict[tuple[int, str], DeliveredOnDay] = {}
    with database.snapshot() as connection:
        for rule, created, events, text in connection.execute(statement.execution_options(yield_per=_ROWS)):
            days = {created // DAY_MS: events} if text == UNDATED else days_of_text(text)
            for day, count in days.items():
                if first <= day <= last:
                    one = found.setdefault((day, rule), DeliveredOnDay(rule, day))
                    one.events += count
                    one.last = max(one.last, created)
                    one.undated += count if text == UNDATED else 0
    return [found[place] for place in sorted(found)]

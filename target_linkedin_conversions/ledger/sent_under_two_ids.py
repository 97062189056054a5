"""How many events LinkedIn took under two ids: one of a column, and later one of our own, or the other way round.

Whoever mends a wrong event id sends its rows again, and what was delivered under the old id is then taken once more. The ledger tells it
by time and value, and by which of the two is told from others by its record's key.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlalchemy import case, func, select

from target_linkedin_conversions.durations import DAY_MS
from target_linkedin_conversions.ledger import tables
from target_linkedin_conversions.ledger.checksums import CONTENT
from target_linkedin_conversions.ledger.event_days import UNDATED, days_of_text
from target_linkedin_conversions.ledger.tables import Status

if TYPE_CHECKING:
    from target_linkedin_conversions.ledger.database import Database

__all__ = ["sent_under_two_ids"]

_AT_ONCE = 500
"""Batches that one statement looks into."""


def sent_under_two_ids(database: Database, first: int, last: int) -> Counter[str]:
    """The events of each rule that were delivered under ids of both kinds, of batches all of whose events happened on these UTC days.

    It walks over all events of these batches: ask only where reports say that an event id was wrong.
    """
    batches, deliveries = tables.batches, tables.deliveries
    content = deliveries.c.content
    what, has_key = content.bitwise_and(CONTENT), content > CONTENT
    kinds = func.sum(case((has_key, 1), else_=0)), func.sum(case((has_key, 0), else_=1))
    since = batches.c.created >= (first - 1) * DAY_MS
    delivered = select(batches.c.id, batches.c.rule, batches.c.days).where(
        batches.c.status == Status.DELIVERED, batches.c.events > 0, batches.c.days != UNDATED, since
    )
    of_id: Counter[tuple[str, int]] = Counter()
    of_own: Counter[tuple[str, int]] = Counter()
    with database.snapshot() as connection:
        within: dict[str, list[int]] = {}
        for number, rule, text in connection.execute(delivered):
            if all(first <= day <= last for day in days_of_text(text)):
                within.setdefault(rule, []).append(number)
        for rule, numbers in within.items():
            for start in range(0, len(numbers), _AT_ONCE):
                of_these = deliveries.c.batch.in_(numbers[start : start + _AT_ONCE])
                for told, of_key, own in connection.execute(select(what, *kinds).where(of_these).group_by(what)):
                    of_id[rule, told] += int(of_key)
                    of_own[rule, told] += int(own)
    both: Counter[str] = Counter()
    for (rule, told), events in of_id.items():
        both[rule] += min(events, of_own[rule, told])
    return +both

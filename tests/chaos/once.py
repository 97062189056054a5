"""Each event of a number of rows once, whatever Spark tried again: with `hold` at most once, with `resend` at least once, and named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.chaos.rows import event_of
from tests.chaos.witness import twice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.chaos.finding import Broken
    from tests.chaos.rows import Event
    from tests.spark.writing import Writing

__all__ = ["HOLD", "POLICIES", "once_or_named"]

HOLD = "hold"
POLICIES = (HOLD, "resend")
_RULE, _REFERENCE = "101", "leads-"


def once_or_named(
    broken: Broken, writing: Writing, takes: Mapping[Event, list[int]], rows: int, policy: str, resent: int
) -> str:
    """Note what was lost, or came twice, and stands in no receipt; what was seen, in words.

    A process that is killed with a request half sent leaves events that nobody took: held, they are named in the outbox.
    """
    missing = {(_RULE, f"{_REFERENCE}{number}") for number in range(rows)} - takes.keys()
    doubles = sum(len(batches) - 1 for batches in twice(takes).values())
    if policy == HOLD:
        broken.none("events lost: not taken, and not named", missing - {event_of(one) for one in writing.held()})
        broken.none("events twice", twice(takes))
    else:
        broken.none("events lost", missing)
        broken.true(f"{doubles} doubles, {resent} named", held=doubles <= resent)
    return f"{len(takes):,} taken, {doubles} twice, {len(missing)} held and not taken"

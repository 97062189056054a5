"""Findings on what tells conversions apart: repeated event ids, and records without a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.ledger.checksums import is_other_record, is_same_content, with_record
from target_linkedin_conversions.readiness.counted import is_new
from target_linkedin_conversions.readiness.finding import finding
from target_linkedin_conversions.records.reasons import CHANGED, SAME_ID_OTHER_KEY
from target_linkedin_conversions.records.refusal import is_no_key
from target_linkedin_conversions.records.text import key_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_linkedin_conversions.readiness.batch import Batch
    from target_linkedin_conversions.readiness.counted import Counted
    from target_linkedin_conversions.readiness.finding import Finding
    from target_linkedin_conversions.records.event import Event
    from target_linkedin_conversions.records.plan import StreamPlan
    from target_linkedin_conversions.records.rows import Value

__all__ = ["Identities", "Keys"]

MOST_EVENTS = 2_000_000
"""Events that are remembered, by two keyed digests each; one that comes later is taken for new."""


class Identities:
    """Remembers which events came, as the ledger would; `came_before` is asked for each of them once."""

    def __init__(self, plan: StreamPlan, column: str) -> None:
        """Nothing is seen yet."""
        self._is_mapped = plan.identity.event_id is not None
        self._column = column
        self._known: dict[int, int] = {}
        self._repeats = 0

    def came_before(self, event: Event) -> str | None:
        """None for a new event, else the code that a run would give it."""
        digest = hash((event.rule, event.identity))
        content = with_record(event.content, hash(event.compared_key), hash(event.compared_person))
        known = self._known.get(digest)
        if known is None:
            if len(self._known) < MOST_EVENTS:
                self._known[digest] = content
            return None
        if is_other_record(known, content):
            return SAME_ID_OTHER_KEY
        return "" if is_same_content(known, content) else CHANGED

    def see(self, batch: Batch) -> None:
        """Do nothing: `came_before` and `repeated` count, and are called for single events."""

    def repeated(self, counted: Counted | None) -> None:
        """One record more repeats the event id of another, unless an earlier entry has counted it."""
        self._repeats += self._is_mapped and is_new(self._column, "event_id_repeats", counted)

    def findings(self) -> Iterator[Finding]:
        """One, if event ids of records with different keys are the same."""
        if self._repeats:
            yield finding("event_id_repeats", self._repeats, field="event_id", column=self._column)


def _may_be_no_key(part: Value) -> bool:
    """Whether a part of a key needs a look: a whole number is one, and so are most texts."""
    return type(part) is not int and (type(part) is not str or is_no_key(part))


class Keys:
    """Counts the records without a key of their own; a mapped event id takes the place of one that the whole stream lacks."""

    def __init__(self, plan: StreamPlan) -> None:
        """Nothing is seen yet."""
        identity = plan.identity
        self._has_one = identity.has_lasting_key
        self._is_counted = self._has_one or identity.needs_key
        self._column = ", ".join(name for name, _ in identity.key) if identity.has_key else ""
        self._places = tuple(place for _, place in identity.key)
        self._records = 0

    def see(self, batch: Batch) -> None:
        """Look at the key of each record."""
        if not self._has_one:
            self._records += len(batch.rows)
            return
        rows = [
            row for row, part in zip(batch.rows, batch.columns[self._places[0]], strict=True) if _may_be_no_key(part)
        ]
        self._records += sum(all(is_no_key(key_text(row[place])) for place in self._places) for row in rows)

    def findings(self) -> Iterator[Finding]:
        """One, if there are any."""
        if self._records and self._is_counted:
            yield finding("no_key", self._records, field="key", column=self._column)

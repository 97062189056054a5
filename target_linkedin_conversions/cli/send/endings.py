"""Which rows of a table were not sent, and why: two bytes a row, and of the events under way their ids only."""

from __future__ import annotations

from array import array
from itertools import groupby
from operator import length_hint
from threading import Lock
from typing import TYPE_CHECKING

from target_linkedin_conversions.cli.send.words import UNSENT, explained, explained_reasons
from target_linkedin_conversions.outcomes import ACCEPTED, Outcome
from target_linkedin_conversions.records.reasons import SAME_ID_OTHER_KEY
from target_linkedin_conversions.run.progress import Untracked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from target_linkedin_conversions.delivery.batch import Batch
    from target_linkedin_conversions.records.event import Event, Refusal
    from target_linkedin_conversions.records.reasons import Reason

__all__ = ["SENT", "RowEndings", "Why"]

Why = tuple[str, str]
"""Why a row was not sent, and what to do."""
Id = tuple[str, str]
"""Rule and identity of an event."""

SENT: Why = ("", "")
"""Stands for a row that was sent, now or before."""

_MOST_WHYS = 65_535


class RowEndings(Untracked):
    """Is told how the rows of one table end; the events of a part have its number as their ticket.

    The feeding thread begins parts and refuses rows, those of the senders settle events: `_lock` guards all that both touch.
    """

    def __init__(self) -> None:
        """Start with no row."""
        self.columns: Mapping[str, Sequence[str]] = {}
        """The columns of each field of the table that is read, for the words."""
        self._lock = Lock()
        self._whys: list[Why] = [SENT]
        self._places: dict[Why, int] = {SENT: 0}
        self._rows = array("H")
        self._part = 0
        self._end = 1
        self._left: Iterator[object] = iter(())
        self._made: dict[int, int] = {}
        self._ended: dict[int, set[Id]] = {}
        self._failed: dict[int, dict[Id, int]] = {}

    @property
    def any_why(self) -> bool:
        """Whether something is known of a row beyond that the run stopped before it."""
        return any(why not in {SENT, UNSENT} for why in self._whys)

    def begin(self, part: int, first: int, rows: int, left: Iterator[object]) -> None:
        """Rows of a part come that follow one another, the first with this number; `left` is what they are taken from."""
        if part != self._part:
            with self._lock:
                if not self._made.get(self._part):
                    self._ended.pop(self._part, None)
                self._part = part
        self._end = first + rows
        self._left = left
        missing = self._end - 1 - len(self._rows)
        if missing > 0:
            self._rows.frombytes(bytes(missing * self._rows.itemsize))

    @property
    def _taken(self) -> int:
        """The number of the row that was taken last."""
        return self._end - 1 - length_hint(self._left)

    # Called by the run

    def made(self, events: int) -> int:
        """Count events of the part that is under way; returns its number, which is their ticket."""
        with self._lock:
            self._made[self._part] = self._made.get(self._part, 0) + events
        return self._part

    def refused(self, refusal: Refusal) -> None:
        """The current row yielded no event."""
        if refusal.skipped:
            why = explained(refusal.skipped, Outcome.SKIPPED)
        else:
            why = explained_reasons(refusal.reasons, self.columns)
        at = self._taken - 1
        with self._lock:
            self._rows[at] = self._rows[at] or self._place(why)

    def settled(self, batch: Batch, outcome: Outcome, code: str, reasons: Sequence[Sequence[Reason]]) -> None:
        """The events of a batch ended so, and those that did not arrive are kept by their ids."""
        arrived = outcome in ACCEPTED or (outcome is Outcome.ALREADY_DELIVERED and code != SAME_ID_OTHER_KEY)
        at = 0
        with self._lock:
            for part, tickets in groupby(batch.tickets):
                end = at + sum(1 for _ in tickets)
                if not arrived:
                    self._fail(part, batch.rule, batch.events[at:end], outcome, code, reasons[at:end])
                self._end_events(part, batch.rule, batch.events[at:end])
                at = end

    def _fail(
        self,
        part: int,
        rule: str,
        events: Sequence[Event],
        outcome: Outcome,
        code: str,
        reasons: Sequence[Sequence[Reason]],
    ) -> None:
        failed = self._failed.setdefault(part, {})
        for at, event in enumerate(events):
            told = reasons[at] if at < len(reasons) else ()
            why = explained_reasons(told, self.columns) if told else explained(code, outcome)
            failed[rule, event.identity] = self._place(why)

    def _end_events(self, part: int, rule: str, events: Sequence[Event]) -> None:
        """Forget a part all of whose events have ended, once no more of them can come."""
        ended = self._ended.setdefault(part, set())
        ended.update([(rule, event.identity) for event in events])
        self._made[part] -= len(events)
        if not self._made[part] and part != self._part:
            del self._made[part], self._ended[part]

    def _place(self, why: Why) -> int:
        """The number that stands for a reason; the caller holds the lock."""
        found = self._places.get(why)
        if found is None:
            if len(self._whys) > _MOST_WHYS:
                return 1
            found = self._places[why] = len(self._whys)
            self._whys.append(why)
        return found

    # Asked at the end

    def of_rows(self, part: int, rows: int) -> list[Why] | None:
        """Why each row of a part was not sent, as far as its number tells; None where all of them were."""
        known = self._rows[part - 1 : part - 1 + rows]
        taken = max(0, min(rows, self._taken - part + 1))
        if taken == rows and not any(known) and not self.needs_events(part):
            return None
        return [*(self._whys[place] for place in known[:taken]), *[UNSENT] * (rows - taken)]

    def needs_events(self, part: int) -> bool:
        """Whether events of a part were made and did not arrive, so that only their ids tell which rows they are of."""
        return part in self._failed or bool(self._made.get(part))

    def of_events(self, part: int, events: Iterable[Event]) -> Why:
        """Why a row of a part was not sent, by its events."""
        failed = self._failed.get(part, {})
        ended = self._ended.get(part, set())
        for event in events:
            known = (event.rule, event.identity)
            if known in failed:
                return self._whys[failed[known]]
            if self._made.get(part) and known not in ended:
                return UNSENT
        return SENT

"""Counts how events end, writes rejects and outbox, and passes progress on.

The order matters: everything is written before `Progress` is told, because a STATE may then move past it.
"""

from __future__ import annotations

from collections import Counter
from threading import Lock
from typing import TYPE_CHECKING, Any

from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.readiness.counted import is_new, uncounted
from target_linkedin_conversions.records.event import amount_of
from target_linkedin_conversions.run.progress import Endings, Progress, Untracked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_linkedin_conversions.delivery.batch import Batch
    from target_linkedin_conversions.readiness.counted import Counted
    from target_linkedin_conversions.records.event import Refusal
    from target_linkedin_conversions.records.reasons import Reason
    from target_linkedin_conversions.reporting.outbox import Outbox
    from target_linkedin_conversions.reporting.rejects import Rejects
    from target_linkedin_conversions.reporting.results import Results
    from target_linkedin_conversions.reporting.tally import Tally

__all__ = ["Recorder"]

_KEPT = frozenset({Outcome.REJECTED, Outcome.IN_DOUBT, Outcome.WOULD_SEND})


class Recorder:
    """Counts, writes and passes on how every event of a run ends; any thread may call it."""

    def __init__(self, tally: Tally, rejects: Rejects, outbox: Outbox, results: Results | None = None) -> None:
        """`progress` may be set before the first event, to be told of every one; `results` is None unless each is to be written."""
        self.tally = tally
        self._rejects = rejects
        self._outbox = outbox
        self._results = results
        self._lock = Lock()
        self.progress: Progress = Untracked()
        self.endings: Endings | None = None

    @property
    def keeps_each(self) -> bool:
        """Whether the end of each record is written to the results, so that its key must be known."""
        return self._results is not None

    def settled(
        self,
        batch: Batch,
        outcome: Outcome,
        *,
        code: str = "",
        reasons: Sequence[Sequence[Reason]] = (),
    ) -> None:
        """Count and write that every event of a batch ended with this outcome."""
        self.tally.count_ended(batch.stream, batch.rule, outcome, code, len(batch.events))
        if outcome in _KEPT:
            with self._lock:
                self._keep(batch, outcome, reasons)
        if self.endings is not None:
            self.endings.settled(batch, outcome, code, reasons)
        if self._results is not None:
            self._results.ended(batch, outcome, code)
        self.progress.ended(_counted(batch.tickets))

    def repeated(self, stream: str, events: int) -> None:
        """Count events that had the key, time and value of another one of this run."""
        self.tally.count_repeated(stream, events)

    def refused(self, stream: str, refusal: Refusal, counted: Counted | None = None) -> None:
        """Count and write that a record yielded no event by one entry; reasons already in `counted` are not counted again."""
        if self.endings is not None:
            self.endings.refused(refusal)
        if refusal.skipped and refusal.noted:
            self.tally.count_left_out(stream, _new(refusal.noted, counted))
        if self._results is not None:
            how = (Outcome.SKIPPED, refusal.skipped) if refusal.skipped else (Outcome.REJECTED, refusal.reasons[0].code)
            self._results.refused(stream, refusal, *how)
        if refusal.skipped:
            self._skipped(stream, refusal, counted)
        else:
            self._rejected(stream, refusal, counted)

    def _skipped(self, stream: str, refusal: Refusal, counted: Counted | None) -> None:
        self.tally.count_refused(stream, refusal.rule or "", Outcome.SKIPPED, refusal.skipped)
        if counted is not None and not is_new(Outcome.SKIPPED, refusal.skipped, counted):
            self.tally.count_skipped_again(stream, refusal.skipped)
        if (consent := refusal.consent) and (counted is None or is_new("consent", consent, counted)):
            self.tally.count_no_consent(stream, consent)

    def _rejected(self, stream: str, refusal: Refusal, counted: Counted | None) -> None:
        rule, unmatched = refusal.rule or "", refusal.unmatched
        self.tally.count_refused(stream, rule, Outcome.REJECTED, refusal.reasons[0].code)
        if unmatched is not None and (counted is None or is_new("unmatched", unmatched, counted)):
            self.tally.count_unmatched(stream, unmatched)
        amount, _, currency = (refusal.shape.value or "").partition(" ")
        with self._lock:
            self.tally.count_costly(stream, _new((*refusal.reasons, *refusal.noted), counted))
            if currency:
                self.tally.count_at_stake(rule, Outcome.REJECTED, currency, amount)
            self._rejects.write_refusal(stream, refusal)

    @property
    def rows_kept(self) -> int:
        """How many rejected rows are in the outbox."""
        return self._outbox.rows

    def keep_rows(self, lines: Sequence[bytes]) -> None:
        """Keep rejected rows in the outbox."""
        with self._lock:
            self._outbox.keep_rows(lines)

    def flush(self) -> None:
        """Make rejects, outbox and results durable."""
        with self._lock:
            self._rejects.flush()
            self._outbox.flush()
        if self._results is not None:
            self._results.flush()

    def flush_old(self) -> None:
        """Make the results durable where they have waited for a STATE for long."""
        if self._results is not None:
            self._results.flush_old()

    def _keep(self, batch: Batch, outcome: Outcome, reasons: Sequence[Sequence[Reason]]) -> None:
        personal = batch.personal_columns
        for index, event in enumerate(batch.events):
            self._outbox.keep(batch.stream, event, outcome, personal)
            if (money := amount_of(event.payload)) is not None:
                self.tally.count_at_stake(batch.rule, outcome, *money)
            if outcome is Outcome.REJECTED:
                because = reasons[index] if reasons else ()
                self.tally.count_costly(batch.stream, because)
                self._rejects.write_rejected(batch.stream, event, because, personal)


def _new(reasons: Sequence[Reason], counted: Counted | None) -> Sequence[Reason]:
    """Those that no other entry has counted of the same row."""
    return reasons if counted is None else uncounted(reasons, counted)


def _counted(tickets: list[Any]) -> dict[Any, int]:
    """How many events have each ticket; mostly all share one, and comparing costs a tenth of counting."""
    first = tickets[0]
    events = tickets.count(first)
    return {first: events} if events == len(tickets) else Counter(tickets)

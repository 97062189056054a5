"""Counts records and events by outcome during a run."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from threading import Lock
from typing import TYPE_CHECKING

from target_linkedin_conversions.outcomes import ACCEPTED, Outcome
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.records.reasons import DELIVERIES, MESSAGES, SKIPS
from target_linkedin_conversions.records.window import BY_THE_CLOCK
from target_linkedin_conversions.reporting.report import ConsentToNobody, Field, Line, Money, StreamCount, Unmatched

if TYPE_CHECKING:
    from collections.abc import Iterable

    from target_linkedin_conversions.records.reasons import Reason

__all__ = ["AS_DELIVERED", "Tally"]

MOST_UNMATCHED = 20
MOSTLY_DIFFERENT = "(mostly different values)"
"""Replaces the values of a column that does not hold stages."""
_MOST_ODD, _FEWEST_REPEATS = 5, 2
"""Different values that are always listed; how often each must come on average where there are more."""
_MOST_TOLD = 5
_BEFORE_CONSENT = frozenset(
    {"no_consent", "deleted", "stream_not_configured", "against_tap_schema", "bad_map", "not_a_number", "unreadable"}
)
"""How records end whose consent granted nothing, or was not looked at."""

_MEANINGS: dict[Outcome, dict[str, str]] = {
    Outcome.SKIPPED: SKIPS,
    **dict.fromkeys((Outcome.DELIVERED, Outcome.ALREADY_DELIVERED, Outcome.IN_DOUBT), DELIVERIES),
}
"""Where the codes of an outcome are explained; all others are reasons."""

AS_DELIVERED = ACCEPTED | {Outcome.ALREADY_DELIVERED}
"""What `max_reject_ratio` holds the rejected events against."""


class Tally:
    """The counts of a run, from any thread; cheap, because it counts batches, not events."""

    def __init__(self) -> None:
        """Start from nothing."""
        self._lock = Lock()
        self._ended: Counter[tuple[str, str, Outcome, str]] = Counter()
        self._replayed: Counter[tuple[str, str, Outcome, str]] = Counter()
        self._made: Counter[tuple[str, str]] = Counter()
        self._settled: Counter[tuple[str, str]] = Counter()
        self._records: Counter[str] = Counter()
        self._left_out: Counter[tuple[str, str, str]] = Counter()
        self._found: Counter[tuple[str, str, str]] = Counter()
        self._repeated: Counter[str] = Counter()
        self._skipped_again: Counter[tuple[str, str]] = Counter()
        self._at_stake: dict[tuple[str, Outcome, str], tuple[Decimal, int]] = {}
        self._unmatched: dict[str, Counter[str]] = {}
        self._no_consent: dict[str, Counter[str]] = {}
        self.rejected = 0
        self.delivered = 0
        self.outstanding = 0
        self.is_by_the_clock = False
        """Whether a record yielded no event because of what this machine's clock shows."""

    def count_records(self, stream: str, records: int) -> None:
        """Count records of a stream that were read."""
        self._records[stream] += records

    def count_replayed(self, stream: str, rule: str, outcome: Outcome, code: str) -> None:
        """Count an event, or a row, of an earlier run that a replay takes up, by how it had ended; `rule` and `code` may be empty."""
        self._replayed[stream, rule, outcome, code] += 1

    def count_made(self, stream: str, rule: str, events: int) -> None:
        """Count events that were made and are under way."""
        with self._lock:
            self._made[stream, rule] += events
            self.outstanding += events

    def count_ended(self, stream: str, rule: str, outcome: Outcome, code: str, events: int) -> None:
        """Count events that have ended."""
        with self._lock:
            self._ended[stream, rule, outcome, code] += events
            self._settled[stream, rule] += events
            self.outstanding -= events
            self._weigh(outcome, events)

    def count_refused(self, stream: str, rule: str, outcome: Outcome, code: str) -> None:
        """Count a record that yielded no event."""
        with self._lock:
            self._ended[stream, rule, outcome, code] += 1
            self._weigh(outcome, 1)
        if code in BY_THE_CLOCK:
            self.is_by_the_clock = True

    def count_repeated(self, stream: str, events: int) -> None:
        """Count events that had the key, time and value of another one of this run; they have ended as delivered before."""
        with self._lock:
            self._repeated[stream] += events

    def repeated(self) -> Counter[str]:
        """How many events had the key, time and value of another one of this run, by the stream's name as shown."""
        counts: Counter[str] = Counter()
        with self._lock:
            for stream, events in self._repeated.items():
                counts[name_shown(stream)] += events
        return counts

    def count_skipped_again(self, stream: str, code: str) -> None:
        """Count a record that one more entry skipped for the same reason."""
        self._skipped_again[stream, code] += 1

    def skipped_again(self, stream: str, code: str) -> int:
        """How many times a record of a stream, by its name as shown, was skipped once more for that reason."""
        return sum(
            times for (of, why), times in self._skipped_again.items() if why == code and name_shown(of) == stream
        )

    def count_left_out(self, stream: str, reasons: Iterable[Reason]) -> None:
        """Count the fields that were left out of a record's events."""
        different = dict.fromkeys(reasons)
        for field, code in {(reason.field, reason.code) for reason in different}:
            self._left_out[stream, field, code] += 1
        self.count_costly(stream, different)

    def count_costly(self, stream: str, reasons: Iterable[Reason]) -> None:
        """Count the reasons for which an event was rejected, or what else is wrong with its record."""
        for reason in reasons:
            self._found[stream, reason.field, reason.finding] += 1

    def count_at_stake(self, rule: str, outcome: Outcome, currency: str, amount: str) -> None:
        """Add the value of an event that was not accepted; not safe for two threads at once."""
        total, events = self._at_stake.get((rule, outcome, currency), (Decimal(0), 0))
        self._at_stake[rule, outcome, currency] = (total + Decimal(amount), events + 1)

    def count_unmatched(self, stream: str, value: str) -> None:
        """Count a value that chose no rule; only the first different ones are kept by name."""
        _count_value(self._unmatched.setdefault(stream, Counter()), value)

    def count_no_consent(self, stream: str, value: str) -> None:
        """Count a value that granted no consent; only the first different ones are kept, as they may be shown."""
        _count_value(self._no_consent.setdefault(stream, Counter()), value)

    def _weigh(self, outcome: Outcome, events: int) -> None:
        if outcome is Outcome.REJECTED:
            self.rejected += events
        elif outcome in AS_DELIVERED:
            self.delivered += events

    def replayed(self) -> list[Line]:
        """What a replay has taken up of earlier runs, by how it had ended there."""
        return [
            Line(name_shown(stream), rule, outcome, code, events)
            for (stream, rule, outcome, code), events in sorted(self._replayed.items())
        ]

    def judged(self) -> tuple[int, int]:
        """Events that were rejected, and all that were rejected or delivered, or may still be: both of one moment."""
        with self._lock:
            return self.rejected, self.rejected + self.delivered + self.outstanding

    @property
    def records(self) -> int:
        """Records read."""
        return sum(list(self._records.values()))

    @property
    def accepted(self) -> int:
        """Events that LinkedIn took in this run, or in a dry run would be sent."""
        with self._lock:
            return sum(events for (_, _, outcome, _), events in self._ended.items() if outcome in ACCEPTED)

    def lines(self) -> list[Line]:
        """Every count by stream, rule, outcome and code; events that were made and have not ended are unsent."""
        with self._lock:
            counts = Counter(self._ended)
            unsent = self._made - self._settled
        for (stream, rule), events in unsent.items():
            counts[stream, rule, Outcome.UNSENT, ""] = events
        return [
            Line(
                name_shown(stream),
                rule,
                outcome,
                code,
                events,
                _MEANINGS.get(outcome, MESSAGES).get(code, ""),
            )
            for (stream, rule, outcome, code), events in sorted(counts.items())
        ]

    def streams(self) -> list[StreamCount]:
        """Records and events by stream."""
        made: Counter[str] = Counter()
        for (stream, _), events in self._made.items():
            made[stream] += events
        return [
            StreamCount(name_shown(stream), records, made[stream]) for stream, records in sorted(self._records.items())
        ]

    def fields(self) -> list[Field]:
        """The fields left out, the most frequent first."""
        return [
            Field(name_shown(stream), name_shown(field), code, records, MESSAGES.get(code, ""))
            for (stream, field, code), records in self._left_out.most_common()
        ]

    def reasons(self) -> list[Field]:
        """The fields left out and those that cost an event, each with how many records had it, by the codes of findings."""
        return [
            Field(name_shown(stream), name_shown(field), code, records, MESSAGES.get(code, ""))
            for (stream, field, code), records in self._found.most_common()
        ]

    def at_stake(self) -> list[Money]:
        """What the events are worth that were not accepted, or in a dry run would be sent."""
        return [
            Money(rule, outcome, currency, f"{amount:f}", events)
            for (rule, outcome, currency), (amount, events) in sorted(self._at_stake.items())
        ]

    def unmatched_values(self) -> list[Unmatched]:
        """Values that chose no rule, the most frequent first; of a column whose values mostly differ only how many records."""
        return [
            Unmatched(name_shown(stream), value, records)
            for stream, values in self._unmatched.items()
            for value, records in _listed(values)
        ]

    def consent_to_nobody(self) -> list[ConsentToNobody]:
        """The streams of which no record's consent was granted, and the values that came instead."""
        without: Counter[str] = Counter()
        with self._lock:
            granted = {stream for stream, _ in self._made}
            for (stream, _, _, code), events in self._ended.items():
                if code == "no_consent":
                    without[stream] += events
                elif code not in _BEFORE_CONSENT:
                    granted.add(stream)
        return [
            ConsentToNobody(
                name_shown(stream),
                [value for value, _ in self._values(stream)],
                records - self._skipped_again[stream, "no_consent"],
            )
            for stream, records in sorted(without.items())
            if records and stream not in granted
        ]

    def _values(self, stream: str) -> list[tuple[str, int]]:
        return self._no_consent.get(stream, Counter()).most_common(_MOST_TOLD)


def _listed(values: Counter[str]) -> list[tuple[str, int]]:
    """The values where they repeat, as stages do; where they mostly differ they may be names or numbers and are not listed."""
    named = [records for value, records in values.items() if not value.startswith("(")]
    if len(named) > _MOST_ODD and sum(named) < _FEWEST_REPEATS * len(named):
        return [(MOSTLY_DIFFERENT, values.total())]
    return values.most_common()


def _count_value(values: Counter[str], value: str) -> None:
    values[value if value in values or len(values) < MOST_UNMATCHED else "(others)"] += 1

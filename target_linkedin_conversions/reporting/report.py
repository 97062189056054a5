"""A run's report: one struct, data first, written as JSON; everything people read is made of it."""

from __future__ import annotations

from collections import Counter
from threading import Lock

import msgspec

from target_linkedin_conversions.records.reasons import DELIVERIES, MESSAGES, SKIPS

MOST_UNMATCHED = 20

_MEANINGS = {"skipped": SKIPS, "delivered": DELIVERIES, "already_delivered": DELIVERIES, "in_doubt": DELIVERIES}
"""Where the codes of an outcome are explained; all others are reasons."""


class Line(msgspec.Struct, frozen=True):
    """How many events (or records without one) of a stream and rule ended so, and why."""

    stream: str
    rule: str
    outcome: str
    code: str
    events: int
    meaning: str = ""


class StreamCount(msgspec.Struct, frozen=True):
    """What was read of a stream."""

    stream: str
    records: int
    events: int


class Field(msgspec.Struct, frozen=True):
    """A field that was left out of events, how often, and the mend."""

    stream: str
    field: str
    code: str
    records: int
    mend: str


class Unmatched(msgspec.Struct, frozen=True):
    """A value of the column that chooses the rule which no case fits."""

    stream: str
    value: str
    records: int


class EarlierRun(msgspec.Struct, frozen=True):
    """A run that was killed before it could report, as the ledger knows it.

    `resent` of its `delivered` events had been sent before without an answer; of those
    `in_doubt` no later run has yet decided.
    """

    run: str
    delivered: int
    resent: int
    in_doubt: int


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a run has to say, for programs and people."""

    run: str
    version: str
    started: str
    ended: str
    seconds: float
    outcome: str
    exit_code: int
    message: str = ""
    dry_run: bool = False
    linkedin_version: str = ""
    requests: int = 0
    records: int = 0
    events: int = 0
    counts: dict[str, int] = {}
    streams: list[StreamCount] = []
    lines: list[Line] = []
    left_out: list[Field] = []
    unmatched: list[Unmatched] = []
    warnings: list[str] = []
    untyped_rules: list[str] = []
    earlier: list[EarlierRun] = []
    ledger: str = ""
    rejects: str = ""
    outbox: str = ""


class Tally:
    """Counts as the run goes, from any thread; cheap, because it counts batches, not events."""

    def __init__(self) -> None:
        """Start from nothing."""
        self._lock = Lock()
        self._ended: Counter[tuple[str, str, str, str]] = Counter()
        self._made: Counter[tuple[str, str]] = Counter()
        self._settled: Counter[tuple[str, str]] = Counter()
        self._records: Counter[str] = Counter()
        self._record_events: Counter[str] = Counter()
        self._left_out: Counter[tuple[str, str, str]] = Counter()
        self._unmatched: dict[str, Counter[str]] = {}
        self.rejected = 0
        self.delivered = 0
        self.outstanding = 0

    def read(self, stream: str, records: int) -> None:
        """So many records of a stream were read."""
        self._records[stream] += records

    def made(self, stream: str, rule: str, events: int) -> None:
        """So many events were made and are on their way."""
        with self._lock:
            self._made[stream, rule] += events
            self.outstanding += events

    def ended(self, stream: str, rule: str, outcome: str, code: str, events: int) -> None:
        """So many events that were made have ended."""
        with self._lock:
            self._ended[stream, rule, outcome, code] += events
            self._settled[stream, rule] += events
            self.outstanding -= events
            self._weigh(outcome, events)

    def refused(self, stream: str, rule: str, outcome: str, code: str) -> None:
        """A record yielded no event."""
        with self._lock:
            self._ended[stream, rule, outcome, code] += 1
            self._weigh(outcome, 1)

    def left_out(self, stream: str, field: str, code: str) -> None:
        """A field was left out of a record's events."""
        self._left_out[stream, field, code] += 1

    def unmatched(self, stream: str, value: str) -> None:
        """A value chose no rule; only the first different ones are kept by name."""
        values = self._unmatched.setdefault(stream, Counter())
        values[value if value in values or len(values) < MOST_UNMATCHED else "(others)"] += 1

    def _weigh(self, outcome: str, events: int) -> None:
        if outcome == "rejected":
            self.rejected += events
        elif outcome in {"delivered", "already_delivered", "would_send"}:
            self.delivered += events

    @property
    def reject_ratio(self) -> float:
        """Rejected of all judged events; what is under way counts as delivered until it is not."""
        return self.rejected / max(1, self.judged)

    @property
    def judged(self) -> int:
        """Events that were rejected or delivered, or may still be."""
        return self.rejected + self.delivered + self.outstanding

    @property
    def records(self) -> int:
        """Records read."""
        return sum(self._records.values())

    def lines(self) -> list[Line]:
        """Every count by stream, rule, outcome and code; what is said of nothing else is unsent."""
        with self._lock:
            found = Counter(self._ended)
            unsent = self._made - self._settled
        for (stream, rule), events in unsent.items():
            found[stream, rule, "unsent", ""] = events
        return [
            Line(
                stream,
                rule,
                outcome,
                code,
                events,
                _MEANINGS.get(outcome, MESSAGES).get(code, ""),
            )
            for (stream, rule, outcome, code), events in sorted(found.items())
        ]

    def streams(self) -> list[StreamCount]:
        """Records and events by stream."""
        made: Counter[str] = Counter()
        for (stream, _), events in self._made.items():
            made[stream] += events
        return [StreamCount(stream, records, made[stream]) for stream, records in sorted(self._records.items())]

    def fields(self) -> list[Field]:
        """The fields left out, the most frequent first."""
        return [
            Field(stream, field, code, records, MESSAGES.get(code, ""))
            for (stream, field, code), records in self._left_out.most_common()
        ]

    def unmatched_values(self) -> list[Unmatched]:
        """Values that chose no rule, the most frequent first."""
        return [
            Unmatched(stream, value, records)
            for stream, values in self._unmatched.items()
            for value, records in values.most_common()
        ]

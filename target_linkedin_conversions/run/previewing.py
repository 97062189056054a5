"""What a load would make of some records: mapped as a load maps them, looked at, and neither sent nor written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from target_linkedin_conversions.errors import InputError
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.readiness.extras import not_looked_at
from target_linkedin_conversions.readiness.finding import Finding, finding, worst_first
from target_linkedin_conversions.readiness.matching import Readiness
from target_linkedin_conversions.readiness.stream import FilledField, Look
from target_linkedin_conversions.records.event import MissingKey
from target_linkedin_conversions.records.looks import looks_personal
from target_linkedin_conversions.records.reasons import MESSAGES
from target_linkedin_conversions.reporting.tally import Tally
from target_linkedin_conversions.run.mapping import mapping_of, mapping_of_unsent
from target_linkedin_conversions.run.streams import Streams
from target_linkedin_conversions.run.suppress import suppress_list

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from target_linkedin_conversions.records.columns import Row, RowType
    from target_linkedin_conversions.records.event import Event
    from target_linkedin_conversions.records.mapping import EventsOf
    from target_linkedin_conversions.records.plan import StreamPlan
    from target_linkedin_conversions.settings import Settings

__all__ = ["Previewed", "PreviewedStream", "Previewing"]

_PAYLOADS = 3


class Ended(msgspec.Struct, frozen=True):
    """How many events (or records without one) of a rule would end so, and why."""

    rule: str
    outcome: str
    code: str
    events: int
    meaning: str


class PreviewedStream(msgspec.Struct, frozen=True):
    """What one stream would become."""

    stream: str
    records: int
    events: int
    fields: list[FilledField]
    outcomes: list[Ended]
    readiness: Readiness
    payloads: list[msgspec.Raw]


class Previewed(msgspec.Struct, frozen=True):
    """What all records would become; `complete` says whether all that came were looked at."""

    records: int
    complete: bool
    streams: list[PreviewedStream]
    findings: list[Finding]
    warnings: list[str]


class Previewing:
    """Takes schemas and records as they come, and tells in the end."""

    def __init__(self, settings: Settings, now: int) -> None:
        """`now` is in epoch milliseconds. Reads the suppress list; raises `ConfigError` where it cannot be read."""
        self._settings, self._now = settings, now
        self.warnings: list[str] = []
        self._streams = Streams(settings, self._warn)
        self._streams.suppressed = suppress_list(settings.suppress)
        self._tally = Tally()
        self._known: dict[str, _Stream] = {}
        self._odd: list[Finding] = []
        self.records = 0
        self.complete = True

    def _warn(self, warning: str) -> None:
        if warning not in self.warnings:
            self.warnings.append(warning)

    def schema(self, stream: str, schema: Mapping[str, Any], key: Sequence[str]) -> None:
        """Map a stream by its schema; one that comes again as it was changes nothing. Raises `ConfigError`."""
        known = self._known.get(stream)
        if known is not None and known.came_as == (schema, tuple(key)):
            return
        entries = self._streams.entries_of(stream)
        plans = self._streams.plans(stream, schema, key, entries) if entries else ()
        made = _Stream(stream, plans, key, self._tally, self._now, remembers=self._settings.send_once)
        made.came_as = (schema, tuple(key))
        self._known[stream] = made if known is None else made.after(known)

    def record(self, stream: str, record: Mapping[str, Any]) -> None:
        """Look at one record; raises `InputError` where its schema or its key did not come."""
        known = self._known.get(stream)
        if known is None:
            raise InputError(f"a record of stream {stream!r} came before its SCHEMA; the tap must send that first")
        self.records += 1
        known.take(record)

    def odd_rows(self, stream: str, code: str, rows: int, line: int) -> None:
        """So many rows of a stream had something wrong before their values were read, the first in this line of its file."""
        about = f"the first in line {line:,}"
        self._odd.append(msgspec.structs.replace(finding(code, rows, about=about), stream=stream))
        if code in MESSAGES:
            self.records += rows
            self._tally.count_ended(stream, "", Outcome.REJECTED, code, rows)

    def result(self) -> Previewed:
        """What was found."""
        for known in self._known.values():
            known.count()
        streams = [self._told(known) for known in self._known.values()]
        findings = [*self._odd, *(one for known in self._known.values() for one in known.findings())]
        warnings = [*self.warnings, *not_looked_at()]
        return Previewed(self.records, self.complete, streams, worst_first(findings), warnings)

    def _told(self, known: _Stream) -> PreviewedStream:
        outcomes = [
            Ended(line.rule, line.outcome.value, line.code, line.events, line.meaning)
            for line in self._tally.lines()
            if line.stream == known.stream
        ]
        readiness = known.readiness()
        payloads = [msgspec.Raw(payload) for payload in known.payloads]
        return PreviewedStream(
            known.stream, known.records, readiness.events, known.fields(), outcomes, readiness, payloads
        )


class _Stream:
    """One stream's records: mapped by each entry, and looked at by as many."""

    def __init__(
        self,
        stream: str,
        plans: Sequence[StreamPlan],
        key: Sequence[str],
        tally: Tally,
        now: int,
        *,
        remembers: bool,
    ) -> None:
        self.stream, self._tally, self._now, self._remembers = stream, tally, now, remembers
        mapping = mapping_of(plans) if plans else mapping_of_unsent(key)
        self._row_type: RowType = mapping.row_type
        self.looks = [Look(plan, now, looks_personal) for plan in plans]
        self._entries: list[tuple[EventsOf, Look | None]] = [
            (entry.events_of, self.looks[at] if plans else None) for at, entry in enumerate(mapping.entries)
        ]
        self.came_as: tuple[Mapping[str, Any], tuple[str, ...]] = ({}, ())
        self.records = 0
        self.payloads: list[bytes] = []
        self._ended: dict[tuple[str, Outcome, str], int] = {}
        self._earlier: _Stream | None = None

    def after(self, earlier: _Stream) -> _Stream:
        """The same stream by a new schema: what was seen before stays."""
        self.records, self.payloads, self._earlier = earlier.records, earlier.payloads, earlier
        return self

    def take(self, record: Mapping[str, Any]) -> None:
        """One record through every entry."""
        self.records += 1
        row: Row = self._row_type.of(record)
        for events_of, look in self._entries:
            made = events_of(row, self._now)
            if type(made) is list:
                self._count_events(made, look)
            elif isinstance(made, MissingKey):
                raise InputError(
                    f"a record of stream {self.stream!r} lacks its key property {made.name!r}; each must have it"
                )
            elif made.skipped:  # type: ignore[union-attr]  # no list
                self._count(made.rule or "", Outcome.SKIPPED, made.skipped)  # type: ignore[union-attr]
            else:
                self._count(made.rule or "", Outcome.REJECTED, made.reasons[0].code)  # type: ignore[union-attr]
            if look is not None:
                look.see(row, record, made)

    def _count_events(self, events: list[Event], look: Look | None) -> None:
        repeated = False
        for event in events:
            came = look.identities.came_before(event) if look is not None else None
            repeated |= bool(came)
            if came is None or not self._remembers:
                self._count(event.rule, Outcome.WOULD_SEND, "")
                if len(self.payloads) < _PAYLOADS:
                    self.payloads.append(event.payload)
            else:
                self._count(event.rule, Outcome.ALREADY_DELIVERED, came)
        if repeated and look is not None:
            look.identities.repeated()

    def _count(self, rule: str, outcome: Outcome, code: str) -> None:
        ending = (rule, outcome, code)
        self._ended[ending] = self._ended.get(ending, 0) + 1

    def count(self) -> None:
        """Tell the tally how all ended, once."""
        if self._earlier is not None:
            self._earlier.count()
        for (rule, outcome, code), events in self._ended.items():
            self._tally.count_ended(self.stream, rule, outcome, code, events)
        self._ended.clear()

    def findings(self) -> list[Finding]:
        """Every finding, each once though several entries read the same column."""
        own = dict.fromkeys(
            msgspec.structs.replace(one, stream=self.stream) for look in self.looks for one in look.findings()
        )
        found = [*own, *(self._earlier.findings() if self._earlier is not None else ())]
        return _added(found, "records")

    def fields(self) -> list[FilledField]:
        """Every field of every entry, with how many records fill it."""
        own = dict.fromkeys(field for look in self.looks for field in look.fields)
        return _added([*own, *(self._earlier.fields() if self._earlier is not None else ())], "filled")

    def readiness(self) -> Readiness:
        """That of all entries' events."""
        earlier = [self._earlier.readiness()] if self._earlier is not None else []
        return _sum([*(look.matching.readiness for look in self.looks), *earlier])


_Counted = TypeVar("_Counted", Finding, FilledField)


def _added(parts: Sequence[_Counted], count: str) -> list[_Counted]:
    """Those that differ in nothing but their count as one, with all of it."""
    totals: dict[_Counted, int] = {}
    for part in parts:
        kind = msgspec.structs.replace(part, **{count: 0})
        totals[kind] = totals.get(kind, 0) + getattr(part, count)
    return [msgspec.structs.replace(kind, **{count: total}) for kind, total in totals.items()]


def _sum(parts: Sequence[Readiness]) -> Readiness:
    """The readiness of all entries' events."""
    if len(parts) == 1:
        return parts[0]
    by_identifier: dict[str, int] = {}
    per_event: dict[str, int] = {}
    for part in parts:
        for total, counts in ((by_identifier, part.by_identifier), (per_event, part.identifiers_per_event)):
            for name, events in counts.items():
                total[name] = total.get(name, 0) + events
    return Readiness(
        sum(part.events for part in parts),
        sum(part.strong for part in parts),
        sum(part.supported for part in parts),
        sum(part.weak for part in parts),
        by_identifier,
        per_event,
    )

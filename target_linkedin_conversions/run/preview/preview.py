"""Maps and inspects records as a load does, and neither sends nor writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from target_linkedin_conversions.errors import InputError
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.readiness.extras import not_looked_at
from target_linkedin_conversions.readiness.finding import Finding, finding, worst_first
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.records.reasons import MESSAGES
from target_linkedin_conversions.reporting.tally import Tally
from target_linkedin_conversions.run.preview.findings import Ended, Previewed, PreviewedStream
from target_linkedin_conversions.run.preview.stream import StreamPreview
from target_linkedin_conversions.run.streams import Streams
from target_linkedin_conversions.run.suppress import suppress_list
from target_linkedin_conversions.singer_messages import before_schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from target_linkedin_conversions.settings import Settings

__all__ = ["Previewing"]

_NONE_CAME = (
    "no record came, so nothing was looked at; a tap that wrote none has failed, or has selected no stream: see its own "
    "messages, and with Meltano `meltano select TAP --list`"
)


class Previewing:
    """Takes schemas and records in the order of the input; `result` tells how a load of them would end."""

    def __init__(self, settings: Settings, now: int) -> None:
        """`now` is in epoch milliseconds. Reads the suppress list; raises `ConfigError` where it cannot be read."""
        self._settings, self._now = settings, now
        self.warnings: list[str] = []
        self._streams = Streams(settings, self._warn)
        self._streams.suppressed = suppress_list(settings.suppress)
        self._known: dict[str, StreamPreview] = {}
        self._odd: list[Finding] = []
        self.records = 0
        self.complete = True

    def _warn(self, warning: str) -> None:
        if warning not in self.warnings:
            self.warnings.append(warning)

    def schema(self, stream: str, schema: Mapping[str, Any], key: Sequence[str]) -> None:
        """Map a stream by its schema; a repeated, unchanged schema has no effect. Raises `ConfigError`."""
        known = self._known.get(stream)
        if known is not None and known.schema_and_key == (schema, tuple(key)):
            return
        entries = self._streams.entries_of(stream)
        plans = self._streams.plans(stream, schema, key, entries) if entries else ()
        made = StreamPreview(stream, plans, key, self._now, remembers=self._settings.send_once, warn=self._warn)
        made.schema_and_key = (schema, tuple(key))
        self._known[stream] = made if known is None else made.after(known)

    def record(self, stream: str, record: Mapping[str, Any]) -> None:
        """Look at one record; raises `InputError` where its schema or its key, or that of one before it, did not come."""
        known = self._known.get(stream)
        if known is None:
            raise InputError(before_schema(stream))
        self.records += 1
        known.take(record)

    def odd_rows(self, stream: str, code: str, rows: int, line: int) -> None:
        """Add a finding for rows that were broken before their values could be read; `line` is that of the first in its file."""
        about = f"the first in line {line:,}"
        self._odd.append(msgspec.structs.replace(finding(code, rows, about=about), stream=stream))
        if code in MESSAGES:
            self.records += rows

    def result(self) -> Previewed:
        """How a load of all records so far would end, with every finding.

        Raises `InputError` where a record lacks its key, and `ConfigError`, as a load does, where no entry fits any stream
        that brought records; the latter not where only a part of the input was read, for other streams may follow it.
        """
        if self.complete:
            self._streams.matching.check(name_shown(known.stream) for known in self._known.values() if known.records)
        streams = [self._told(known) for known in self._known.values()]
        findings = [*self._odd, *(one for known in self._known.values() for one in known.findings())]
        none_came = [_NONE_CAME] if self.complete and not self.records else []
        warnings = [*none_came, *self.warnings, *not_looked_at()]
        return Previewed(self.records, self.complete, streams, worst_first(findings), warnings)

    def _told(self, known: StreamPreview) -> PreviewedStream:
        tally = Tally()
        for (rule, outcome, code), events in known.ended.items():
            tally.count_ended(known.stream, rule, outcome, code, events)
        for odd in self._odd:
            if odd.stream == known.stream and odd.code in MESSAGES:
                tally.count_ended(known.stream, "", Outcome.REJECTED, odd.code, odd.records)
        outcomes = [
            Ended(line.rule, line.outcome.value, line.code, line.events, line.meaning) for line in tally.lines()
        ]
        readiness = known.readiness()
        payloads = [msgspec.Raw(payload) for payload in known.payloads]
        return PreviewedStream(
            known.stream, known.records, readiness.events, known.fields(), outcomes, readiness, payloads
        )

"""By what LinkedIn may match the events: what is there, and what is missing; nothing is predicted."""

from __future__ import annotations

from collections import Counter as Counts
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.readiness.finding import finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_linkedin_conversions.readiness.finding import Finding, Made, Record
    from target_linkedin_conversions.records.columns import Row
    from target_linkedin_conversions.records.plan import StreamPlan

__all__ = ["COMPANY", "IDENTIFIER", "STRONG", "Matching", "Readiness"]

STRONG = ("SHA256_EMAIL", "LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID")
"""The identifiers by which LinkedIn matches best, the more frequent first."""
_STRONG_FIELDS = frozenset({"email", "li_fat_id"})
IDENTIFIER, _VALUE, COMPANY = b'{"idType":"', b',"conversionValue":{', b',"companyName":"'
"""How these stand in an event's JSON; in a text their quotes would be escaped."""


class Readiness(msgspec.Struct, frozen=True):
    """How many events can be matched well: by an e-mail or click id; by names and company; or by less."""

    events: int
    strong: int
    supported: int
    weak: int
    by_identifier: dict[str, int]
    identifiers_per_event: dict[str, int]


class Matching:
    """Counts the identifiers of each event, and of records those that lack one."""

    def __init__(self, plan: StreamPlan) -> None:
        """Nothing is seen yet."""
        self._columns = tuple((column.field, column.place) for column in plan.identifiers)
        types = dict.fromkeys(column.id_type for column in plan.identifiers)
        self._types = tuple((one, f'{{"idType":"{one}"'.encode(), one in STRONG) for one in types)
        self._has_value = plan.value is not None
        self._events = self._strong = self._supported = 0
        self._by_identifier: Counts[str] = Counts()
        self._per_event: Counts[int] = Counts()
        self._single = self._not_strong = self._several_values = 0

    def see(self, row: Row, record: Record, made: Made) -> None:  # noqa: ARG002 - a counter's signature
        """Look at the events of one record, which differ in their rules and values only."""
        if type(made) is not list:
            return
        payload, events = made[0].payload, len(made)
        is_strong = False
        for name, written, strong in self._types:
            if written in payload:
                self._by_identifier[name] += events
                is_strong |= strong
        identifiers = payload.count(IDENTIFIER)
        self._per_event[identifiers] += events
        self._events += events
        if is_strong:
            self._strong += events
        else:
            self._supported += events if COMPANY in payload else 0
            # What is filled and no good has a finding of its own.
            self._not_strong += not any(row[place] for field, place in self._columns if field in _STRONG_FIELDS)
        if identifiers == 1 and len(self._columns) > 1:
            self._single += sum(bool(row[place]) for _, place in self._columns) == 1
        if events > 1 and self._has_value:
            self._several_values += sum(_VALUE in event.payload for event in made) > 1

    @property
    def readiness(self) -> Readiness:
        """What is there."""
        weak = self._events - self._strong - self._supported
        per_event = {str(number): events for number, events in sorted(self._per_event.items())}
        by_identifier = dict(self._by_identifier.most_common())
        return Readiness(self._events, self._strong, self._supported, weak, by_identifier, per_event)

    def findings(self) -> Iterator[Finding]:
        """At most one of each kind."""
        for code, records, field in (
            ("only_one_identifier", self._single, ""),
            ("no_strong_identifier", self._not_strong, ""),
            ("value_in_several_rules", self._several_values, "value"),
        ):
            if records:
                yield finding(code, records, field=field)

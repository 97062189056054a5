"""By what LinkedIn may match the events: what is there, and what is missing; nothing is predicted."""

from __future__ import annotations

from collections import Counter as Counts
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.readiness.finding import finding
from target_linkedin_conversions.records.normalise import email
from target_linkedin_conversions.records.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_linkedin_conversions.readiness.finding import Batch, Finding
    from target_linkedin_conversions.records.columns import Row, Value
    from target_linkedin_conversions.records.event import Event
    from target_linkedin_conversions.records.plan import StreamPlan

__all__ = ["COMPANY", "IDENTIFIER", "STRONG", "Matching", "Readiness"]

STRONG = ("SHA256_EMAIL", "LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID")
"""The identifiers by which LinkedIn matches best, the more frequent first."""
IDENTIFIER, _VALUE, COMPANY = b'{"idType":"', b',"conversionValue":{', b',"companyName":"'
_EMAIL = b'{"idType":"SHA256_EMAIL"'
"""How these stand in an event's JSON; in a text their quotes would be escaped."""


def _is_blank(value: Value) -> bool:
    return isinstance(value, str) and not value.strip()


def _is_good(value: Value) -> bool:
    found = email(value)
    return any(isinstance(one, str) for one in found) if isinstance(found, list) else isinstance(found, str)


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

    def see(self, batch: Batch) -> None:
        """Look at the events of each record."""
        see = self._see
        for row, made in zip(batch.rows, batch.made, strict=True):
            if type(made) is list:
                see(row, made)

    def _see(self, row: Row, made: list[Event]) -> None:
        """Look at the events of one record, which differ in their rules and values only."""
        payload, events = made[0].payload, len(made)
        ids = payload[: payload.find(b"]")]
        is_strong = False
        for name, written, strong in self._types:
            if written in ids:
                self._by_identifier[name] += events
                is_strong |= strong
        identifiers = ids.count(IDENTIFIER)
        self._per_event[identifiers] += events
        self._events += events
        if is_strong:
            self._strong += events
        else:
            self._supported += events if COMPANY in payload else 0
            self._not_strong += not self._has_bad_email(row, 0)
        if identifiers == 1 and len(self._columns) > 1:
            self._single += not self._has_bad_email(row, 1 if _EMAIL in ids else 0)
        if events > 1 and self._has_value:
            self._several_values += sum(_VALUE in event.payload for event in made) > 1

    def _has_bad_email(self, row: Row, sent: int) -> bool:
        """Whether an e-mail column is filled with what is none, which has a finding of its own; `sent` of them are good."""
        values = [row[place] for field, place in self._columns if field == "email"]
        filled = [value for value in values if value and type(value) is not Reason and not _is_blank(value)]
        return len(filled) > sent and not all(map(_is_good, filled))

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

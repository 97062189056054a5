"""Counts the identifiers by which LinkedIn may match events, and events that lack them; predicts nothing."""

from __future__ import annotations

import re
from collections import Counter as Counts
from itertools import chain, repeat
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.readiness.counted import is_new
from target_linkedin_conversions.readiness.finding import finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from target_linkedin_conversions.readiness.batch import Batch
    from target_linkedin_conversions.readiness.counted import Counted
    from target_linkedin_conversions.readiness.finding import Finding
    from target_linkedin_conversions.records.event import Event
    from target_linkedin_conversions.records.plan import StreamPlan

__all__ = ["COMPANY", "IDENTIFIER", "STRONG", "Matching", "Readiness", "lacks_email"]

STRONG = ("SHA256_EMAIL", "LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID")
"""The identifiers by which LinkedIn matches best, the more frequent first."""
_STRONG = frozenset(one.encode() for one in STRONG)
_SEVERAL = 2
_SINGLE, _NOT_STRONG = "only_one_identifier", "no_strong_identifier"
IDENTIFIER, COMPANY = b'{"idType":"', b',"companyName":"'
"""How these stand in an event's JSON; in a text their quotes would be escaped."""
_TYPES = re.compile(IDENTIFIER + b'([A-Z0-9_]+)"').findall


def lacks_email(event: Event) -> bool:
    """Whether an e-mail column of its record is filled with what is none, which has a finding of its own."""
    return any(reason.field == "email" for reason in event.left_out)


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
        self._several_mapped = plan.has_several_identifiers
        self._by_types: Counts[tuple[bytes, ...]] = Counts()
        self._supported = self._single = self._not_strong = 0

    def see(self, batch: Batch) -> None:
        """Look at the events of each record, which differ in their rules and values only."""
        by_types = self._by_types
        made_of_all = [made for made in batch.made if type(made) is list]
        payloads = [made[0].payload for made in made_of_all]
        types = [tuple(_TYPES(payload, 0, payload.find(b"]"))) for payload in payloads]
        by_types.update(chain.from_iterable(map(repeat, types, map(len, made_of_all))))
        weak = {one for one in by_types if len(one) < _SEVERAL or _STRONG.isdisjoint(one)}
        if weak:
            counted_of_all = [
                counted for made, counted in zip(batch.made, batch.counted, strict=False) if type(made) is list
            ]
            for made, of_it, counted in zip(made_of_all, types, counted_of_all, strict=True):
                if of_it in weak:
                    self._see_weak(made, of_it, counted)

    def _see_weak(self, made: list[Event], types: Sequence[bytes], counted: Counted | None) -> None:
        """Look at events with a single identifier, or with none that is strong."""
        is_weak, is_single = _STRONG.isdisjoint(types), len(types) == 1 and self._several_mapped
        if is_weak:
            self._supported += len(made) if COMPANY in made[0].payload else 0
        if not lacks_email(made[0]):
            self._not_strong += is_weak and is_new("user", _NOT_STRONG, counted)
            self._single += is_single and is_new("user", _SINGLE, counted)

    @property
    def readiness(self) -> Readiness:
        """The counts so far."""
        strong = 0
        by_identifier: Counts[str] = Counts()
        per_event: Counts[int] = Counts()
        for types, events in self._by_types.items():
            strong += 0 if _STRONG.isdisjoint(types) else events
            per_event[len(types)] += events
            by_identifier.update({one.decode(): events for one in types})
        events = self._by_types.total()
        return Readiness(
            events,
            strong,
            self._supported,
            events - strong - self._supported,
            dict(by_identifier.most_common()),
            {str(number): count for number, count in sorted(per_event.items())},
        )

    def findings(self) -> Iterator[Finding]:
        """At most one of each kind."""
        for code, records in ((_SINGLE, self._single), (_NOT_STRONG, self._not_strong)):
            if records:
                yield finding(code, records)

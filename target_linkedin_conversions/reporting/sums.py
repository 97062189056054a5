"""Adds up what the reports of several runs count alike, for the report of the job that they are parts of."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

import msgspec

from target_linkedin_conversions.readiness.finding import Finding, worst_first
from target_linkedin_conversions.readiness.payloads import MatchedBy
from target_linkedin_conversions.reporting.report import ConsentToNobody, Money, RuleInRun, StreamCount

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from target_linkedin_conversions.reporting.report import End, QuotaUse, Report

__all__ = [
    "consent_to_nobody",
    "ends",
    "findings",
    "money",
    "quota",
    "readiness",
    "repeated",
    "rules",
    "streams",
    "summed",
]

_DAY = len("2026-11-28")
_Counted = TypeVar("_Counted", bound=msgspec.Struct)


def summed(counted: Iterable[_Counted], number: str) -> list[_Counted]:
    """Counts of several runs as one, the highest first."""
    sums: Counter[_Counted] = Counter()
    for one in counted:
        sums[msgspec.structs.replace(one, **{number: 0})] += getattr(one, number)
    return [msgspec.structs.replace(one, **{number: total}) for one, total in sums.most_common()]


def streams(reports: Iterable[Report]) -> list[StreamCount]:
    """Records and events by stream."""
    records: Counter[str] = Counter()
    events: Counter[str] = Counter()
    for one in (stream for report in reports for stream in report.streams):
        records[one.stream] += one.records
        events[one.stream] += one.events
    return [StreamCount(stream, number, events[stream]) for stream, number in sorted(records.items())]


def repeated(reports: Iterable[Report]) -> Counter[str]:
    """How many events of each stream had the key, time and value of another one of the same run."""
    events: Counter[str] = Counter()
    for one in (one for report in reports for one in report.repeated):
        events[one.stream] += one.events
    return events


def consent_to_nobody(reports: Sequence[Report]) -> list[ConsentToNobody]:
    """The streams of which no part had a record whose consent was granted."""
    found: dict[str, list[ConsentToNobody]] = defaultdict(list)
    for one in (one for report in reports for one in report.consent_to_nobody):
        found[one.stream].append(one)
    came = Counter(stream.stream for report in reports for stream in report.streams if stream.records)
    return [
        msgspec.structs.replace(parts[0], records=sum(part.records for part in parts))
        for stream, parts in sorted(found.items())
        if len(parts) == came[stream]
    ]


def findings(reports: Sequence[Report]) -> list[Finding]:
    """The findings of all parts; that nobody consented is one only where no part had anybody who did."""
    nobody = {one.stream: one.records for one in consent_to_nobody(reports)}
    of_parts = [one for report in reports for one in report.findings]
    return worst_first(
        [
            msgspec.structs.replace(one, records=nobody.get(one.stream, 0)) if one.code == "consent_to_nobody" else one
            for one in summed(of_parts, "records")
            if one.code != "consent_to_nobody" or one.stream in nobody
        ]
    )


def readiness(reports: Iterable[Report]) -> list[MatchedBy]:
    """How well the events of each stream can be matched."""
    found: dict[str, MatchedBy] = {}
    for one in (one for report in reports for one in report.readiness):
        before = found.get(one.stream, MatchedBy(one.stream, 0, 0, 0, 0, {}))
        per_event = Counter(before.identifiers_per_event) + Counter(one.identifiers_per_event)
        found[one.stream] = MatchedBy(
            one.stream,
            before.events + one.events,
            before.strong + one.strong,
            before.supported + one.supported,
            before.weak + one.weak,
            dict(sorted(per_event.items(), key=lambda item: int(item[0]))),
        )
    return [found[stream] for stream in sorted(found)]


def rules(reports: Iterable[Report]) -> list[RuleInRun]:
    """Every rule of the parts' events, from their first to their last one; what LinkedIn said of it where a part could read that."""
    found: dict[str, RuleInRun] = {}
    for one in (one for report in reports for one in report.rules):
        before = found.get(one.rule, one)
        known = before if before.read else one
        found[one.rule] = msgspec.structs.replace(
            known,
            events=one.events + (before.events if one.rule in found else 0),
            first=min(before.first, one.first, key=datetime.fromisoformat),
            last=max(before.last, one.last, key=datetime.fromisoformat),
        )
    return sorted(found.values(), key=lambda one: (len(one.rule), one.rule))


def money(reports: Iterable[Report]) -> list[Money]:
    """What the events are worth that were not accepted."""
    amounts: dict[tuple[str, str, str], Decimal] = {}
    events: Counter[tuple[str, str, str]] = Counter()
    kinds: dict[tuple[str, str, str], Money] = {}
    for one in (one for report in reports for one in report.at_stake):
        kind = (one.rule, one.outcome, one.currency)
        kinds.setdefault(kind, one)
        amounts[kind] = amounts.get(kind, Decimal(0)) + Decimal(one.amount)
        events[kind] += one.events
    return [
        msgspec.structs.replace(kinds[kind], amount=f"{amounts[kind]:f}", events=events[kind]) for kind in sorted(kinds)
    ]


def quota(reports: Iterable[Report]) -> QuotaUse | None:
    """The requests of the UTC day on which the last of the reports was written that knows of any."""
    known = [(report.ended[:_DAY], report.quota) for report in reports if report.quota is not None]
    last = max((day for day, _ in known), default="")
    return max((found for day, found in known if day == last), key=lambda found: found.used_today, default=None)


def ends(reports: Iterable[Report]) -> list[End]:
    """What ends soon, each with its first day."""
    found: dict[str, End] = {}
    for one in sorted((one for report in reports for one in report.ends), key=lambda one: one.day):
        found.setdefault(one.what, one)
    return list(found.values())

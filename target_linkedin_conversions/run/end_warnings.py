"""Warnings at the end of a run, from how its events ended."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.records.reasons import EARLIER_RUN, SAME_ID_OTHER_KEY, UNREACHABLE
from target_linkedin_conversions.records.rules import UNKNOWN_VALUE
from target_linkedin_conversions.reporting.repeats import (
    MEND_OF_CHANGED,
    MEND_OF_REPEATED,
    changed_often,
    repeated_often,
)
from target_linkedin_conversions.reporting.report import UnreachablePath
from target_linkedin_conversions.reporting.way_back import FedBy
from target_linkedin_conversions.run.stream_facts import StreamFacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from target_linkedin_conversions.reporting.report import (
        ConsentToNobody,
        EarlierRun,
        Field,
        Line,
        Repeated,
        Report,
        StreamCount,
        Unmatched,
    )

__all__ = [
    "consent_warning",
    "end_warnings",
    "parts_of_dry_run_warning",
    "small_parts_warning",
    "unreachable_paths",
    "worst_warnings",
]

_MANY_PARTS, _SMALL_PART = 20, 500
"""Fewer parts are not worth a warning; a part of less than a tenth of a full request is small."""
_MOST_VALUES = 5
"""Values that a warning names; the report has all."""
_MANY_RECORDS = 20
"""With fewer records it may be chance that all are left out."""
_HELD_BACK_BY = {
    "filtered": "only",
    "deleted": "deleted",
    "before_start": "not_before",
    "excluded": "exclude_email_domains",
    "suppressed": "suppress",
}
"""The key or setting that leaves records out, by its code; `stage_skipped` is not warned of: on many days no deal is won."""
_LEFT_OUT = frozenset({*_HELD_BACK_BY, "no_consent", "stage_skipped"})
_YAML_READS = frozenset({"yes", "on", "y"})
"""Values that YAML reads as true where they stand without quotes, so that they match no text in the data."""
_GOOD_PART = 50_000
"""Ten full requests: beside these the cost of starting a part is small."""


def end_warnings(report: Report) -> list[str]:
    """The warnings of how the events of a run, or of a job of several, ended, in their order."""
    return [
        *([] if report.dry_run else _in_doubt_warnings(report.lines)),
        *_earlier_warnings(report.earlier),
        *(consent_warning(one, report.fed_by) for one in report.consent_to_nobody),
        *_held_back_warnings(report.lines, report.fed_by),
        *_unknown_value_warnings(report.lines, report.unmatched, report.fed_by),
        *_changed_warnings(report.lines),
        *_repeated_warnings(report.repeated),
        *_unreachable_warnings(report.unreachable, report.streams, report.fed_by),
    ]


def worst_warnings(report: Report) -> list[str]:
    """Those that stand before all others: of events that were lost."""
    return _other_key_warnings(report.lines)


def consent_warning(found: ConsentToNobody, fed_by: FedBy) -> str:
    """The warning of a stream that granted nobody's consent; its column is named where it is known."""
    where = f" in column {found.column!r}" if found.column else ""
    came = f"; the values that came: {', '.join(map(repr, found.values))}" if found.values else ""
    quoted = (
        ", in quotes, for YAML reads a bare yes as true"
        if _YAML_READS.intersection(map(str.lower, found.values))
        else ""
    )
    past = ", for the tap's bookmark is past these records" if fed_by is FedBy.TAP else ""
    return (
        f"stream {found.stream}: consent{where} was granted by none of {how_many(found.records, 'record')}, so none was sent{came}; "
        f"name the values that grant it in consent.granted{quoted}, and {fed_by.again}{past}"
    )


def _in_doubt_warnings(lines: Iterable[Line]) -> list[str]:
    """A warning for each stream of which this run sent events that were never answered: the run itself may be a success."""
    events: Counter[str] = Counter()
    for line in lines:
        if line.outcome is Outcome.IN_DOUBT and line.code != EARLIER_RUN:
            events[line.stream] += line.events
    return [
        f"stream {stream}: {how_many(number, 'event is', 'events are')} in doubt, for what was sent was not answered by LinkedIn, which may have "
        f"taken {them} or not; see in the log what answered, and then let `linkedin-conversions rejects replay --in-doubt` send {them} again"
        for stream, number in sorted(events.items())
        for them in ["it" if number == 1 else "them"]
    ]


def _earlier_warnings(earlier: Iterable[EarlierRun]) -> list[str]:
    """A warning for each run that ended without a report and whose unanswered events are held: told once, by the run that finds it."""
    return [
        f"run {one.run} was ended before it could report; of what it had sent, {how_many(one.in_doubt, 'event')} stayed without an answer, and "
        "LinkedIn may have taken them or not; on_in_doubt decides when they are read again, and `linkedin-conversions rejects replay --in-doubt` "
        "sends what is held"
        for one in earlier
        if one.in_doubt
    ]


def _held_back_warnings(lines: Iterable[Line], fed_by: FedBy) -> list[str]:
    """A warning for each stream of which a key of its entry, or a setting, left out so many records and nothing else came of any."""
    codes: dict[str, Counter[str]] = {}
    for line in lines:
        codes.setdefault(line.stream, Counter())[line.code if line.outcome is Outcome.SKIPPED else ""] += line.events
    found = []
    for stream, counts in sorted(codes.items()):
        code, records = max(((code, counts[code]) for code in _HELD_BACK_BY), key=lambda one: one[1])
        if records >= _MANY_RECORDS and counts.keys() <= _LEFT_OUT:
            left = ", ".join(f"{number} {code}" for code, number in counts.most_common())
            found.append(
                f"stream {stream}: none of {how_many(counts.total(), 'record')} was let through ({left}); where that is not "
                f"meant, mend {_HELD_BACK_BY[code]}, and {fed_by.again}"
            )
    return found


def _unknown_value_warnings(lines: Iterable[Line], unmatched: Iterable[Unmatched], fed_by: FedBy) -> list[str]:
    """A warning for each stream with records of which no case fits the rule's column; `send` asks for the stages beforehand."""
    records: Counter[str] = Counter()
    for line in lines:
        if line.code == UNKNOWN_VALUE.code and line.outcome is Outcome.REJECTED and fed_by is not FedBy.FILE:
            records[line.stream] += line.events
    values: dict[str, list[str]] = {}
    for one in sorted(unmatched, key=lambda one: -one.records):
        values.setdefault(one.stream, []).append(f"{one.value!r} ({one.records})")
    return [
        f"stream {stream}: {how_many(number, 'record')} not sent, for no case of conversion_rule fits what the column holds"
        f"{': ' if stream in values else ''}{', '.join(values.get(stream, [])[:_MOST_VALUES])}; "
        f"add a case or set otherwise: skip, and {fed_by.again}"
        for stream, number in sorted(records.items())
    ]


def _changed_warnings(lines: Iterable[Line]) -> list[str]:
    """A warning for each stream of which most events had the key of one that was delivered, and another time or value."""
    return [
        f"stream {stream}: {how_many(events, 'event was', 'events were')} not sent, for one of the same key was delivered, with another "
        f"time or value; {MEND_OF_CHANGED}"
        for stream, events in changed_often(lines).items()
    ]


def _repeated_warnings(repeated: Iterable[Repeated]) -> list[str]:
    """A warning for each stream of which as many events had the key, time and value of another one of this run as were taken."""
    return [
        f"stream {one.stream}: {how_many(one.events, 'event was', 'events were')} left out, for another one of this run had the same key, "
        f"time and value; {MEND_OF_REPEATED}"
        for one in repeated_often(repeated)
    ]


def _other_key_warnings(lines: Iterable[Line]) -> list[str]:
    """A warning for each stream of which events were not sent, because another record's had their id."""
    events: Counter[str] = Counter()
    for line in lines:
        if line.code == SAME_ID_OTHER_KEY:
            events[line.stream] += line.events
    return [
        f"stream {stream}: {how_many(number, 'event was', 'events were')} not sent, for the event_id that is mapped was delivered for another "
        "record; map fields.event_id to a column that differs for each conversion, or remove it"
        for stream, number in sorted(events.items())
    ]


def unreachable_paths(reasons: Iterable[Field], facts: Mapping[str, StreamFacts]) -> list[UnreachablePath]:
    """The fields of which a path led nowhere, with their columns where they are known."""
    nothing = StreamFacts()
    return [
        UnreachablePath(one.stream, one.field, facts.get(one.stream, nothing).columns.get(one.field, ""), one.records)
        for one in reasons
        if one.code == UNREACHABLE
    ]


def _unreachable_warnings(paths: Iterable[UnreachablePath], streams: Iterable[StreamCount], fed_by: FedBy) -> list[str]:
    """A warning for each field whose path led nowhere in at least half of a stream's records."""
    records = {count.stream: count.records for count in streams}
    return [
        f"stream {one.stream}: the path of {one.field}{f' ({one.column})' if one.column else ''} meets a value that it cannot enter in "
        f"{one.records:,} of {how_many(records[one.stream], 'record')}; check it against a record, mend it, and {fed_by.again}"
        for one in paths
        if 2 * one.records >= records[one.stream]
    ]


def small_parts_warning(parts: int, events: int) -> str:
    """The warning of a job that sent so many events in so many parts, if these are small; empty where they are not."""
    if parts < _MANY_PARTS or events >= _SMALL_PART * parts:
        return ""
    return (
        f"{how_many(events, 'event was', 'events were')} sent in {how_many(parts, 'part')}, each with requests and a report of its own, and a request may "
        f"hold 5,000; coalesce the rows to {-(-events // _GOOD_PART) or 1} before they are written"
    )


def parts_of_dry_run_warning(parts: int) -> str:
    """The warning of a dry run with events in so many parts; empty where all of them are in one."""
    if parts <= 1:
        return ""
    return (
        f"each of the {parts} parts of this dry run counts for itself, so an event whose rows are in several of them is counted in each, "
        "and a real run sends it once"
    )

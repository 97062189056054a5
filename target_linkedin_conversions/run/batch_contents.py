"""What the batches of a run held, by stream and by rule, for its report."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from target_linkedin_conversions.epoch import utc_of
from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.readiness.payloads import MatchedBy, Payloads
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.reporting.report import RuleInRun
from target_linkedin_conversions.run.stream_facts import StreamFacts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from target_linkedin_conversions.admin.rules import Rule
    from target_linkedin_conversions.delivery.batch import Batch
    from target_linkedin_conversions.records.event import Event

__all__ = ["BatchContents"]


class BatchContents:
    """Counts every batch once, before it leaves; only the feeding thread calls it."""

    def __init__(self) -> None:
        """Start with nothing counted."""
        self.payloads: dict[str, Payloads] = {}
        self._events: Counter[str] = Counter()

    def count(self, batch: Batch, now: int) -> None:
        """Count the events of a batch; `now` is in epoch milliseconds."""
        if not batch.events:
            return
        self._events[batch.rule] += len(batch.events)
        self.payloads.setdefault(batch.stream, Payloads()).see(batch.rule, batch.events, now)

    def see_again(self, stream: str, events_of_records: Sequence[Sequence[Event]], now: int) -> None:
        """Count each of these records once in the findings: several entries made events of it, all counted before."""
        self.payloads.setdefault(stream, Payloads()).see_again(events_of_records, now)

    def matched_by(self) -> list[MatchedBy]:
        """Which identifiers the events of each stream carry."""
        return [seen.matched_by(name_shown(stream)) for stream, seen in sorted(self.payloads.items())]

    def rules(self, read: Mapping[str, Rule], facts: Mapping[str, StreamFacts]) -> list[RuleInRun]:
        """Every rule that events were made for, with LinkedIn's own data of the rule where it could be read."""
        spans: dict[str, tuple[int, int, tzinfo]] = {}
        for stream, seen in self.payloads.items():
            zone = facts.get(stream, StreamFacts()).zone
            for rule, (first, last) in seen.spans.items():
                known = spans.get(rule, (first, last, zone))
                spans[rule] = (min(first, known[0]), max(last, known[1]), known[2])
        return [
            _rule(rule, self._events[rule], span, read.get(rule))
            for rule, span in sorted(spans.items(), key=lambda item: (len(item[0]), item[0]))
        ]


def _rule(rule: str, events: int, span: tuple[int, int, tzinfo], read: Rule | None) -> RuleInRun:
    first, last, zone = span
    seen = RuleInRun(rule, events, _written(first, zone), _written(last, zone), str(zone))
    if read is None:
        return seen
    return RuleInRun(
        rule,
        events,
        seen.first,
        seen.last,
        seen.zone,
        read=True,
        name=printable(read.name or ""),
        type=printable(read.type),
        click_window=read.post_click_attribution_window_size,
        view_window=read.view_through_attribution_window_size,
        campaigns=read.campaign_count,
    )


def _written(milliseconds: int, zone: tzinfo) -> str:
    return utc_of(milliseconds).astimezone(zone).isoformat(timespec="seconds")

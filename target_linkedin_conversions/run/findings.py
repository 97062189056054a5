"""The findings of a run, from its tally and from the contents of its batches."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.readiness.catalogue import CATALOGUE
from target_linkedin_conversions.readiness.finding import finding, worst_first
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.records.reasons import REFUND, SAME_ID_OTHER_KEY
from target_linkedin_conversions.records.window import TOO_OLD
from target_linkedin_conversions.run.stream_facts import StreamFacts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from target_linkedin_conversions.readiness.finding import Finding
    from target_linkedin_conversions.readiness.payloads import Payloads
    from target_linkedin_conversions.reporting.tally import Tally

__all__ = ["FEWEST_WITHOUT_CONSENT", "findings_of"]

FEWEST_WITHOUT_CONSENT = 20
"""Records from which on it is a finding that none of them has consent."""
_BY_VALUE = "unknown_rule_value"
_SKIPPED = {TOO_OLD.code: TOO_OLD.field, REFUND.code: REFUND.field}
"""Codes of skipped records that are findings, and the field that each belongs to."""


def findings_of(tally: Tally, facts: Mapping[str, StreamFacts], payloads: Mapping[str, Payloads]) -> list[Finding]:
    """Every finding of a run, the worst first; `facts` and `payloads` by the names of streams."""
    known = {name_shown(stream): found for stream, found in facts.items()}
    nothing = StreamFacts()
    found = [
        msgspec.structs.replace(one, stream=stream, column=_column(one, known.get(stream, nothing)))
        for part in (
            _reasons(tally),
            _endings(tally, known),
            _values(tally),
            _keys(tally, known),
            _events(payloads, facts),
        )
        for stream, one in part
    ]
    return worst_first(found)


def _column(one: Finding, facts: StreamFacts) -> str:
    """The column, or columns, that a finding is about; empty where they are not known."""
    match one.field:
        case "conversion_rule":
            return facts.rule_column
        case "consent":
            return facts.consent_column
        case "key":
            return facts.key_columns
        case field:
            return facts.columns.get(field, "")


def _reasons(tally: Tally) -> Iterator[tuple[str, Finding]]:
    """Fields that were left out or cost the event, and times that are too old or an amount below zero, which are skipped."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for one in tally.reasons():
        counts[one.stream, one.field, one.code] += one.records
    for line in tally.lines():
        if line.outcome is Outcome.SKIPPED and line.code in _SKIPPED:
            counts[line.stream, _SKIPPED[line.code], line.code] += line.events
    for stream, field, code in counts:
        if _SKIPPED.get(code) == field:
            counts[stream, field, code] -= tally.skipped_again(stream, code)
    for (stream, field, code), records in counts.items():
        kind = CATALOGUE.get(code)
        if kind is not None and kind.in_runs and code != _BY_VALUE:
            yield stream, finding(code, records, field=field)


def _endings(tally: Tally, facts: Mapping[str, StreamFacts]) -> Iterator[tuple[str, Finding]]:
    """Event ids that came again for another record, and consent that nobody gave."""
    repeats: Counter[str] = Counter()
    for line in tally.lines():
        if line.code == SAME_ID_OTHER_KEY and line.rule not in facts.get(line.stream, StreamFacts()).second_rules:
            repeats[line.stream] += line.events
    for stream, events in repeats.items():
        yield stream, finding("event_id_repeats", events, field="event_id")
    for nobody in tally.consent_to_nobody():
        if nobody.records >= FEWEST_WITHOUT_CONSENT:
            yield nobody.stream, finding("consent_to_nobody", nobody.records, field="consent")


def _values(tally: Tally) -> Iterator[tuple[str, Finding]]:
    """A finding for each value of the rule's column that no case matches."""
    for one in tally.unmatched_values():
        about = repr(one.value) if one.value else "it is empty"
        yield one.stream, finding(_BY_VALUE, one.records, field="conversion_rule", about=about)


def _keys(tally: Tally, facts: Mapping[str, StreamFacts]) -> Iterator[tuple[str, Finding]]:
    """A finding for each stream in which no record has a key."""
    for count in tally.streams():
        if count.records and facts.get(count.stream, StreamFacts()).lacks_key:
            yield count.stream, finding("no_key", count.records, field="key")


def _events(payloads: Mapping[str, Payloads], facts: Mapping[str, StreamFacts]) -> Iterator[tuple[str, Finding]]:
    """Findings on events that lack something, or will soon be too old."""
    for stream, seen in payloads.items():
        of_stream = facts.get(stream, StreamFacts())
        for one in seen.findings(
            several_mapped=of_stream.several_identifiers,
            has_lasting_key=of_stream.has_lasting_key,
            second_rules=of_stream.second_rules,
        ):
            yield name_shown(stream), one

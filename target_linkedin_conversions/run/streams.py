"""Finds the entries that apply to a stream, and compiles its mapping."""

from __future__ import annotations

import logging
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.readiness.entries import on_consent, on_order
from target_linkedin_conversions.records.compiler import compile_plans
from target_linkedin_conversions.records.identifiers import PERSONAL_FIELDS
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.records.plan import entries_for
from target_linkedin_conversions.reporting.way_back import FedBy
from target_linkedin_conversions.run.stream_facts import StreamFacts, facts_of
from target_linkedin_conversions.run.stream_mapping import StreamMapping, mapping_of, mapping_of_unsent
from target_linkedin_conversions.run.stream_matching import StreamMatching
from target_linkedin_conversions.settings.entry_rules import RuleUse
from target_linkedin_conversions.settings.environment import is_of_meltano
from target_linkedin_conversions.settings.streams import StreamEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from target_linkedin_conversions.records.plan import StreamPlan
    from target_linkedin_conversions.settings import Settings

__all__ = ["Streams"]

logger = logging.getLogger(__name__)

_NO_ENTRIES = "streams"
"""Where messages locate the entry that stands for settings without `streams`."""


class Streams:
    """The streams of one run."""

    def __init__(self, settings: Settings, warn: Callable[[str], None], fed_by: FedBy = FedBy.TAP) -> None:
        """`warn` is called with each warning about a stream; whoever sends a file knows of no stream."""
        self._settings = settings
        self._warn = warn
        self._names_streams = fed_by is not FedBy.FILE
        self._only_stream: str | None = None
        self._never = tuple(on_order(settings.streams))
        self.matching = StreamMatching(settings.streams)
        self.facts: dict[str, StreamFacts] = {}
        """The facts of each stream that came and is sent, by its name."""
        self._told: set[tuple[str, ...]] = set()
        self.suppressed: frozenset[str] = frozenset()

    def entries_of(self, stream: str) -> tuple[StreamEntry, ...]:
        """The entries that a stream is sent by, none and one warning where none fits.

        Raises `ConfigError` where the settings name no entries and say nothing else either.
        """
        if self._settings.streams:
            entries = entries_for(stream, self._settings.streams)
            for never in self._never:
                if fnmatchcase(stream, never.stream):
                    self._warn_once(str(never))
            self.matching.note(stream, entries)
            if not entries:
                self._warn(f"stream {name_shown(stream)!r} is not sent: no entry of streams fits its name")
            return entries
        return (self._single_entry(stream),)

    def mapping(
        self,
        stream: str,
        schema: Mapping[str, Any],
        key_properties: Sequence[str],
        entries: Sequence[StreamEntry],
        *,
        source: str | None = None,
        bookmarks: Sequence[str] = (),
    ) -> StreamMapping:
        """Compile the mapping of a stream's rows by these entries; raises `ConfigError` where one does not fit the schema.

        `source` is the stream's name before stream maps, `bookmarks` are the columns that the tap's bookmark is made of.
        """
        if not entries:
            return mapping_of_unsent(key_properties)
        plans = self.plans(stream, schema, key_properties, entries, source=source, bookmarks=bookmarks)
        for entry, plan in zip(entries, plans, strict=True):
            if entry.stream == stream:  # a pattern may match streams that cannot be sent
                _check_sendable(entry, plan)
        return mapping_of(plans, source or stream, key_properties)

    def plans(
        self,
        stream: str,
        schema: Mapping[str, Any],
        key_properties: Sequence[str],
        entries: Sequence[StreamEntry],
        *,
        source: str | None = None,
        bookmarks: Sequence[str] = (),
    ) -> tuple[StreamPlan, ...]:
        """Compile the plan of each entry, all over the same row type, and warn of what looks wrong; raises as `mapping` does."""
        plans = compile_plans(
            stream,
            schema,
            key_properties,
            entries,
            self._settings,
            source=source,
            suppressed=self.suppressed,
            bookmarks=bookmarks,
        )
        self.facts[stream] = facts_of(plans)
        for plan in plans:
            for warning in plan.warnings:
                self._warn(f"stream {name_shown(stream)}: {warning}" if self._names_streams else warning)
            self._tell_found(stream, plan.notes)
        for entry in entries:
            for finding in on_consent(entry):
                self._warn(f"stream {name_shown(stream)}: {entry.place}: {finding}")
        return plans

    def _warn_once(self, warning: str) -> None:
        if (warning,) not in self._told:
            self._told.add((warning,))
            self._warn(warning)

    def _tell_found(self, stream: str, notes: Sequence[str]) -> None:
        """Log once which columns were found by their names."""
        if notes and (stream, *notes) not in self._told:
            self._told.add((stream, *notes))
            logger.info("stream %s: found by name: %s", name_shown(stream), ", ".join(map(printable, notes)))

    def _single_entry(self, stream: str) -> StreamEntry:
        """The entry that stands for settings without `streams`: one stream, sent to `conversion_rule`; raises `ConfigError`."""
        rules, consent = self._settings.conversion_rule, self._settings.consent
        where = " under the loader's config in meltano.yml" if is_of_meltano() else ""
        if not rules or consent is None:  # settings with a rule and no consent are refused where they are read
            raise ConfigError(
                "streams",
                f"nothing says how stream {name_shown(stream)!r} is sent",
                f"add an entry with its name and a conversion_rule{where}; `linkedin-conversions preview --init` proposes one",
            )
        if self._only_stream not in {None, stream}:
            raise ConfigError(
                "streams",
                f"a second stream came ({name_shown(stream)!r}) and nothing says how it is sent",
                "add an entry for each stream",
            )
        self._only_stream = stream
        return StreamEntry(
            place=_NO_ENTRIES, stream=stream, rules=tuple(RuleUse(rule) for rule in rules), consent=consent
        )


def _check_sendable(entry: StreamEntry, plan: StreamPlan) -> None:
    """Refuse an entry by which no record can become an event: all would be rejected while the tap's bookmark moves on."""
    known = {mapped.field for mapped in plan.fields}
    if "happened_at" not in known:
        raise _unsendable(entry, plan, "happened_at", "to hold the event's time")
    if known.isdisjoint(PERSONAL_FIELDS):
        raise _unsendable(entry, plan, "email", "to identify the person")


def _unsendable(entry: StreamEntry, plan: StreamPlan, field: str, what: str) -> ConfigError:
    problem = f"no column of stream {name_shown(plan.stream)!r} is known {what}, so nothing of it could be sent"
    if entry.place == _NO_ENTRIES:
        mend = f"add an entry that names the column: streams: [{{stream: {name_shown(plan.stream)}, fields: {{{field}: COLUMN}}}}]"
        return ConfigError(_NO_ENTRIES, problem, mend)
    return ConfigError(f"{entry.place}.fields.{field}", problem, "name the column that does")

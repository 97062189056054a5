"""Compiles the plan of a stream from its entry, its schema and the settings, and checks one against the other."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.records import normalise, versions
from target_linkedin_conversions.records.columns import LOOK_USEFUL, Columns, Place, Value
from target_linkedin_conversions.records.identifiers import IDENTIFIERS
from target_linkedin_conversions.records.money import amount, currency
from target_linkedin_conversions.records.plan import IdentifierColumn, PersonColumns, StreamPlan
from target_linkedin_conversions.records.reasons import Reason
from target_linkedin_conversions.records.rules import rule_reader
from target_linkedin_conversions.records.text import comparable
from target_linkedin_conversions.settings.streams import RuleByColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from target_linkedin_conversions.settings import Settings, StreamEntry

__all__ = ["compile_plan"]

_CONSTANTS: dict[str, Callable[[Value], normalise.Normalised]] = {
    "currency": currency,
    "country": normalise.country,
    "company": lambda value: normalise.plain_text(value, "company"),
    "title": lambda value: normalise.plain_text(value, "title"),
}
_PERSONAL_FIELDS = ("first_name", "last_name", "external_id", "lead")
_PERSONAL = (*IDENTIFIERS, *_PERSONAL_FIELDS)
"""Fields that say who it is."""


def compile_plan(  # noqa: PLR0913 - what a plan depends on
    stream: str,
    schema: Mapping[str, Any],
    key_properties: Sequence[str],
    entry: StreamEntry,
    settings: Settings,
    *,
    source: str | None = None,
    suppressed: frozenset[str] = frozenset(),
) -> StreamPlan:
    """The plan of a stream; raises `ConfigError` where entry and schema contradict each other.

    `source` is the stream's name before stream maps; `suppressed` holds SHA-256 hex digests.
    """
    return _Compiler(Columns(schema, entry), entry, settings).plan(
        stream,
        tuple(key_properties),
        source or stream,
        suppressed,
    )


class _Compiler:
    """Resolves an entry's fields to places in a row, field by field."""

    def __init__(self, columns: Columns, entry: StreamEntry, settings: Settings) -> None:
        self.columns = columns
        self.entry = entry
        self.settings = settings
        self.version = versions.carries(settings.linkedin_version)
        self.used: dict[str, tuple[str, ...]] = {}

    def plan(self, stream: str, key_properties: tuple[str, ...], source: str, suppressed: frozenset[str]) -> StreamPlan:
        entry, settings = self.entry, self.settings
        _check_constants(entry)
        rules, rule_column = rule_reader(entry, self.columns)
        by_column = isinstance(entry.rules, RuleByColumn)
        found_event_id = self.names("event_id", found=not by_column)
        identifiers = self.identifiers()
        person = self.person()
        parts = {field: self.one(field) for field in ("value", "currency")}
        happened_at = self.one("happened_at")
        if happened_at is None:
            happened_at = self.columns.constant(None)
        event_id = self.first_of(found_event_id) if found_event_id else None
        self.used["event_id"] = found_event_id
        key, deleted = self.key(key_properties), self.deleted()
        required = tuple((name, self.columns.place_of(name, "key_properties")) for name in key_properties)
        once_per = entry.once_per or ("key" if by_column else "row")
        return StreamPlan(
            stream=stream,
            source=entry.source or source,
            deleted=deleted,
            consent=self.consent(),
            granted=frozenset(comparable(value) for value in entry.consent.granted) if entry.consent else frozenset(),
            rules=rules,
            rule_column=rule_column,
            happened_at=happened_at,
            zone=UTC if entry.timezone == "UTC" else ZoneInfo(entry.timezone),  # no offset to look up
            identifiers=identifiers,
            person=person,
            value=parts["value"],
            currency=parts["currency"],
            decimal_comma=entry.decimal_comma,
            event_id=event_id,
            event_id_rules=entry.event_id_rules,
            send_event_id="event_id" not in entry.switched_off,
            time_in_identity=once_per == "row",
            key=key,
            personal=tuple(
                place
                for place in (
                    *(column.place for column in identifiers),
                    *(getattr(person, field) for field in _PERSONAL_FIELDS),
                )
                if place is not None
            ),
            personal_columns=frozenset(column for field in _PERSONAL for column in self.used.get(field, ())),
            not_before=entry.not_before if entry.not_before is not None else settings.not_before or 0,
            max_future=settings.max_future_seconds * 1000,
            reject_too_old=(entry.on_too_old or settings.on_too_old) == "reject",
            reject_bad_field=(entry.on_bad_field or settings.on_bad_field) == "reject",
            suppressed=suppressed,
            excluded_domains=frozenset(settings.exclude_email_domains),
            warnings=self.warnings(),
            required=required,
            row_type=self.columns.row_type(key_properties),
        )

    def names(self, field: str, *, found: bool = True) -> tuple[str, ...]:
        """The columns of a field: the mapped ones, or those found by their names."""
        entry = self.entry
        if field in entry.switched_off or field in entry.constants:
            return ()
        if field in entry.fields:
            return self.columns.one_of(entry.fields[field], f"{entry.place}.fields.{field}")
        return self.columns.found(field) if found else ()

    def one(self, field: str) -> Place | None:
        """Where a row has a field with one value: a constant, or the first column that holds one."""
        if field in self.entry.constants:
            return self.columns.constant(self.entry.constants[field])
        names = self.names(field)
        self.used[field] = names
        return self.first_of(names) if names else None

    def first_of(self, names: tuple[str, ...]) -> Place:
        return self.columns.first_of([self.columns.place_of(name, self.entry.place) for name in names])

    def identifiers(self) -> tuple[IdentifierColumn, ...]:
        made = []
        for field, known in IDENTIFIERS.items():
            names = self.names(field)
            self.used[field] = names
            normal = known.normal if known.id_type in self.version.id_types else None
            places = [self.columns.place_of(name, self.entry.place) for name in names]
            if field != "email" and len(places) > 1:
                places = [self.columns.first_of(places)]
            made += [IdentifierColumn(field, known.id_type, place, normal) for place in places]
        return tuple(made)

    def person(self) -> PersonColumns:
        fields = ("first_name", "last_name", "company", "title", "country", "external_id", "lead")
        return PersonColumns(
            **{field: self.one(field) for field in fields},
            hash_names=self.version.hashed_names and self.entry.names != "plain",
            version_hashes_names=self.version.hashed_names,
        )

    def deleted(self) -> tuple[Place, ...]:
        entry = self.entry
        if entry.deleted is None:
            return (self.columns.optional("_sdc_deleted_at"),)
        return tuple(self.columns.place_of(name, f"{entry.place}.deleted") for name in entry.deleted)

    def consent(self) -> Place | None:
        consent = self.entry.consent
        if consent is None or consent.not_required:
            return None
        return self.columns.place_of(consent.column, f"{self.entry.place}.consent.column")

    def key(self, key_properties: tuple[str, ...]) -> tuple[tuple[str, Place], ...]:
        """The columns that make up the record's key, by name."""
        names: Sequence[str] = self.entry.key or key_properties
        if not names:
            names = [column for columns in self.used.values() for column in columns]
        place = f"{self.entry.place}.key"
        return tuple((name, self.columns.place_of(name, place)) for name in sorted(set(names)))

    def warnings(self) -> tuple[str, ...]:
        """What a person should know about this stream, without which it still runs."""
        found = list(self.columns.missing)
        place = self.entry.place
        if self.entry.consent is None:
            found.append(
                f'{place}: no consent is configured; name the column that holds it, or say consent: {{not_required: "why"}}',
            )
        if not self.used.get("happened_at"):
            found.append(f"{place}: no column is known to hold the event's time; map fields.happened_at")
        if not any(self.used.get(field) for field in _PERSONAL):
            found.append(f"{place}: no column is known to identify the person; map fields.email or another identifier")
        taken = {column for columns in self.used.values() for column in columns}
        for field in LOOK_USEFUL:
            if not self.used.get(field) and field not in self.entry.switched_off:
                found += [
                    f"{place}: column {column!r} looks useful; it is sent only if mapped (fields.{field})"
                    for column in self.columns.found(field, LOOK_USEFUL)
                    if column not in taken
                ][:1]
        return tuple(found)


def _check_constants(entry: StreamEntry) -> None:
    """Refuse a constant that would be left out of every event."""
    for field, constant in entry.constants.items():
        found = _CONSTANTS[field](constant) if field != "value" else amount(constant, decimal_comma=entry.decimal_comma)
        if isinstance(found, Reason):
            place = f"{entry.place}.constants.{field}"
            raise ConfigError(place, found.message.partition(";")[0], "mend it, or remove it")

"""How one stream's records become events: compiled once from its entry, schema and the settings.

`compile_plan` checks the entry against the schema; `StreamPlan.events_of` (mapping.py) then
does no more a record than read its columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, tzinfo
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.records import normalise, versions
from target_linkedin_conversions.records.columns import LOOK_USEFUL, Columns, Read, Row, RowType, Value
from target_linkedin_conversions.records.money import amount, currency
from target_linkedin_conversions.records.reasons import Reason
from target_linkedin_conversions.records.rules import RuleReader, rule_reader
from target_linkedin_conversions.records.text import comparable
from target_linkedin_conversions.settings.streams import RuleByColumn

if TYPE_CHECKING:
    from target_linkedin_conversions.settings import Settings, StreamEntry

Normal = Callable[[object], normalise.Identified]

_IDENTIFIERS: tuple[tuple[str, str, Normal], ...] = (
    ("email", "SHA256_EMAIL", normalise.email),
    ("li_fat_id", "LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID", normalise.click_id),
    ("acxiom_id", "ACXIOM_ID", lambda value: normalise.plain_text(value, "acxiom_id")),
    ("google_aid", "GOOGLE_AID", normalise.ad_id("google_aid")),
    ("oracle_moat_id", "ORACLE_MOAT_ID", normalise.ad_id("oracle_moat_id")),
    ("ip_address", "SHA256_IP_ADDRESS", normalise.ip_address_hashed),
    ("ip_address_plain", "PLAINTEXT_IP_ADDRESS", normalise.ip_address_plain),
)
_CONSTANTS: dict[str, Normal] = {
    "currency": currency,
    "country": normalise.country,
    "company": lambda value: normalise.plain_text(value, "company"),
    "title": lambda value: normalise.plain_text(value, "title"),
}
_PERSONAL = (
    *(field for field, _, _ in _IDENTIFIERS),
    "first_name",
    "last_name",
    "external_id",
    "lead",
)
_OF_PERSON = ("first_name", "last_name", "company", "title", "country")
SLOTS = ("email", "li_fat_id")
"""Identifiers that a row has as attributes of its own, where no identifier comes from several columns."""


class Constant(msgspec.Struct, frozen=True):
    """A reader whose every row holds the same value."""

    value: Value

    def __call__(self, _row: Row) -> Value:
        """The value."""
        return self.value


class IdentifierColumn(msgspec.Struct, frozen=True):
    """A column that holds match identifiers; `normal` is None where the version lacks the type."""

    field: str
    id_type: str
    read: Read
    normal: Normal | None


class PersonColumns(msgspec.Struct, frozen=True, kw_only=True):
    """The columns of `userInfo`, `externalIds` and `lead`."""

    first_name: Read | None
    last_name: Read | None
    company: Read | None
    title: Read | None
    country: Read | None
    external_id: Read | None
    lead: Read | None
    hash_names: bool
    version_hashes_names: bool


class StreamPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that turning a record of one stream into events needs."""

    stream: str
    source: str
    row_type: RowType
    required: tuple[tuple[str, Read], ...]
    deleted: tuple[Read, ...]
    consent: Read | None
    granted: frozenset[str | None]
    rules: RuleReader
    rule_column: Read | None
    happened_at: Read
    zone: tzinfo
    identifiers: tuple[IdentifierColumn, ...]
    person: PersonColumns
    value: Read | None
    currency: Read | None
    decimal_comma: bool
    event_id: Read | None
    event_id_rules: frozenset[str] | None
    send_event_id: bool
    time_in_identity: bool
    key: tuple[tuple[str, Read], ...]
    personal_columns: frozenset[str]
    not_before: int
    max_future: int
    reject_too_old: bool
    reject_bad_field: bool
    suppressed: frozenset[str]
    excluded_domains: frozenset[str]
    warnings: tuple[str, ...]

    @property
    def guarded(self) -> bool:
        """Whether some people must not be sent."""
        return bool(self.suppressed or self.excluded_domains)


def entry_for(stream: str, entries: Sequence[StreamEntry]) -> StreamEntry | None:
    """The first entry whose name or pattern fits the stream."""
    return next(
        (entry for entry in entries if entry.stream == stream or fnmatchcase(stream, entry.stream)),
        None,
    )


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
    """Resolves an entry's fields to column readers, field by field."""

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
        happened_at = self.one("happened_at") or Constant(None)
        event_id = self.first_of(found_event_id) if found_event_id else None
        self.used["event_id"] = found_event_id
        key, deleted = self.key(key_properties), self.deleted()
        required = tuple((name, self.columns.reader(name, "key_properties")) for name in key_properties)
        alone = one_each(identifiers)
        fields = {
            **{field: alone[field].read if field in alone else None for field in SLOTS},
            **{field: _column(getattr(person, field)) for field in _OF_PERSON},
            **{field: _column(read) for field, read in parts.items()},
            "happened_at": _column(happened_at),
            "event_id": event_id,
            "deleted": _sole(deleted),
            "key": _sole([read for _, read in key]),
        }
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
            personal_columns=frozenset(column for field in _PERSONAL for column in self.used.get(field, ())),
            not_before=entry.not_before if entry.not_before is not None else settings.not_before or 0,
            max_future=settings.max_future_seconds * 1000,
            reject_too_old=(entry.on_too_old or settings.on_too_old) == "reject",
            reject_bad_field=(entry.on_bad_field or settings.on_bad_field) == "reject",
            suppressed=suppressed,
            excluded_domains=frozenset(settings.exclude_email_domains),
            warnings=self.warnings(),
            required=required,
            row_type=self.columns.row_type(key_properties, fields),
        )

    def names(self, field: str, *, found: bool = True) -> tuple[str, ...]:
        """The columns of a field: the mapped ones, or those found by their names."""
        entry = self.entry
        if field in entry.switched_off or field in entry.constants:
            return ()
        if field in entry.fields:
            return self.columns.one_of(entry.fields[field], f"{entry.place}.fields.{field}")
        return self.columns.found(field) if found else ()

    def one(self, field: str) -> Read | None:
        """The reader of a field with one value: a constant, or the first column that holds one."""
        if field in self.entry.constants:
            return Constant(self.entry.constants[field])
        names = self.names(field)
        self.used[field] = names
        return self.first_of(names) if names else None

    def first_of(self, names: tuple[str, ...]) -> Read:
        readers = tuple(self.columns.reader(name, self.entry.place) for name in names)
        return readers[0] if len(readers) == 1 else _first(readers)

    def identifiers(self) -> tuple[IdentifierColumn, ...]:
        made = []
        for field, id_type, normal in _IDENTIFIERS:
            names = self.names(field)
            self.used[field] = names
            able = id_type in self.version.id_types
            readers = [self.columns.reader(name, self.entry.place) for name in names]
            if field != "email" and len(readers) > 1:
                readers = [_first(tuple(readers))]
            made += [IdentifierColumn(field, id_type, read, normal if able else None) for read in readers]
        return tuple(made)

    def person(self) -> PersonColumns:
        fields = ("first_name", "last_name", "company", "title", "country", "external_id", "lead")
        return PersonColumns(
            **{field: self.one(field) for field in fields},
            hash_names=self.version.hashed_names and self.entry.names != "plain",
            version_hashes_names=self.version.hashed_names,
        )

    def deleted(self) -> tuple[Read, ...]:
        entry = self.entry
        if entry.deleted is None:
            return (self.columns.optional("_sdc_deleted_at"),)
        return tuple(self.columns.reader(name, f"{entry.place}.deleted") for name in entry.deleted)

    def consent(self) -> Read | None:
        consent = self.entry.consent
        if consent is None or consent.not_required:
            return None
        return self.columns.reader(consent.column, f"{self.entry.place}.consent.column")

    def key(self, key_properties: tuple[str, ...]) -> tuple[tuple[str, Read], ...]:
        """The columns that make up the record's key, by name."""
        names: Sequence[str] = self.entry.key or key_properties
        if not names:
            names = [column for columns in self.used.values() for column in columns]
        place = f"{self.entry.place}.key"
        return tuple((name, self.columns.reader(name, place)) for name in sorted(set(names)))

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


def one_each(columns: Sequence[IdentifierColumn]) -> dict[str, IdentifierColumn]:
    """The columns of identifiers by their fields; none of them where a field has several."""
    found = {column.field: column for column in columns}
    return found if len(found) == len(columns) else {}


def _column(read: Read | None) -> Read | None:
    """The reader of a field that differs from row to row."""
    return None if isinstance(read, Constant) else read


def _sole(reads: Sequence[Read]) -> Read | None:
    return reads[0] if len(reads) == 1 else None


def _first(readers: tuple[Read, ...]) -> Read:
    def read(row: Row) -> Value:
        for reader in readers:
            value = reader(row)
            if value is not None and value != "":
                return value
        return None

    return read


def unsupported(column: IdentifierColumn) -> Reason:
    """The reason for an identifier that the version does not know."""
    return Reason(column.field, "unsupported_by_version")

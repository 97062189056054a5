"""Compiles the plans of a stream from its entries, its schema and the settings, and checks that these agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.nearest import nearest
from target_linkedin_conversions.records import hints, normalise, versions
from target_linkedin_conversions.records.codes import CURRENCIES
from target_linkedin_conversions.records.columns import Columns
from target_linkedin_conversions.records.identifiers import IDENTIFIERS, OF_A_PERSON, PERSONAL_FIELDS, SAID_OF_A_PERSON
from target_linkedin_conversions.records.money import Amounts, currency
from target_linkedin_conversions.records.plan import (
    Admission,
    IdentifierColumn,
    Identity,
    Limits,
    MappedField,
    PersonColumns,
    StreamPlan,
)
from target_linkedin_conversions.records.reasons import REFUND, Reason
from target_linkedin_conversions.records.rows import Place, RowType, Value
from target_linkedin_conversions.records.rules import rule_reader, second_rules
from target_linkedin_conversions.records.text import comparable, is_placeholder
from target_linkedin_conversions.records.timestamps import Times
from target_linkedin_conversions.settings.entry_rules import RuleByColumn
from target_linkedin_conversions.settings.time_zones import zone_named

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from target_linkedin_conversions.settings import Settings, StreamEntry

__all__ = ["compile_plans"]

_CONSTANTS: dict[str, Callable[[Value], object]] = {
    "currency": currency,
    "country": normalise.country,
    "company": lambda value: normalise.plain_words(value, "company"),
    "title": lambda value: normalise.plain_words(value, "title"),
}


def _mend_of_constant(field: str, constant: object) -> str:
    """What to do with a constant that would be left out, with the nearest code where it is to be one."""
    if field == "currency":
        meant = nearest(str(constant), CURRENCIES)
        return f"did you mean {meant}?" if meant else "write its code of three letters, such as EUR"
    return "write its code of two letters, such as DE" if field == "country" else "mend it, or remove it"


def compile_plans(  # noqa: PLR0913 - what a plan depends on
    stream: str,
    schema: Mapping[str, Any],
    key_properties: Sequence[str],
    entries: Sequence[StreamEntry],
    settings: Settings,
    *,
    source: str | None = None,
    suppressed: frozenset[str] = frozenset(),
    bookmarks: Sequence[str] = (),
) -> tuple[StreamPlan, ...]:
    """The plan of each entry that applies to a stream, all of them for the same rows.

    `source` is the stream's name before stream maps, `suppressed` holds SHA-256 hex digests, `bookmarks` are the columns
    that the tap goes on by. Raises `ConfigError` where an entry and the schema contradict each other.
    """
    columns, keys = Columns(schema), tuple(key_properties)
    plans = [
        _Compiler(columns, entry, settings, keys, tuple(bookmarks)).plan(stream, source or stream, suppressed)
        for entry in entries
    ]
    for index, entry in enumerate(entries):
        if plans[index].identity.has_key and (found := hints.on_entries(entry, entries[:index])):
            plans[index] = msgspec.structs.replace(plans[index], warnings=(*plans[index].warnings, *found))
    row_type = columns.row_type(keys)
    return tuple(msgspec.structs.replace(plan, row_type=row_type) for plan in plans)


class _Compiler:
    """Resolves an entry's fields to places in a row, field by field."""

    def __init__(
        self,
        columns: Columns,
        entry: StreamEntry,
        settings: Settings,
        key_properties: tuple[str, ...],
        bookmarks: tuple[str, ...],
    ) -> None:
        self.columns = columns
        self.entry = entry
        self.settings = settings
        self.key_properties = key_properties
        self.bookmarks = bookmarks
        self.undeclared = entry.undeclared_columns == "allow"
        self.version = versions.carries(settings.linkedin_version)
        self.used: dict[str, tuple[str, ...]] = {}
        self.found: dict[str, str] = {}
        self.times = Times(zone_named(entry.timezone), entry.time_format, entry.ignore_offset, entry.date_order)
        self.amounts = Amounts(entry.decimal_comma, entry.thousands, entry.minor_units)

    def plan(self, stream: str, source: str, suppressed: frozenset[str]) -> StreamPlan:
        """The plan, without `row_type`, because other entries may add columns to it."""
        self.check_constants()
        rules, rule_column = rule_reader(self.entry, self.columns)
        event_id_names = self.names("event_id")
        identifiers = self.identifiers()
        person = self.person()
        value, currency_code = self.one("value"), self.one("currency")
        happened_at = self.one("happened_at", lambda value: isinstance(self.times.read(value), int))
        event_id = self.first_of("event_id", event_id_names) if event_id_names else None
        self.used["event_id"] = event_id_names
        mapped = self.places([column for names in self.used.values() for column in names], "key")
        required = tuple(
            (name, self.columns.place_of(name, "key_properties", "key", undeclared=True))
            for name in self.key_properties
        )
        admission = self.admission()
        identity = self.identity(source, event_id, mapped)
        return StreamPlan(
            stream=stream,
            admission=admission,
            rules=rules,
            rule_column=rule_column,
            rule_column_name=self.entry.rules.column if isinstance(self.entry.rules, RuleByColumn) else "",
            second_rules=second_rules(self.entry),
            fields=self.fields(),
            happened_at=self.columns.constant(None) if happened_at is None else happened_at,
            times=self.times,
            zone_is_said=self.entry.zone_is_said,
            identifiers=identifiers,
            person=person,
            value=value,
            currency=currency_code,
            amounts=self.amounts,
            identity=identity,
            mapped=mapped,
            personal=_personal(identifiers, person),
            personal_columns=frozenset(column for field in SAID_OF_A_PERSON for column in self.used.get(field, ())),
            limits=self.limits(suppressed),
            warnings=self.warnings(identity),
            notes=tuple(f"{field} \u2190 {column}" for field, column in self.found.items()),
            required=required,
            row_type=_NO_ROWS,
        )

    def admission(self) -> Admission:
        only, consent = self.entry.only, self.entry.consent
        return Admission(
            deleted=self.deleted(),
            only=None if only is None else self.place(only.column, "only.column", "only"),
            wanted=frozenset() if only is None else frozenset(map(comparable, only.values)),
            consent=None if consent.not_required else self.place(consent.column, "consent.column", "consent"),
            granted=frozenset(map(comparable, consent.contains or consent.granted)),
            consent_is_list=bool(consent.contains),
            consent_column=consent.column,
        )

    def identity(self, source: str, event_id: Place | None, mapped: tuple[tuple[str, Place], ...]) -> Identity:
        """What tells events apart; the key alone where a column such as a deal's stage chooses the rule."""
        entry = self.entry
        once_per = entry.once_per or ("key" if isinstance(entry.rules, RuleByColumn) else "row")
        return Identity(
            source=entry.source or source,
            key=self.places(entry.key or self.key_properties, "key") or mapped,
            has_key=bool(entry.key or self.key_properties),
            has_time=once_per == "row",
            event_id=event_id,
            event_id_rules=entry.event_id_rules,
            send_event_id="event_id" not in entry.switched_off,
        )

    def limits(self, suppressed: frozenset[str]) -> Limits:
        """The limits of the entry, or else of the settings."""
        entry, settings = self.entry, self.settings
        return Limits(
            not_before=entry.not_before if entry.not_before is not None else settings.not_before or 0,
            max_future=settings.max_future_seconds * 1000,
            reject_too_old=(entry.on_too_old or settings.on_too_old) == "reject",
            reject_bad_field=(entry.on_bad_field or settings.on_bad_field) == "reject",
            suppressed=suppressed,
            excluded_domains=frozenset(settings.exclude_email_domains),
        )

    def names(self, field: str) -> tuple[str, ...]:
        """The columns of a field: the mapped ones, or those found by their names."""
        entry = self.entry
        if field in entry.switched_off or field in entry.constants:
            return ()
        if field in entry.fields:
            where = f"{entry.place}.fields.{field}"
            return self.columns.one_of(entry.fields[field], where, undeclared=self.undeclared)
        names = self.columns.found(field)
        if names:
            self.found[field] = ", ".join(names)
        return names

    def one(self, field: str, is_something: Callable[[Value], bool] | None = None) -> Place | None:
        """The place of a field with one value: a constant, or the first column that holds something."""
        if field in self.entry.constants:
            return self.columns.constant(self.entry.constants[field])
        names = self.names(field)
        self.used[field] = names
        return self.first_of(field, names, is_something) if names else None

    def first_of(
        self, field: str, names: tuple[str, ...], is_something: Callable[[Value], bool] | None = None
    ) -> Place:
        places = [self.place(name, f"fields.{field}", field) for name in names]
        return self.columns.first_of(places, is_something or _is_something)

    def place(self, name: str, where: str, field: str) -> Place:
        return self.columns.place_of(name, f"{self.entry.place}.{where}", field, undeclared=self.undeclared)

    def places(self, names: Sequence[str], where: str) -> tuple[tuple[str, Place], ...]:
        """The place of each of these columns, by name."""
        plain = [name for name in names if "[]" not in name]
        return tuple((name, self.place(name, where, "key")) for name in sorted(set(plain)))

    def identifiers(self) -> tuple[IdentifierColumn, ...]:
        made = []
        for field, known in IDENTIFIERS.items():
            names = self.names(field)
            self.used[field] = names
            normal = known.normal if known.id_type in self.version.id_types else None
            places = [self.place(name, f"fields.{field}", field) for name in names]
            if field != "email" and len(places) > 1:
                normalised = known.normal
                places = [self.columns.first_of(places, lambda value, read=normalised: isinstance(read(value), str))]  # type: ignore[misc]  # mypy cannot infer a lambda's default
            made += [IdentifierColumn(field, known.id_type, place, normal) for place in places]
        return tuple(made)

    def person(self) -> PersonColumns:
        fields = ("first_name", "last_name", "full_name", "company", "title", "country", "external_id", "lead")
        return PersonColumns(
            **{field: self.one(field) for field in fields},
            hash_names=self.version.hashed_names and self.entry.names != "plain",
            version_hashes_names=self.version.hashed_names,
        )

    def deleted(self) -> tuple[Place, ...]:
        entry = self.entry
        if entry.deleted is None:
            return (self.columns.optional("_sdc_deleted_at"),)
        return tuple(self.place(name, "deleted", "deleted") for name in entry.deleted)

    def fields(self) -> tuple[MappedField, ...]:
        """Every field that has a column or a constant."""
        read = [
            MappedField(field, names, "found" if field in self.found else "mapped")
            for field, names in self.used.items()
            if names
        ]
        return (*read, *(MappedField(field, (), "constant") for field in self.entry.constants))

    def check_constants(self) -> None:
        """Refuse a constant that would be left out of every event."""
        for field, constant in self.entry.constants.items():
            code = self.entry.constants.get("currency")
            found = self.amounts.read(constant, code) if field == "value" else _CONSTANTS[field](constant)
            if isinstance(found, Reason):
                place = f"{self.entry.place}.constants.{field}"
                problem = (
                    "a conversion's value is not below zero" if found is REFUND else found.message.partition(";")[0]
                )
                raise ConfigError(place, problem, _mend_of_constant(field, constant))

    def warnings(self, identity: Identity) -> tuple[str, ...]:
        """Warnings about this stream that do not stop it."""
        entry, place = self.entry, self.entry.place
        found = list(self.columns.missing)
        if not self.used.get("happened_at"):
            found.append(f"{place}: no column is known to hold the event's time; map fields.happened_at")
        if not any(self.used.get(field) for field in PERSONAL_FIELDS):
            found.append(f"{place}: no column is known to identify the person; map fields.email or another identifier")
        if identity.needs_key:
            found += hints.on_key(place, entry.key or self.key_properties)
        found += hints.on_names(place, self.used)
        found += hints.on_event_id(entry)
        found += hints.on_currency(place, self.columns, self.used, entry)
        found += hints.on_cases(entry)
        if identity.has_time:
            found += hints.on_updates(place, self.used.get("happened_at", ()), self.bookmarks)
        return (*found, *hints.on_columns(place, self.columns, self.used, entry))


_NO_ROWS = RowType(msgspec.Struct, msgspec.structs.astuple, (), (), None)
"""Placeholder in a plan until the columns of all entries are known."""


def _personal(identifiers: Sequence[IdentifierColumn], person: PersonColumns) -> tuple[Place, ...]:
    """The places of all columns that identify the person."""
    places = (*(column.place for column in identifiers), *(getattr(person, field) for field in OF_A_PERSON))
    return tuple(place for place in places if place is not None)


def _is_something(value: Value) -> bool:
    """Whether a value is neither blank nor a placeholder."""
    if not isinstance(value, str):
        return value is not False and not isinstance(value, Reason)  # as Odoo writes whatever is not there
    text = value.strip()
    return bool(text) and not is_placeholder(text)

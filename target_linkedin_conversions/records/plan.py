"""The compiled plan of one stream: made by `compile_plans`, read by `compile_events`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.records.column_names import is_lasting_key
from target_linkedin_conversions.records.money import Amounts
from target_linkedin_conversions.records.normalise import Normalised
from target_linkedin_conversions.records.reasons import Reason
from target_linkedin_conversions.records.rows import Place, RowType, Value
from target_linkedin_conversions.records.rules import RuleReader, Uses
from target_linkedin_conversions.records.timestamps import Times

if TYPE_CHECKING:
    from target_linkedin_conversions.settings import StreamEntry

__all__ = [
    "Admission",
    "IdentifierColumn",
    "Identity",
    "Limits",
    "MappedField",
    "PersonColumns",
    "StreamPlan",
    "entries_for",
]


class MappedField(msgspec.Struct, frozen=True):
    """A field and the columns that it is read from, as it was `mapped` or `found`; a `constant` has none."""

    field: str
    columns: tuple[str, ...]
    how: str


class IdentifierColumn(msgspec.Struct, frozen=True):
    """A column that holds match identifiers; `normal` is None where the version lacks the type."""

    field: str
    id_type: str
    place: Place
    normal: Callable[[Value], Normalised | list[Normalised]] | None


class PersonColumns(msgspec.Struct, frozen=True, kw_only=True):
    """The columns of `userInfo`, `externalIds` and `lead`."""

    first_name: Place | None
    last_name: Place | None
    full_name: Place | None
    company: Place | None
    title: Place | None
    country: Place | None
    external_id: Place | None
    lead: Place | None
    hash_names: bool
    version_hashes_names: bool


class Admission(msgspec.Struct, frozen=True, kw_only=True):
    """Which rows may be sent: not deleted, `wanted`, and with consent."""

    deleted: tuple[Place, ...]
    only: Place | None
    wanted: frozenset[str | None]
    consent: Place | None
    granted: frozenset[str | None]
    consent_is_list: bool
    consent_column: str


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """What tells an event from all others: an id that is mapped, or one made of source, rule, key and perhaps time.

    Where `has_key` says that there is no key, all that is mapped stands for it.
    """

    source: str
    key: tuple[tuple[str, Place], ...]
    has_key: bool
    has_time: bool
    event_id: Place | None
    event_id_rules: frozenset[str] | None
    send_event_id: bool

    @property
    def needs_key(self) -> bool:
        """Whether nothing but the key tells one conversion from another, if only for some rules."""
        return self.event_id is None or self.event_id_rules is not None

    @property
    def has_lasting_key(self) -> bool:
        """Whether there is a key, and one that is more than the number of a row, or what a loader made."""
        return self.has_key and is_lasting_key([name for name, _ in self.key])


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Which readable events are not sent: by time, by bad fields, by suppressed people.

    Times are epoch milliseconds, spans milliseconds.
    """

    not_before: int
    max_future: int
    reject_too_old: bool
    reject_bad_field: bool
    suppressed: frozenset[str]
    excluded_domains: frozenset[str]

    @property
    def guarded(self) -> bool:
        """Whether some people must not be sent."""
        return bool(self.suppressed or self.excluded_domains)


class StreamPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is needed to turn a record of one stream into events.

    `personal` are the places of all that says who it is, `mapped` of all that is mapped. `warnings` are for a person,
    `notes` for the log.
    """

    stream: str
    row_type: RowType
    required: tuple[tuple[str, Place], ...]
    admission: Admission
    rules: RuleReader
    rule_column: Place | None
    rule_column_name: str
    second_rules: frozenset[str]
    fields: tuple[MappedField, ...]
    happened_at: Place
    times: Times
    zone_is_said: bool
    identifiers: tuple[IdentifierColumn, ...]
    person: PersonColumns
    value: Place | None
    currency: Place | None
    amounts: Amounts
    identity: Identity
    mapped: tuple[tuple[str, Place], ...]
    personal: tuple[Place, ...]
    personal_columns: frozenset[str]
    limits: Limits
    warnings: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def has_several_identifiers(self) -> bool:
        """Whether more than one column identifies people."""
        return len({column.place for column in self.identifiers}) > 1

    @property
    def fixed_rules(self) -> Uses | None:
        """The rules that every record goes to, None where a column chooses them."""
        return None if self.rule_column is not None or isinstance(uses := self.rules(()), Reason) else uses or None


def entries_for(stream: str, entries: Sequence[StreamEntry]) -> tuple[StreamEntry, ...]:
    """All entries with the stream's exact name; where there is none, the first pattern that fits, alone."""
    named = tuple(entry for entry in entries if entry.stream == stream)
    return named or tuple(entry for entry in entries if fnmatchcase(stream, entry.stream))[:1]

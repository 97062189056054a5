"""What the command line says of how files are sent: `--map`, `--consent`, and the like, each checked against the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from target_linkedin_conversions.cli.send.answer_values import values_in
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.how_many import first_few
from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.records.codes import COUNTRIES, CURRENCIES
from target_linkedin_conversions.records.column_slips import ColumnSlips
from target_linkedin_conversions.records.declared_columns import DeclaredColumns
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.records.text import key_text
from target_linkedin_conversions.settings.consent import read_consent
from target_linkedin_conversions.settings.entry_fields import FIELDS
from target_linkedin_conversions.settings.streams import read_key
from target_linkedin_conversions.settings.values import identifier, unknown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from target_linkedin_conversions.tables.table import Table

__all__ = ["NOT_NEEDED", "Flags", "check_column", "consent_said", "one_or_list"]

NOT_NEEDED = "not-required"
_KEY = "key"
_CODES = {"currency": CURRENCIES, "country": COUNTRIES}
_MOST_NAMED = 12
_SHORTEST_SECRET = 40
"""What is so long, has no blank and is near to no column is not repeated: it may be a token."""
_EXCLUDES = {
    "full_name": ("first_name", "last_name"),
    "first_name": ("full_name",),
    "last_name": ("full_name",),
}
"""Fields that cannot stand beside one."""


class Flags(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line says of all files."""

    rule: str | None = None
    stream: str | None = None
    maps: tuple[str, ...] = ()
    consent: str | None = None
    timezone: str | None = None
    date_order: str | None = None

    def put_into(self, entry: dict[str, Any], table: Table, sample: Sequence[Mapping[str, Any]]) -> None:
        """Let an entry, which has `fields`, say what the flags do; raises `ConfigError` with the flag."""
        _put_maps(entry, self.maps, table)
        if self.rule is not None:
            entry["conversion_rule"] = identifier(self.rule, "--rule")
        if self.consent is not None:
            entry["consent"] = consent_said(self.consent, sample)
        for name, value in (("timezone", self.timezone), ("date_order", self.date_order)):
            if value is not None:
                read_key(name, value, f"--{name.replace('_', '-')}")
                entry[name] = value

    def said_again(self, *, are_kept: bool) -> tuple[str, ...]:
        """What a later call must say too, as options with their values: the stream, and what is not kept as answers."""
        said = [("--stream", self.stream)]
        if not are_kept:
            said += [("--rule", self.rule), *(("--map", one) for one in self.maps), ("--consent", self.consent)]
            said += [("--timezone", self.timezone), ("--date-order", self.date_order)]
        return tuple(word for flag, value in said if value is not None for word in (flag, value))


class _Mapped(list[str]):
    """Columns that `--map` named, so that one that is named after another is added to it."""


def _put_maps(entry: dict[str, Any], maps: Sequence[str], table: Table) -> None:
    for given in maps:
        _put_map(entry, given, table)
    for mapped in (entry, entry["fields"]):
        for name, columns in mapped.items():
            if isinstance(columns, _Mapped):
                mapped[name] = one_or_list(tuple(columns))


def _put_map(entry: dict[str, Any], given: str, table: Table) -> None:
    """Put in what one `--map` says: a column, a constant, or that a field is off."""
    field, mark, column = (part.strip() for part in given.partition("="))
    if not mark or not column:
        raise ConfigError("--map", "it names no field and column", 'write FIELD=COLUMN, such as --map "email=E-Mail"')
    if field not in (*FIELDS, _KEY):
        raise unknown("--map", "field", field, FIELDS)
    fields, constants = entry["fields"], dict(entry.pop("constants", None) or {})
    constants.pop(field, None)
    if column.upper() in _CODES.get(field, ()) and column not in table.columns:
        fields.pop(field, None)
        constants[field] = column.upper()
    elif column.lower() == "false":
        fields[field] = False
    else:
        check_column(table, column, f"--map {field}")
        mapped = entry if field == _KEY else fields
        known = mapped.get(field)
        mapped[field] = _Mapped([*(known if isinstance(known, _Mapped) else ()), column])
        for other in _EXCLUDES.get(field, ()):
            fields.pop(other, None)
    if constants:
        entry["constants"] = constants


def one_or_list(columns: Sequence[str]) -> str | list[str]:
    """Columns as an entry names them."""
    return columns[0] if len(columns) == 1 else list(columns)


def check_column(table: Table, column: str, place: str) -> None:
    """Raise `ConfigError` with the nearest name where a table lacks a column."""
    columns = DeclaredColumns(table.schema)
    if columns.has(column):
        return
    meant = ColumnSlips(columns).nearest(column)
    named = first_few([*map(printable, table.columns)], _MOST_NAMED)
    mend = f"did you mean {printable(meant)!r}?" if meant else f"it has {named}"
    is_a_name = meant is not None or " " in column or len(column) < _SHORTEST_SECRET
    shown = f"no column {name_shown(column)!r}" if is_a_name else "no such column"
    raise ConfigError(place, f"{table.name} has {shown}", mend)


def consent_said(text: str, sample: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """The consent that a person writes in one text: `COLUMN=VALUE,VALUE`, `COLUMN`, or `not-required: why`.

    A value with a comma stands in quotes, or is known from the `sample` of the rows.
    """
    head, mark, rest = text.partition(":")
    if head.strip().lower().replace("_", "-").replace(" ", "-") == NOT_NEEDED:
        found: dict[str, Any] = {"not_required": rest.strip()}
        if not mark or not rest.strip():
            raise ConfigError("--consent", "it does not say why none is needed", '--consent "not-required: the reason"')
        read_consent(found, "--consent")
        return found
    column, mark, values = text.rpartition("=") if "=" in text else (text, "", "")
    found = {"column": column.strip()}
    granted = values_in(values, {key_text(record.get(found["column"])) or "" for record in sample})
    if mark:
        found["granted"] = granted or [""]
    if not column.strip() or (mark and not granted):
        raise ConfigError("--consent", "it names no column, or no value", '--consent "Opt-in=yes,true"')
    read_consent(found, "--consent")
    return found

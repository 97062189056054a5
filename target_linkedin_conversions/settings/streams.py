"""The `streams` setting: which stream is sent how, as the person wrote it.

One `StreamEntry` for each item of the list, checked for everything that can be known
before a schema arrives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.records.written_dates import ORDERS
from target_linkedin_conversions.settings import lists, values
from target_linkedin_conversions.settings.consent import CONSENT_NAMES, Consent, consent_not_said, read_consent
from target_linkedin_conversions.settings.definitions import BY_NAME
from target_linkedin_conversions.settings.entry_fields import FIELDS, is_off, read_constants, read_fields
from target_linkedin_conversions.settings.entry_keys import KEY_NAMES
from target_linkedin_conversions.settings.entry_rules import RuleByColumn, RuleUse, read_rules
from target_linkedin_conversions.settings.other_names import ENTRY_NAMES, ONLY_KEYS
from target_linkedin_conversions.settings.time_formats import read_time_format
from target_linkedin_conversions.settings.time_zones import read_timezone
from target_linkedin_conversions.settings.values import unknown, wrong

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["NOT_A_SETTING", "StreamEntry", "read_entry", "read_key", "read_streams"]


class Only(msgspec.Struct, frozen=True):
    """The values that a column must hold for a record to be sent at all."""

    column: str
    values: tuple[object, ...]


class StreamEntry(msgspec.Struct, frozen=True, kw_only=True):
    """How one stream, or several by pattern, becomes conversion events."""

    place: str
    stream: str
    rules: tuple[RuleUse, ...] | RuleByColumn
    consent: Consent
    fields: dict[str, tuple[str, ...]] = {}
    switched_off: frozenset[str] = frozenset()
    event_id_rules: frozenset[str] | None = None
    constants: dict[str, object] = {}
    timezone: str = "UTC"
    zone_is_said: bool = False
    not_before: int | None = None
    on_bad_field: str | None = None
    on_too_old: str | None = None
    once_per: str | None = None
    key: tuple[str, ...] | None = None
    source: str | None = None
    deleted: tuple[str, ...] | None = None
    names: str | None = None
    decimal_comma: bool = False
    thousands: str = ""
    minor_units: bool = False
    time_format: tuple[str, ...] = ()
    ignore_offset: bool = False
    date_order: str = ""
    only: Only | None = None
    undeclared_columns: str = "refuse"


def read_streams(
    raw: object, place: str, default_rules: tuple[str, ...], default_consent: Consent | None
) -> tuple[StreamEntry, ...]:
    """Every entry of the `streams` setting; raises `ConfigError` with the entry's place."""
    items = lists.json_array(raw, place)
    return tuple(
        read_entry(item, f"{place}[{index}]", default_rules, default_consent) for index, item in enumerate(items)
    )


def read_entry(raw: object, place: str, default_rules: tuple[str, ...], default_consent: Consent | None) -> StreamEntry:
    """One entry of the `streams` setting."""
    entry = {key: item for key, item in lists.json_object(raw, place, _AN_ENTRY).items() if item is not None}
    for name, item in entry.items():
        if name not in KEY_NAMES:
            names_it = "stream" not in entry and name in _OF_ITS_STREAM and isinstance(item, str)
            meant = {name: "did you mean 'stream'?"} if names_it else {}
            raise unknown(place, "key", name, KEY_NAMES, {**_NOT_IN_AN_ENTRY, **meant})
    if "stream" not in entry:
        raise ConfigError(place, "the entry names no stream", "add `stream:` with the stream's name or a pattern")
    mapped, off, event_id_rules = read_fields(entry.get("fields", {}), f"{place}.fields")
    constants = read_constants(entry.get("constants", {}), f"{place}.constants")
    _check_names(mapped, f"{place}.fields")
    twice = next((name for name in constants if name in mapped), None)
    if twice is not None:
        raise ConfigError(f"{place}.constants.{twice}", "the field is also mapped to a column", "keep one of the two")
    options = {name: read(entry[name], f"{place}.{name}") for name, read in _READERS.items() if name in entry}
    _check_marks(options, place)
    stream = values.text(entry["stream"], f"{place}.stream")
    rules = read_rules(entry.get("conversion_rule"), f"{place}.conversion_rule", default_rules)
    if options.setdefault("consent", default_consent) is None:
        raise consent_not_said(f"{place}.consent")
    return StreamEntry(
        place=place,
        stream=stream,
        rules=rules,
        fields=mapped,
        switched_off=off,
        event_id_rules=event_id_rules,
        constants=constants,
        zone_is_said="timezone" in options,
        **options,  # type: ignore[arg-type]  # each reader returns the type of its own attribute
    )


def read_key(name: str, raw: object, place: str) -> object:
    """One key of an entry, read alone: `timezone`, `date_order`; raises `ConfigError` with the place."""
    return _READERS[name](raw, place)


def _check_names(mapped: Mapping[str, object], place: str) -> None:
    """Refuse a full name beside a part of it."""
    part = next((name for name in ("first_name", "last_name") if name in mapped and "full_name" in mapped), None)
    if part is not None:
        raise ConfigError(f"{place}.full_name", f"the field stands beside {part}", "keep the full name, or both parts")


def _check_marks(options: Mapping[str, object], place: str) -> None:
    """Refuse one character as both decimal and thousands mark."""
    point = "," if options.get("decimal_comma") else "."
    if options.get("thousands") == point:
        raise ConfigError(
            f"{place}.thousands",
            f"{point!r} is also the mark of the decimals",
            "name the other mark, or remove decimal_comma"
            if point == ","
            else "write decimal_comma: true for 1.234,56",
        )


def _read_only(raw: object, place: str) -> Only:
    only = lists.json_object(raw, place, "{column: COLUMN, is: [VALUE]}")
    for name in only:
        if name not in _ONLY:
            by_name = {} if "column" in only else {name: f"write {place}: {{column: COLUMN, is: [VALUE]}}"}
            raise unknown(place, "key", name, _ONLY, {**by_name, **ONLY_KEYS})
    if len(only) < len(_ONLY):
        raise ConfigError(place, "it needs a column and its values", "for example {column: livemode, is: [true]}")
    column = lists.column_name(only["column"], f"{place}.column")
    return Only(column, lists.scalars(only["is"], f"{place}.is"))


def _read_thousands(raw: object, place: str) -> str:
    mark = raw if isinstance(raw, str) else ""
    if mark not in _THOUSANDS:
        raise wrong(place, "the mark between thousands: a comma, a point, an apostrophe or a space", f'{place}: ","')
    return mark


def _read_deleted(raw: object, place: str) -> tuple[str, ...]:
    return () if is_off(raw) else lists.column_names(raw, place)


def _read_once_per(raw: object, place: str) -> str:
    word = raw.strip().lower() if isinstance(raw, str) else ""
    if word in {"row", "key"}:
        return word
    entry = place.rpartition(".")[0]
    raise wrong(
        place, "one of row, key", f"write {place}: key, and the columns that tell conversions apart as {entry}.key"
    )


def _read_undeclared(raw: object, place: str) -> str:
    if isinstance(raw, bool):
        raise wrong(place, "one of refuse, allow", f"write {place}: {'allow' if raw else 'refuse'}")
    return str(values.choice("refuse", "allow")(raw, place))


def _read_date_order(raw: object, place: str) -> str:
    word = raw.strip().lower() if isinstance(raw, str) else ""
    if word in ORDERS:
        return word
    meant = "".join(dict.fromkeys(mark for mark in word if mark in "dmy"))
    is_pattern = meant in ORDERS and not set(word) - set("dmy/.- ")
    mend = f"write {place}: {meant}" if is_pattern else "dmy reads 31/12/2026, mdy 12/31/2026, ymd 2026/12/31"
    raise wrong(place, "one of " + ", ".join(ORDERS), mend)


_AN_ENTRY = "{stream: NAME, conversion_rule: ID, fields: {email: COLUMN}, consent: {column: COLUMN}}"
_OF_ITS_STREAM = frozenset({"name", "streams", "id"})
"""What people call the stream of an entry, though each is something else beside a stream."""
_ONLY = ("column", "is")
_THOUSANDS = (",", ".", "'", "\u2019", " ")

_READERS: dict[str, values.Reader] = {
    "consent": read_consent,
    "timezone": read_timezone,
    "not_before": values.instant,
    "on_bad_field": values.choice("drop", "reject"),
    "on_too_old": values.choice("skip", "reject"),
    "once_per": _read_once_per,
    "key": lists.column_names,
    "source": values.text,
    "deleted": _read_deleted,
    "names": values.choice("hashed", "plain"),
    "decimal_comma": values.boolean,
    "thousands": _read_thousands,
    "minor_units": values.boolean,
    "time_format": read_time_format,
    "ignore_offset": values.boolean,
    "date_order": _read_date_order,
    "only": _read_only,
    "undeclared_columns": _read_undeclared,
}

_NOT_IN_AN_ENTRY = {
    **ENTRY_NAMES,
    **dict.fromkeys(BY_NAME, "it is a setting: write it beside streams, not in an entry"),
    **{name: f"it is a field: name its column under fields, as in fields: {{{name}: COLUMN}}" for name in FIELDS},
    **dict.fromkeys(
        CONSENT_NAMES[1:],
        "write it under consent, as in consent: {column: COLUMN, granted: [true]}",
    ),
    **dict.fromkeys(
        ("rule", "rules", "column", "otherwise", "when", "cases"),
        "write it under conversion_rule: the rule's id, or {column: COLUMN, rules: [{when: VALUE, rule: ID}]}",
    ),
    **dict.fromkeys(("where", "filter", "filters", "include", "if"), "write it as only: {column: COLUMN, is: [VALUE]}"),
}
"""What to do with a name that an entry does not know at its own level, but something else does."""

NOT_A_SETTING = {
    **dict.fromkeys(CONSENT_NAMES[1:], "write it under consent: {column: COLUMN, granted: [true]}"),
    **{name: f"it belongs in an entry: streams: [{{stream: NAME, {name}: …}}]" for name in KEY_NAMES[2:]},
    **{name: f"it belongs in an entry: streams: [{{stream: NAME, fields: {{{name}: COLUMN}}}}]" for name in FIELDS},
}
"""What to do with a name that is no setting, but belongs in an entry of `streams`."""

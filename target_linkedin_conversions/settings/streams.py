"""The `streams` setting: which stream is sent how, as the person wrote it.

One `StreamEntry` for each item of the list, checked for everything that can be known
before a schema arrives.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import msgspec

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.records.columns import plain_name
from target_linkedin_conversions.records.identifiers import IDENTIFIERS
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.records.text import comparable
from target_linkedin_conversions.settings import values
from target_linkedin_conversions.settings.consent import Consent, consent_not_said, read_consent
from target_linkedin_conversions.settings.definitions import BY_NAME
from target_linkedin_conversions.settings.other_names import (
    CASE_KEYS,
    ENTRY_NAMES,
    FIELD_NAMES,
    ONLY_KEYS,
    RULE_KEYS,
)
from target_linkedin_conversions.settings.time_formats import read_time_format
from target_linkedin_conversions.settings.values import unknown, wrong

__all__ = [
    "CONSTANT_FIELDS",
    "FIELDS",
    "NOT_A_SETTING",
    "Only",
    "RuleByColumn",
    "RuleCase",
    "RuleUse",
    "StreamEntry",
    "read_constants",
    "read_entry",
    "read_fields",
    "read_key",
    "read_rules",
    "read_streams",
]

FIELDS = (
    *IDENTIFIERS,
    "first_name",
    "last_name",
    "full_name",
    "company",
    "title",
    "country",
    "external_id",
    "lead",
    "happened_at",
    "value",
    "currency",
    "event_id",
)
"""What a conversion event can be made of; every key of an entry's `fields`."""

CONSTANT_FIELDS = ("value", "currency", "country", "company", "title")
"""Fields that may be the same for every event of a stream: nothing that says who or when."""


class RuleUse(msgspec.Struct, frozen=True):
    """One conversion rule an event goes to, with or without the record's value."""

    rule: str
    value: bool = True


class RuleCase(msgspec.Struct, frozen=True):
    """What happens to records whose column holds one of these: rules, or none when skipped."""

    when: tuple[object, ...]
    uses: tuple[RuleUse, ...]


class RuleByColumn(msgspec.Struct, frozen=True):
    """The rule is chosen by a column; without cases the column holds the rule's id itself."""

    column: str
    cases: tuple[RuleCase, ...] | None
    otherwise: str = "reject"


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
    items = values.json_array(raw, place)
    return tuple(
        read_entry(item, f"{place}[{index}]", default_rules, default_consent) for index, item in enumerate(items)
    )


def read_entry(raw: object, place: str, default_rules: tuple[str, ...], default_consent: Consent | None) -> StreamEntry:
    """One entry of the `streams` setting."""
    entry = {key: item for key, item in values.json_object(raw, place, _AN_ENTRY).items() if item is not None}
    for name in entry:
        if name not in _ENTRY_KEYS:
            raise unknown(place, "key", name, _ENTRY_KEYS, _NOT_IN_AN_ENTRY)
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
    """Refuse one mark with two meanings in an amount."""
    point = "," if options.get("decimal_comma") else "."
    if options.get("thousands") == point:
        raise ConfigError(
            f"{place}.thousands",
            f"{point!r} is also the mark of the decimals",
            "name the other mark, or remove decimal_comma"
            if point == ","
            else "write decimal_comma: true for 1.234,56",
        )


def read_fields(raw: object, place: str) -> tuple[dict[str, tuple[str, ...]], frozenset[str], frozenset[str] | None]:
    """The mapped columns by field, the fields switched off, and the rules `event_id` is for."""
    mapped: dict[str, tuple[str, ...]] = {}
    off: set[str] = set()
    event_id_rules: frozenset[str] | None = None
    for name, raw_item in values.json_object(raw, place, _SOME_FIELDS).items():
        here = f"{place}.{name}"
        if name not in FIELDS:
            raise unknown(place, "field", name, FIELDS, _meant_by(name, raw_item))
        item = values.json_or(raw_item, dict)
        if _is_off(item):
            off.add(name)
        elif isinstance(item, Mapping) and name == "event_id":
            if set(item) != {"column", "rules"}:
                raise wrong(
                    here,
                    "a column, or {column: …, rules: […]}",
                    f"for example {here}: {{column: id, rules: [101]}}",
                )
            mapped[name] = values.column_names(item["column"], f"{here}.column")
            event_id_rules = frozenset(_rule_ids(item["rules"], f"{here}.rules"))
            if not event_id_rules:
                raise wrong(f"{here}.rules", "at least one rule", f"for example {here}.rules: [101]")
        elif item is not None:
            mapped[name] = _columns_of(name, item, here)
    return mapped, frozenset(off), event_id_rules


def _columns_of(name: str, item: object, place: str) -> tuple[str, ...]:
    """The columns of a field; a number is no column, and may be meant for all records."""
    if name in CONSTANT_FIELDS and isinstance(item, int | float):
        same = f"where it is the same for all records, write constants: {{{name}: VALUE}}"
        raise wrong(place, "a column's name or a list of them", same)
    return values.column_names(item, place)


def _meant_by(name: str, item: object) -> dict[str, str]:
    """What to do with an unknown field: a key of the entry, another name of a field, or the two sides the wrong way round."""
    is_another_name = plain_name(name) in FIELD_NAMES or plain_name(name) in map(plain_name, FIELDS)
    if isinstance(item, str) and item in FIELDS and not is_another_name:
        return {name: f"the field stands first, its column behind it: {item}: {name_shown(name)}"}
    return {**FIELD_NAMES, **_beside("fields")}


def _is_off(item: object) -> bool:
    """Whether a field is switched off: false, typed or as text. No column is called that."""
    return item is False or (isinstance(item, str) and item.strip().lower() == "false")


def read_constants(raw: object, place: str) -> dict[str, object]:
    """The fields that are the same for every event."""
    found = {name: item for name, item in values.json_object(raw, place, "{currency: EUR}").items() if item is not None}
    for name, item in found.items():
        if name not in CONSTANT_FIELDS:
            raise unknown(place, "constant", name, CONSTANT_FIELDS, _NOT_CONSTANT)
        if not isinstance(item, str | int | float) or isinstance(item, bool):
            mend = f'write it in quotes, such as {place}.{name}: "NO", for YAML reads a bare NO as false'
            raise wrong(
                f"{place}.{name}",
                "a text or number",
                mend if isinstance(item, bool) else f"for example {place}.currency: EUR",
            )
    return found


def read_rules(raw: object, place: str, default_rules: tuple[str, ...]) -> tuple[RuleUse, ...] | RuleByColumn:
    """The rules of an entry: fixed ones, or by a column's value."""
    raw = values.json_or(raw, dict)
    if raw is None:
        if not default_rules:
            raise ConfigError(
                place,
                "the entry has no conversion rule",
                "set it here, or `conversion_rule` for all entries",
            )
        return tuple(RuleUse(rule) for rule in default_rules)
    if isinstance(raw, Mapping) and "column" in raw:
        return _read_rule_by_column(raw, place)
    return _rule_uses(raw, place)


def _read_rule_by_column(raw: Mapping[object, object], place: str) -> RuleByColumn:
    known = ("column", "rules", "otherwise")
    for name in raw:
        if name not in known:
            raise unknown(place, "key", str(name), known, {**RULE_KEYS, **_beside("conversion_rule")})
    column = values.column_name(raw["column"], f"{place}.column")
    otherwise = str(values.choice("reject", "skip")(raw.get("otherwise", "reject"), f"{place}.otherwise"))
    if raw.get("rules") is None:
        return RuleByColumn(column, None, otherwise)
    items = values.json_array(raw["rules"], f"{place}.rules", "[{when: VALUE, rule: ID}]")
    if not items:
        raise wrong(f"{place}.rules", "at least one case", "add {when: …, rule: …}, or leave rules out")
    cases = tuple(_read_case(item, f"{place}.rules[{index}]") for index, item in enumerate(items))
    _check_cases(cases, f"{place}.rules")
    return RuleByColumn(column, cases, otherwise)


def _check_cases(cases: tuple[RuleCase, ...], place: str) -> None:
    """Refuse a value that stands in two cases of different rules, the second of which could never apply."""
    known: dict[str | None, int] = {}
    for index, case in enumerate(cases):
        for value in case.when:
            first = known.setdefault(comparable(value), index)
            if cases[first].uses != case.uses:
                problem = f"a value of it is also that of {place}[{first}], case and spaces ignored"
                mend = "keep one case for it; several rules for one value are a list: {when: VALUE, rule: [101, 102]}"
                raise ConfigError(f"{place}[{index}].when", problem, mend)


def _read_case(raw: object, place: str) -> RuleCase:
    case = values.json_object(raw, place, "{when: VALUE, rule: ID}")
    known = ("when", "rule", "skip")
    for name in case:
        if name not in known:
            is_a_value = case.keys().isdisjoint(known) and not get_close_matches(name, known, cutoff=0.8)
            by_value = {name: f"write {place}: {{when: VALUE, rule: ID}}"} if is_a_value else {}
            raise unknown(place, "key", name, known, {**by_value, **CASE_KEYS})
    if "when" not in case:
        raise ConfigError(place, "the case has no `when`", "add the value, or the list of values, it is for")
    when = values.scalars(case["when"], f"{place}.when")
    skip = values.boolean(case.get("skip", False), f"{place}.skip")
    if skip == ("rule" in case):
        raise ConfigError(place, "the case needs either `rule` or `skip: true`", "give one of them")
    return RuleCase(when, () if skip else _rule_uses(case["rule"], f"{place}.rule"))


def _rule_uses(raw: object, place: str) -> tuple[RuleUse, ...]:
    uses = tuple(_rule_use(item, place) for item, _ in values.one_or_several(raw, place))
    if not uses or len({use.rule for use in uses}) != len(uses):
        raise wrong(place, "one rule or a list of different rules", f"for example {place}: [101, 102]")
    return uses


def _rule_use(raw: object, place: str) -> RuleUse:
    if not isinstance(raw, Mapping):
        return RuleUse(values.identifier(raw, place))
    known = ("rule", "value")
    for name in raw:
        if name not in known:
            by_column = {} if "rule" in raw else {str(name): f"write {_BY_COLUMN}"}
            raise unknown(place, "key", str(name), known, by_column)
    if "rule" not in raw:
        raise ConfigError(place, "no rule is named", "write {rule: 101, value: false}")
    return RuleUse(
        values.identifier(raw["rule"], place),
        values.boolean(raw.get("value", True), f"{place}.value"),
    )


def _rule_ids(raw: object, place: str) -> tuple[str, ...]:
    found = values.identifiers("rule")(raw, place)
    return found if isinstance(found, tuple) else ()


def _read_only(raw: object, place: str) -> Only:
    only = values.json_object(raw, place, "{column: COLUMN, is: [VALUE]}")
    for name in only:
        if name not in _ONLY:
            by_name = {} if "column" in only else {name: f"write {place}: {{column: COLUMN, is: [VALUE]}}"}
            raise unknown(place, "key", name, _ONLY, {**by_name, **ONLY_KEYS})
    if len(only) < len(_ONLY):
        raise ConfigError(place, "it needs a column and its values", "for example {column: livemode, is: [true]}")
    column = values.column_name(only["column"], f"{place}.column")
    return Only(column, values.scalars(only["is"], f"{place}.is"))


def _read_thousands(raw: object, place: str) -> str:
    mark = raw if isinstance(raw, str) else ""
    if mark not in _THOUSANDS:
        raise wrong(place, "the mark between thousands: a comma, a point, an apostrophe or a space", f'{place}: ","')
    return mark


def _read_timezone(raw: object, place: str) -> str:
    name = values.text(raw, place)
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise wrong(place, "a time zone's name", _mend_of_timezone(name, place)) from None
    return name


def _mend_of_timezone(written: str, place: str) -> str:
    """What to write for a name that is no zone: the nearest place; never another abbreviation, which would be another zone."""
    known = {name.lower(): name for name in available_timezones() if "/" in name and not name.startswith("Etc/")}
    nearest = get_close_matches(written.lower(), known, n=1)
    return f"did you mean {known[nearest[0]]}?" if nearest else f"for example {place}: Europe/Berlin"


def _read_deleted(raw: object, place: str) -> tuple[str, ...]:
    return () if _is_off(raw) else values.column_names(raw, place)


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


_AN_ENTRY = "{stream: NAME, conversion_rule: ID, fields: {email: COLUMN}, consent: {column: COLUMN}}"
_SOME_FIELDS = "{email: COLUMN, happened_at: COLUMN}"
_BY_COLUMN = "{column: COLUMN, rules: [{when: VALUE, rule: ID}]}, or the rule's id alone"
_ONLY = ("column", "is")
_THOUSANDS = (",", ".", "'", "\u2019", " ")

_READERS: dict[str, values.Reader] = {
    "consent": read_consent,
    "timezone": _read_timezone,
    "not_before": values.instant,
    "on_bad_field": values.choice("drop", "reject"),
    "on_too_old": values.choice("skip", "reject"),
    "once_per": _read_once_per,
    "key": values.column_names,
    "source": values.text,
    "deleted": _read_deleted,
    "names": values.choice("hashed", "plain"),
    "decimal_comma": values.boolean,
    "thousands": _read_thousands,
    "minor_units": values.boolean,
    "time_format": read_time_format,
    "ignore_offset": values.boolean,
    "date_order": values.choice("dmy", "mdy", "ymd"),
    "only": _read_only,
    "undeclared_columns": _read_undeclared,
}

_ENTRY_KEYS = ("stream", "conversion_rule", "fields", "constants", *_READERS)


def _beside(around: str) -> dict[str, str]:
    """What to do with a key of an entry that stands one level too deep."""
    return dict.fromkeys(_ENTRY_KEYS, f"it is a key of the entry: write it beside {around}, not in it")


_NOT_CONSTANT = {
    **_beside("constants"),
    **{name: f"it is not the same for all records: name its column, fields: {{{name}: COLUMN}}" for name in FIELDS},
}
_NOT_IN_AN_ENTRY = {
    **ENTRY_NAMES,
    **dict.fromkeys(BY_NAME, "it is a setting: write it beside streams, not in an entry"),
    **{name: f"it is a field: name its column under fields, as in fields: {{{name}: COLUMN}}" for name in FIELDS},
    **dict.fromkeys(
        ("granted", "contains", "not_required"),
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
    **{name: f"it belongs in an entry: streams: [{{stream: NAME, {name}: …}}]" for name in _ENTRY_KEYS[2:]},
    **{name: f"it belongs in an entry: streams: [{{stream: NAME, fields: {{{name}: COLUMN}}}}]" for name in FIELDS},
}
"""What to do with a name that is no setting, but belongs in an entry of `streams`."""

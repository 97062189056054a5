"""The keys `fields` and `constants` of an entry: what an event is made of, and of which columns."""

from __future__ import annotations

from collections.abc import Mapping

from target_linkedin_conversions.nearest import folded_name, nearest_key
from target_linkedin_conversions.records.identifiers import IDENTIFIERS
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.settings import lists
from target_linkedin_conversions.settings.entry_keys import KEY_NAMES, beside
from target_linkedin_conversions.settings.other_names import FIELD_NAMES
from target_linkedin_conversions.settings.values import unknown, wrong
from target_linkedin_conversions.urns import RULE_URN

__all__ = ["CONSTANT_FIELDS", "FIELDS", "is_off", "read_constants", "read_fields"]

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

_SOME_FIELDS = "{email: COLUMN, happened_at: COLUMN}"
_NOT_CONSTANT = {
    **beside("constants"),
    **{name: f"it is not the same for all records: name its column, fields: {{{name}: COLUMN}}" for name in FIELDS},
}
"""What to do with a name that is no constant, but something else."""


def read_fields(raw: object, place: str) -> tuple[dict[str, tuple[str, ...]], frozenset[str], frozenset[str] | None]:
    """The mapped columns by field, the fields switched off, and the rules `event_id` is for."""
    mapped: dict[str, tuple[str, ...]] = {}
    off: set[str] = set()
    event_id_rules: frozenset[str] | None = None
    for name, raw_item in lists.json_object(raw, place, _SOME_FIELDS).items():
        here = f"{place}.{name}"
        if name not in FIELDS:
            raise unknown(place, "field", name, FIELDS, _meant_by(name, raw_item))
        item = lists.json_or(raw_item, dict)
        if is_off(item):
            off.add(name)
        elif isinstance(item, Mapping) and name == "event_id":
            if set(item) != {"column", "rules"}:
                raise wrong(
                    here,
                    "a column, or {column: …, rules: […]}",
                    f"for example {here}: {{column: id, rules: [101]}}",
                )
            mapped[name] = lists.column_names(item["column"], f"{here}.column")
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
    return lists.column_names(item, place)


def _meant_by(name: str, item: object) -> dict[str, str]:
    """What to do with an unknown field: a key of the entry, another name of a field, or the two sides the wrong way round."""
    means_a_field = folded_name(name) in FIELD_NAMES or nearest_key(name, FIELDS) is not None
    if isinstance(item, str) and item in FIELDS and name not in KEY_NAMES and not means_a_field:
        return {name: f"the field stands first, its column behind it: {item}: {name_shown(name)}"}
    return {**FIELD_NAMES, **beside("fields")}


def is_off(item: object) -> bool:
    """Whether a field is switched off: false, typed or as text. No column is called that."""
    return item is False or (isinstance(item, str) and item.strip().lower() == "false")


def read_constants(raw: object, place: str) -> dict[str, object]:
    """The fields that are the same for every event."""
    found = {name: item for name, item in lists.json_object(raw, place, "{currency: EUR}").items() if item is not None}
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


def _rule_ids(raw: object, place: str) -> tuple[str, ...]:
    found = lists.identifiers(RULE_URN)(raw, place)
    return found if isinstance(found, tuple) else ()

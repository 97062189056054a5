"""What of a row leaves, and in which form: read off the plan that its events are made by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.records.event import Amount, Conversion, User, UserInfo
from target_linkedin_conversions.records.identifiers import IDENTIFIERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_linkedin_conversions.records.plan import MappedField, StreamPlan

__all__ = ["HASHED", "PLAIN", "OutgoingField", "outgoing_fields", "unsent_fields"]

HASHED, PLAIN = "hashed", "plain"

_HASHED_TYPES = "SHA256_"
_NAMES = ("first_name", "last_name")
_BESIDE_NAMES = {"company": "company_name", "title": "title", "country": "country_code"}
_MONEY = {"value": "amount", "currency": "currency_code"}


class OutgoingField(msgspec.Struct, frozen=True):
    """A field that leaves: of which columns, `hashed` or `plain`, and as which member of LinkedIn's event.

    `how` it came about: `mapped`, `found` by its name, `constant`, or `made` of the columns.
    """

    field: str
    columns: tuple[str, ...]
    how: str
    leaves_as: str
    sent_as: str


def outgoing_fields(plan: StreamPlan) -> list[OutgoingField]:
    """Every field of a stream's events, in the order of the mapping."""
    return [OutgoingField("conversion_rule", *_of_rule(plan)), *_mapped(plan), *_own_event_id(plan)]


def unsent_fields(plan: StreamPlan) -> list[MappedField]:
    """Fields that are mapped and never leave: the version lacks them, or what LinkedIn takes only beside them is missing."""
    sent = {field.field for field in outgoing_fields(plan)}
    return [field for field in plan.fields if field.field not in sent]


def _of_rule(plan: StreamPlan) -> tuple[tuple[str, ...], str, str, str]:
    """The rule's id: one of the settings, chosen by a column where they say so."""
    columns = (plan.rule_column_name,) if plan.rule_column_name else ()
    return columns, "mapped" if columns else "constant", PLAIN, _wire(Conversion, "conversion")


def _mapped(plan: StreamPlan) -> Iterator[OutgoingField]:
    for field in plan.fields:
        form = _form(plan, field.field)
        if form is not None:
            yield OutgoingField(field.field, field.columns, field.how, *form)


def _form(plan: StreamPlan, field: str) -> tuple[str, str] | None:
    """Hashed or plain, and the member that it becomes; None where it never leaves."""
    if field in IDENTIFIERS:
        found = next((column for column in plan.identifiers if column.field == field), None)
        if found is None or found.normal is None:
            return None
        return HASHED if found.id_type.startswith(_HASHED_TYPES) else PLAIN, found.id_type
    if field in {*_NAMES, "full_name", *_BESIDE_NAMES}:
        return _form_of_info(plan, field)
    lacks_half = field in _MONEY and (plan.value is None or plan.currency is None)
    if lacks_half or (field == "event_id" and not plan.identity.send_event_id):
        return None
    return PLAIN, _PLAIN_MEMBERS[field]


def _form_of_info(plan: StreamPlan, field: str) -> tuple[str, str] | None:
    """The same of what stands in `userInfo`, which leaves only with both names."""
    person = plan.person
    if person.full_name is None and (person.first_name is None or person.last_name is None):
        return None
    info = _wire(User, "user_info")
    if field in _BESIDE_NAMES:
        return PLAIN, f"{info}.{_wire(UserInfo, _BESIDE_NAMES[field])}"
    names = _NAMES if field == "full_name" else (field,)
    prefix = "hashed_" if person.hash_names else ""
    members = ", ".join(f"{info}.{_wire(UserInfo, prefix + name)}" for name in names)
    return HASHED if person.hash_names else PLAIN, members


def _own_event_id(plan: StreamPlan) -> Iterator[OutgoingField]:
    """The id that is made of rule, source and key, and of the time where the entry counts each row."""
    if plan.identity.send_event_id and plan.identity.needs_key:
        columns = tuple(name for name, _ in plan.identity.key)
        yield OutgoingField("event_id", columns, "made", HASHED, _wire(Conversion, "event_id"))


def _wire(struct: type[msgspec.Struct], attribute: str) -> str:
    """LinkedIn's name of a member."""
    names = {field.name: field.encode_name for field in msgspec.structs.fields(struct)}
    return names[attribute]


_PLAIN_MEMBERS = {
    **{field: f"{_wire(Conversion, 'conversion_value')}.{_wire(Amount, part)}" for field, part in _MONEY.items()},
    "event_id": _wire(Conversion, "event_id"),
    "happened_at": _wire(Conversion, "conversion_happened_at"),
    "external_id": _wire(User, "external_ids"),
    "lead": _wire(User, "lead"),
}
"""What leaves as it is, by field."""

"""Compiles the `user` member of an event from its fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.records import fields, normalise
from target_linkedin_conversions.records.cache import Cache
from target_linkedin_conversions.records.reasons import EXCLUDED, SUPPRESSED, Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.records.fields import Part
    from target_linkedin_conversions.records.normalise import Normalised
    from target_linkedin_conversions.records.plan import IdentifierColumn, PersonColumns, StreamPlan
    from target_linkedin_conversions.records.rows import JsonOf, Place, Row, Value

__all__ = ["compile_identifiers", "compile_person"]

MOST_EMAILS = 5
_EMAIL, _SHA256_EMAIL = "email", '"SHA256_EMAIL"'
_NEED_NO_ESCAPES = frozenset(
    {"SHA256_EMAIL", "SHA256_IP_ADDRESS", "PLAINTEXT_IP_ADDRESS", "LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID"},
)
"""Identifiers that have no character with a meaning in JSON."""
_NAMES = ("first_name", "last_name")
_TOO_MANY_EMAILS = Reason(_EMAIL, "too_many")
_NEEDS_FULL_NAME = Reason("company", "needs_full_name")

_encode = msgspec.json.Encoder().encode


def compile_identifiers(plan: StreamPlan) -> JsonOf:
    """A function from row to what is in `userIds`: each identifier once, at most five e-mails."""
    emails = sum(column.field == _EMAIL for column in plan.identifiers)
    columns = [
        (
            column.place,
            _normal(column, plan),
            f',{{"idType":"{column.id_type}","idValue":',
            column.id_type in _NEED_NO_ESCAPES and not (column.field == _EMAIL and emails > 1),
        )
        for column in plan.identifiers
    ]

    def identifiers(row: Row, left_out: list[Reason]) -> str:
        found = ""
        for place, normal, prefix, is_plain in columns:
            text = normal(row[place])
            if is_plain and type(text) is str:
                found = f'{found}{prefix}"{text}"}}'
            elif text is not None:
                found = _with_several(found, prefix, text if isinstance(text, list) else [text], left_out)
        return found[1:]

    return identifiers


def _with_several(found: str, prefix: str, values: list[Normalised], left_out: list[Reason]) -> str:
    """Add the identifiers of a value that holds several to those found; what is no identifier is noted."""
    for text in values:
        if isinstance(text, Reason):
            if text not in left_out:
                left_out.append(text)
        elif text is not None:
            part = f"{prefix}{_encode(text).decode()}}}"
            if part in found:
                continue
            if _SHA256_EMAIL in part and found.count(_SHA256_EMAIL) >= MOST_EMAILS:
                left_out.append(_TOO_MANY_EMAILS)
            else:
                found += part
    return found


def _normal(column: IdentifierColumn, plan: StreamPlan) -> Callable[[Value], Normalised | list[Normalised]]:
    """How the values of an identifier's column are normalised; those who are held back are left out."""
    if column.normal is None:
        unsupported = Reason(column.field, "unsupported_by_version")
        return lambda value: None if value is None else unsupported
    if column.field != _EMAIL or not plan.limits.guarded:
        return column.normal
    suppressed, excluded_domains = plan.limits.suppressed, plan.limits.excluded_domains

    def guarded_email(value: Value) -> Normalised | list[Normalised]:
        sent, addresses = normalise.email(value), normalise.addresses_in(value)
        if not suppressed.isdisjoint(normalise.digests_of_all_in(value, sent, addresses)):
            return SUPPRESSED
        is_excluded = any(address.rpartition("@")[2] in excluded_domains for address in addresses)
        return EXCLUDED if is_excluded else sent

    return guarded_email


def compile_person(person: PersonColumns) -> JsonOf:
    """A function from row to what follows `userIds`: names with what goes beside them, external id, lead."""
    info = _user_info(person)
    contacts = [
        (place, part)
        for place, part in ((person.external_id, fields.external_id), (person.lead, fields.lead))
        if place is not None
    ]
    if not contacts:
        return info

    def known_person(row: Row, left_out: list[Reason]) -> str:
        text = info(row, left_out)
        for place, part_of in contacts:
            part = part_of(row[place])
            if isinstance(part, str):
                text += part
            else:
                left_out.append(part)
        return text

    return known_person


def _user_info(person: PersonColumns) -> JsonOf:
    """Both names, and what goes beside them; nothing without both."""
    lonely = [place for place in (person.company, person.title) if place is not None]

    def without_names(row: Row, left_out: list[Reason]) -> str:
        if any(row[place] for place in lonely):
            left_out.append(_NEEDS_FULL_NAME)
        return ""

    if person.full_name is not None:
        names = [_known(person.full_name, part) for part in fields.full_name(person)]
    else:
        names = _parts(person, {field: fields.name(field, person) for field in _NAMES})
    if len(names) < len(_NAMES):
        return without_names
    return _with_names(names, _parts(person, fields.BESIDE_NAMES), without_names)


def _with_names(names: list[_Known], beside: list[_Known], without_names: JsonOf) -> JsonOf:
    (first_place, known_first, first_of), (last_place, known_last, last_of) = names

    def user_info(row: Row, left_out: list[Reason]) -> str:
        value = row[first_place]
        first = known_first[value] if type(value) is str else first_of(value)
        value = row[last_place]
        last = known_last[value] if type(value) is str else last_of(value)
        if type(first) is not str or type(last) is not str or not (first and last):
            left_out += dict.fromkeys(part for part in (first, last) if isinstance(part, Reason))
            return without_names(row, left_out)
        text = first + last
        for place, known, part_of in beside:
            value = row[place]
            part = known[value] if type(value) is str else part_of(value)
            if type(part) is str:
                text += part
            else:
                left_out.append(part)  # type: ignore[arg-type]  # what is no text is a reason
        return f',"userInfo":{{{text}}}'

    return user_info


_Known = tuple["Place", "Cache[str | Reason]", "Part"]
"""The place of a field, what is known of its texts, and what makes its part of any value."""


def _known(place: Place, part: Part) -> _Known:
    return place, Cache(part), part


def _parts(person: PersonColumns, parts: dict[str, Part]) -> list[_Known]:
    """The fields that have a place in the row."""
    places = {field: getattr(person, field) for field in parts}
    return [_known(place, parts[field]) for field, place in places.items() if place is not None]

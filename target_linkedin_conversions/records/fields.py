"""The fields of an event that stand beside its identifiers: each one function from a value to its part of the JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from target_linkedin_conversions.records import normalise
from target_linkedin_conversions.records.normalise.digests import SHORTEST_DIGEST
from target_linkedin_conversions.records.reasons import Reason
from target_linkedin_conversions.records.rows import Value
from target_linkedin_conversions.records.text import as_json, is_email_shaped, is_placeholder

if TYPE_CHECKING:
    from target_linkedin_conversions.records.normalise import Normalised
    from target_linkedin_conversions.records.plan import PersonColumns

__all__ = ["BESIDE_NAMES", "Part", "external_id", "full_name", "lead", "name"]

_NOT_TWO_NAMES = Reason("full_name", "not_two_names")
_NO_NAME = Reason("full_name", "not_a_name")

Part = Callable[[Value], "str | Reason"]
"""What a value adds to the event's JSON: a text, an empty one for nothing, or why it is left out."""


def _part(prefix: str, normal: Callable[[Value], Normalised], suffix: str = "") -> Part:
    """A field that is the JSON of what `normal` makes of a value, between prefix and suffix."""

    def part(value: Value) -> str | Reason:
        text = normal(value)
        return f"{prefix}{as_json(text)}{suffix}" if type(text) is str else text or ""

    return part


def name(field: str, person: PersonColumns) -> Part:
    """A first or last name: hashed where the version takes that and nobody wants it plain; a hash stays one."""
    member, comma = {"first_name": ("FirstName", ""), "last_name": ("LastName", ",")}[field]
    plain, hashed = f'{comma}"{member[0].lower()}{member[1:]}":', f'{comma}"hashed{member}":'
    not_a_name, hash_names = Reason(field, "not_a_name"), person.hash_names
    as_it_is = _given_digest(field, hashed, taken=person.version_hashes_names)

    def part(value: Value) -> str | Reason:
        if type(value) is str:
            if hash_names and value.isalpha() and len(value) < SHORTEST_DIGEST:
                digest = normalise.hashed_name(value)
                return f'{hashed}"{digest}"' if digest else not_a_name
            if not value:
                return ""
            if len(value) >= SHORTEST_DIGEST and (digest := normalise.hex_digest(value.strip())):
                return as_it_is(digest)
            if hash_names and not is_email_shaped(value):
                digest = normalise.hashed_name(value)
                return f'{hashed}"{digest}"' if digest else not_a_name if value.strip() else ""
        elif value is None or hash_names:
            return _of_a_value(value, part, field)
        text = normalise.plain_name(value, field)
        return f"{plain}{as_json(text)}" if type(text) is str else text or ""

    return part


def _of_a_value(value: Value, part: Part, field: str) -> str | Reason:
    """What is made of the text that a value stands for which is none, such as Extended JSON."""
    text = normalise.plain_name(value, field)
    return part(text) if type(text) is str else text or ""


def full_name(person: PersonColumns) -> tuple[Part, Part]:
    """First and last name of a text that holds exactly two words, or `Last, First`."""
    first, last = name("first_name", person), name("last_name", person)
    return (lambda value: _of_two(value, 0, first)), (lambda value: _of_two(value, 1, last))


def _of_two(value: Value, index: int, part: Part) -> str | Reason:
    if value is None or (isinstance(value, str) and not value.strip()):
        return ""
    if isinstance(value, str) and is_placeholder(value.strip()):
        return _NO_NAME
    names = normalise.two_names(value)
    return _NOT_TWO_NAMES if names is None else part(names[index])


def _given_digest(field: str, prefix: str, *, taken: bool) -> Callable[[str], str | Reason]:
    """The part of a name that the source has already hashed."""
    unsupported, of_nothing = Reason(field, "hashed_name_unsupported"), Reason(field, "hash_of_nothing")

    def part(digest: str) -> str | Reason:
        if not taken:
            return unsupported
        return of_nothing if digest in normalise.HASHES_OF_NO_NAME else f'{prefix}"{digest}"'

    return part


BESIDE_NAMES: dict[str, Part] = {
    "company": _part(',"companyName":', lambda value: normalise.plain_words(value, "company")),
    "title": _part(',"title":', lambda value: normalise.plain_words(value, "title")),
    "country": _part(',"countryCode":', normalise.country),
}
"""What LinkedIn takes only beside a full name, in the order it is sent."""

external_id = _part(',"externalIds":[', normalise.own_id, "]")
"""The source's own id of the person."""

lead = _part(',"lead":', normalise.lead)
"""The response to a lead form."""

"""Plain values: those whose part of an event is known at a glance, as JSON text.

A recogniser gives what the complete walk would send of a value, an empty text where that is
nothing, or None: the value is not plain, and its record takes the complete walk. A form that is
too rare to be worth a pattern is asked of the functions that the complete walk calls.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec

from target_linkedin_conversions.records import normalise
from target_linkedin_conversions.records.person import name_of
from target_linkedin_conversions.records.plan import Constant, Normal

if TYPE_CHECKING:
    from target_linkedin_conversions.records.columns import Read, Value
    from target_linkedin_conversions.records.plan import IdentifierColumn, PersonColumns, StreamPlan
    from target_linkedin_conversions.records.reasons import Reason

__all__ = [
    "PLAIN_AMOUNT",
    "PLAIN_AMOUNT_WITH_COMMA",
    "Fragments",
    "Recogniser",
    "as_json",
    "beside_names",
    "email",
    "identifier",
    "is_plain_id",
    "made_of",
    "name",
    "sent_as",
]

Recogniser = Callable[[Any], str | None]

PLAIN_AMOUNT = re.compile(r"(?:[1-9][0-9]{0,17}|0)(?:\.[0-9]{1,9})?").fullmatch
"""An amount that is sent as it is written."""
PLAIN_AMOUNT_WITH_COMMA = re.compile(r"(?:[1-9][0-9]{0,17}|0)(?:,[0-9]{1,9})?").fullmatch
"""The same with a decimal comma, which becomes a point."""
_PLAIN_EMAIL = re.compile(
    r"[0-9A-Za-z.!#$%&'*+/=?^_`{|}~-]{1,64}+@[0-9A-Za-z-]{1,63}+(?:\.[0-9A-Za-z-]{1,63}+){1,3}+",
).fullmatch
"""An address that needs lower case at most, of 320 characters at most."""

_SHORTEST_ID, _LONGEST_ID = 10, 64
_MOST_KEPT, _LONGEST_KEPT = 16_384, 64
_MIXED_NAMES = object()
_BESIDE_NAMES: dict[str, tuple[str, Normal]] = {
    "company": ("companyName", lambda value: normalise.plain_text(value, "company")),
    "title": ("title", lambda value: normalise.plain_text(value, "title")),
    "country": ("countryCode", normalise.country),
}

_encode = msgspec.json.Encoder().encode


class Fragments(dict[str | None, str | None]):
    """What is made of a text, by the text, which repeats: a name, a company, a code.

    Thousands are kept, none of them long, and all are forgotten when they are too many.
    Indexed by a text or None only. Ask `get` first, and the index only where that gives None:
    Python looks a subclass's index up anew each time, at thrice the cost (measured).
    """

    __slots__ = ("_make",)

    def __init__(self, make: Recogniser, absent: str | None = "") -> None:
        """`make` recognises a text; `absent` stands for None."""
        super().__init__({None: absent})
        self._make = make

    def __missing__(self, text: str) -> str | None:
        """The fragment of a text that is not kept; None for what is no text."""
        if type(text) is not str:
            return None
        made = self._make(text)
        if len(text) <= _LONGEST_KEPT:
            if len(self) > _MOST_KEPT:
                absent = self[None]
                self.clear()
                self[None] = absent
            self[text] = made
        return made


def as_json(text: str) -> str | None:
    """A text as JSON in its quotes; None where it holds half a character."""
    try:
        return _encode(text).decode()
    except UnicodeEncodeError:
        return None


def is_plain_id(text: str) -> bool:
    """Whether an id is sent as it is: longer than any placeholder, no character with a meaning in a URL or in JSON.

    Letters, digits and hyphens; asked of its bytes, at half the cost of a pattern (measured).
    """
    if not (_SHORTEST_ID <= len(text) <= _LONGEST_ID and text.isascii()):
        return False
    letters = text.encode()
    return letters.isalnum() or letters.replace(b"-", b"").isalnum()


def made_of(normal: Callable[[Any], object]) -> Recogniser:
    """A recogniser that gives what `normal` makes of a value."""

    def recognise(value: Value) -> str | None:
        found = normal(value)
        return found if type(found) is str else "" if found is None else None

    return recognise


def sent_as(prefix: str, normal: Callable[[Any], object], suffix: str = "") -> Recogniser:
    """A recogniser that gives the JSON of what `normal` makes of a value, between prefix and suffix."""
    recognised = made_of(normal)

    def recognise(value: Value) -> str | None:
        found = recognised(value)
        text = as_json(found) if found else found
        return f"{prefix}{text}{suffix}" if text else text

    return recognise


def name(field: str, person: PersonColumns) -> Recogniser:
    """A recogniser of names, all hashed or all plain as they mostly are: a mixture has an order of its own."""
    before, part = ("", "FirstName") if field == "first_name" else (",", "LastName")

    def normal(value: Value) -> object:
        left_out: list[Reason] = []
        found = name_of(value, field, person, left_out)
        if left_out or found is None:
            return left_out[0] if left_out else None
        sent, hashed = found
        return sent if hashed is person.hash_names else _MIXED_NAMES

    return sent_as(
        f'{before}"hashed{part}":' if person.hash_names else f'{before}"{part[0].lower()}{part[1:]}":', normal
    )


def beside_names(field: str, read: Read | None) -> Fragments:
    """The fragments of what goes beside the names: company, title or country."""
    member, normal = _BESIDE_NAMES[field]
    make = sent_as(f',"{member}":', normal)
    return Fragments(make, make(read.value) if isinstance(read, Constant) else "")


def identifier(column: IdentifierColumn, plan: StreamPlan) -> Recogniser:
    """A recogniser of the match identifier of one column."""
    if column.normal is None:
        return lambda value: "" if value is None else None
    if column.field == "email":
        return email(plan)
    return sent_as(f'{{"idType":"{column.id_type}","idValue":', column.normal, "}")


def email(plan: StreamPlan) -> Recogniser:
    """A recogniser of e-mail addresses and their hashes, of nobody who is held back."""
    suppressed, excluded, guarded = plan.suppressed, plan.excluded_domains, plan.guarded

    def recognise(value: Value) -> str | None:
        if type(value) is not str or not _PLAIN_EMAIL(value):
            return of_any_form(value)
        address = value.lower()
        digest = sha256(address.encode()).hexdigest()
        if guarded and (digest in suppressed or address.rpartition("@")[2] in excluded):
            return None
        return f'{{"idType":"SHA256_EMAIL","idValue":"{digest}"}}'

    def of_any_form(value: Value) -> str | None:
        digest = normalise.email(value)
        if type(digest) is not str:
            return "" if digest is None else None
        if digest in suppressed or normalise.email_domain(value) in excluded:
            return None
        return f'{{"idType":"SHA256_EMAIL","idValue":"{digest}"}}'

    return recognise

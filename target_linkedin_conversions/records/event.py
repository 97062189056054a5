"""The values a record becomes: an `Event` a rule, or one `Refusal`; and the wire types.

The wire types are LinkedIn's own field names (documented, schema page); they are the
one source of the published JSON Schema.
"""

from __future__ import annotations

import msgspec

from target_linkedin_conversions.records.reasons import Reason

__all__ = [
    "Amount",
    "Conversion",
    "Event",
    "Identifier",
    "Key",
    "MappedValues",
    "MissingKey",
    "Refusal",
    "Shape",
    "User",
    "UserInfo",
    "amount_of",
    "shape_of",
]


Key = tuple[tuple[str, str | None], ...]
"""The name and text of each key column, by name."""


class MappedValues(tuple[tuple[str, str | None], ...]):
    """All that is mapped of a record, in place of the key that it should have and that is empty."""

    __slots__ = ()


class Amount(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """An amount of money; both parts or neither."""

    currency_code: str
    amount: str


class Identifier(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """One match identifier."""

    id_type: str
    id_value: str


class UserInfo(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, gc=False):
    """Name and company; only ever built with both names."""

    first_name: str | None = None
    last_name: str | None = None
    hashed_first_name: str | None = None
    hashed_last_name: str | None = None
    company_name: str | None = None
    title: str | None = None
    country_code: str | None = None


class User(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """Who did it; `user_ids` is required and may be empty."""

    user_ids: list[Identifier]
    user_info: UserInfo | None = None
    external_ids: list[str] | None = None
    lead: str | None = None


class Conversion(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One element of a request to `/rest/conversionEvents`."""

    conversion: str
    conversion_happened_at: int
    user: User
    conversion_value: Amount | None = None
    event_id: str | None = None


class Event(msgspec.Struct, frozen=True, gc=False):
    """One conversion event of one rule, encoded and ready to leave.

    `identity` tells it from all others of its rule; `hour` is the epoch hour of its time where
    the time is part of that. `content`, a check sum of the member `conversionValue` that begins
    with the time, changes when time or value do. Times are epoch milliseconds; `happened_at` is the
    one that is sent. `compared_key` tells two records under one mapped id apart, and `compared_person`
    where one of them has no key; both are empty where the identity is made of the key. `private` are columns of the key that hold what was left
    out of the payload and says who it is. `has_own_id` says that the identity is no id of a column but one of our own.
    """

    rule: str
    identity: str
    happened_at: int
    payload: bytes
    content: int
    hour: int | None
    key: Key
    left_out: tuple[Reason, ...] = ()
    compared_key: str = ""
    compared_person: str = ""
    private: frozenset[str] = frozenset()
    has_own_id: bool = False


class Shape(msgspec.Struct, frozen=True):
    """What may be told of a record that is refused: which fields it has, time and value."""

    fields: tuple[str, ...] = ()
    happened_at: int | None = None
    value: str | None = None


class Refusal(msgspec.Struct, frozen=True):
    """Why a record yields no event: skipped for one reason, or rejected for all of them.

    `unmatched` is the value that chose no rule, `consent` the one that did not grant it, both as they may be shown;
    `noted` is what could not be read on the way.
    """

    skipped: str = ""
    reasons: tuple[Reason, ...] = ()
    rule: str | None = None
    key: Key = ()
    private: frozenset[str] = frozenset()
    shape: Shape = Shape()
    unmatched: str | None = None
    consent: str = ""
    noted: tuple[Reason, ...] = ()


class MissingKey(msgspec.Struct, frozen=True):
    """The record lacks a key property that its schema promises: the input is broken."""

    name: str


_CURRENCY, _AMOUNT = b',"conversionValue":{"currencyCode":"', b'","amount":"'
"""How a value begins and goes on in an event's JSON; in a text its quotes would be escaped."""


def amount_of(payload: bytes) -> tuple[str, str] | None:
    """Currency and amount of an event that was encoded, None where it has no value, or one that is no plain number."""
    _, value, rest = payload.rpartition(_CURRENCY)
    if not value:
        return None
    currency, _, rest = rest.partition(_AMOUNT)
    amount = rest.partition(b'"')[0]
    whole, _, decimals = amount.partition(b".")
    return (currency.decode(), amount.decode()) if whole.isdigit() and (decimals or b"0").isdigit() else None


def shape_of(payload: bytes) -> Shape:
    """The shape of an event that was encoded."""
    event = msgspec.json.decode(payload, type=Conversion)
    fields = [identifier.id_type for identifier in event.user.user_ids]
    fields += [name for name in ("user_info", "external_ids", "lead") if getattr(event.user, name)]
    value = event.conversion_value
    return Shape(
        tuple(dict.fromkeys(fields)),
        event.conversion_happened_at,
        f"{value.amount} {value.currency_code}" if value else None,
    )

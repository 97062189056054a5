"""The event as LinkedIn's schema has it, decoded straight into structs.

Decoding accepts only what the schema accepts, so the fast path needs no second look at types.
What the structs cannot say (enum symbols, URN prefixes, version gates) is checked in `intake`.
"""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

__all__ = ["Event", "MaybeText", "User", "UserId", "UserInfo", "decode_any", "decode_batch", "decode_one"]

MaybeText = str | UnsetType


class UserId(msgspec.Struct, rename="camel", forbid_unknown_fields=True, frozen=True, gc=False):
    """One identifier: its type and its value."""

    id_type: str
    id_value: str


class UserInfo(msgspec.Struct, rename="camel", forbid_unknown_fields=True, frozen=True, gc=False):
    """Name, company, title and country of a person."""

    first_name: MaybeText = UNSET
    last_name: MaybeText = UNSET
    hashed_first_name: MaybeText = UNSET
    hashed_last_name: MaybeText = UNSET
    company_name: MaybeText = UNSET
    title: MaybeText = UNSET
    country_code: MaybeText = UNSET

    def texts(self) -> tuple[MaybeText, ...]:
        """Every field, set or not."""
        return (
            self.first_name,
            self.last_name,
            self.hashed_first_name,
            self.hashed_last_name,
            self.company_name,
            self.title,
            self.country_code,
        )


class User(msgspec.Struct, rename="camel", forbid_unknown_fields=True, frozen=True, gc=False):
    """Everything that LinkedIn may match a person by."""

    user_ids: list[UserId]
    user_info: UserInfo | UnsetType = UNSET
    external_ids: list[str] | UnsetType = UNSET
    lead: MaybeText = UNSET


class Money(msgspec.Struct, rename="camel", forbid_unknown_fields=True, frozen=True, gc=False):
    """A value: both parts or none, the amount as text (measured)."""

    currency_code: str
    amount: str


class Event(msgspec.Struct, rename="camel", forbid_unknown_fields=True, frozen=True, gc=False):
    """One conversion event; `conversion_happened_at` is epoch ms."""

    conversion: str
    conversion_happened_at: int
    user: User
    conversion_value: Money | UnsetType = UNSET
    event_id: MaybeText = UNSET


class Batch(msgspec.Struct, frozen=True, gc=False):
    """A BATCH_CREATE body. Rest.li reads an absent list as an empty one."""

    elements: list[Event] | UnsetType = UNSET


decode_one = msgspec.json.Decoder(Event).decode
decode_batch = msgspec.json.Decoder(Batch).decode
decode_any = msgspec.json.Decoder().decode

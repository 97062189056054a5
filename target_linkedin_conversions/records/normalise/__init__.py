"""Who did it: each kind of identifier normalised as LinkedIn documents it, then hashed.

Every function takes a raw value and returns the text to send, None where the value is empty,
or a `Reason` why it is none. An empty value never yields a hash. What makes plain values fast
is the first lines of each function: there is no second way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.records.normalise.click_id import click_id
from target_linkedin_conversions.records.normalise.digests import HASHES_OF_NO_NAME, HASHES_OF_NOTHING, hex_digest
from target_linkedin_conversions.records.normalise.emails import email, email_domain, normal_email
from target_linkedin_conversions.records.normalise.ip_address import ip_address_hashed, ip_address_plain
from target_linkedin_conversions.records.normalise.names import hashed_name, normal_name, plain_name
from target_linkedin_conversions.records.normalise.plain_text import Normalised, ad_id, country, lead, plain_text

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "BY_FIELD",
    "HASHES_OF_NOTHING",
    "HASHES_OF_NO_NAME",
    "Normalised",
    "ad_id",
    "click_id",
    "country",
    "email",
    "email_domain",
    "hashed_name",
    "hex_digest",
    "ip_address_hashed",
    "ip_address_plain",
    "lead",
    "normal_email",
    "normal_name",
    "plain_name",
    "plain_text",
]

BY_FIELD: dict[str, Callable[[object], Normalised]] = {
    "email": email,
    "li_fat_id": click_id,
    "acxiom_id": lambda value: plain_text(value, "acxiom_id"),
    "google_aid": ad_id("google_aid"),
    "oracle_moat_id": ad_id("oracle_moat_id"),
    "ip_address": ip_address_hashed,
    "ip_address_plain": ip_address_plain,
}
"""How each match identifier is normalised."""

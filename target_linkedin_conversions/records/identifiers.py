"""The match identifiers that LinkedIn knows (documented, schema page): a line each, in the order they are sent.

A new one is a line here and the function that normalises it; which version takes it is in `versions`.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from target_linkedin_conversions.records import normalise

__all__ = ["IDENTIFIERS", "OF_A_PERSON", "PERSONAL_FIELDS", "SAID_OF_A_PERSON", "Identifier"]


class Identifier(msgspec.Struct, frozen=True):
    """LinkedIn's name of its type, and how a value is normalised."""

    id_type: str
    normal: Callable[[object], normalise.Normalised | list[normalise.Normalised]]


IDENTIFIERS = {
    "email": Identifier("SHA256_EMAIL", normalise.email),
    "li_fat_id": Identifier("LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID", normalise.click_id),
    "acxiom_id": Identifier("ACXIOM_ID", normalise.ad_id("acxiom_id")),
    "google_aid": Identifier("GOOGLE_AID", normalise.ad_id("google_aid")),
    "oracle_moat_id": Identifier("ORACLE_MOAT_ID", normalise.ad_id("oracle_moat_id")),
    "ip_address": Identifier("SHA256_IP_ADDRESS", normalise.ip_address_hashed),
    "ip_address_plain": Identifier("PLAINTEXT_IP_ADDRESS", normalise.ip_address_plain),
}
"""By the field that maps it."""

OF_A_PERSON = ("first_name", "last_name", "full_name", "external_id", "lead")
"""Fields beside the identifiers that say who it is."""

PERSONAL_FIELDS = frozenset((*IDENTIFIERS, *OF_A_PERSON))
"""All fields that say who it is."""

SAID_OF_A_PERSON = PERSONAL_FIELDS | {"company", "title"}
"""Fields whose values are not shown in place of a key: the post at a company may be one person's."""

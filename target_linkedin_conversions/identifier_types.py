"""The match identifiers that LinkedIn knows (documented, schema page): the field that maps each, in the order they are sent."""

from __future__ import annotations

__all__ = ["IDENTIFIER_TYPES"]

IDENTIFIER_TYPES = {
    "email": "SHA256_EMAIL",
    "li_fat_id": "LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID",
    "acxiom_id": "ACXIOM_ID",
    "google_aid": "GOOGLE_AID",
    "oracle_moat_id": "ORACLE_MOAT_ID",
    "ip_address": "SHA256_IP_ADDRESS",
    "ip_address_plain": "PLAINTEXT_IP_ADDRESS",
}
"""Type by field."""

"""Who did it: each kind of identifier normalised as LinkedIn documents it, then hashed.

Every function takes a raw value and returns the text to send, None where the value is empty,
or the `Reason` to leave it out. An empty value never yields a hash. What makes plain values fast
is the first lines of each function: there is no second way.
"""

from __future__ import annotations

from target_linkedin_conversions.records.normalise.click_id import click_id
from target_linkedin_conversions.records.normalise.digests import (
    HASHES_OF_NO_NAME,
    HASHES_OF_NOTHING,
    hex_digest,
)
from target_linkedin_conversions.records.normalise.emails import (
    NOT_AN_EMAIL,
    OTHER_DIGEST,
    email,
    normal_email,
    read_addresses,
)
from target_linkedin_conversions.records.normalise.ip_address import ip_address_hashed, ip_address_plain
from target_linkedin_conversions.records.normalise.mentioned import addresses_in, digests_of_all_in, hashes_in
from target_linkedin_conversions.records.normalise.names import hashed_name, normal_name, plain_name, two_names
from target_linkedin_conversions.records.normalise.plain_text import (
    Normalised,
    ad_id,
    country,
    lead,
    own_id,
    plain_words,
)

__all__ = [
    "HASHES_OF_NOTHING",
    "HASHES_OF_NO_NAME",
    "NOT_AN_EMAIL",
    "OTHER_DIGEST",
    "Normalised",
    "ad_id",
    "addresses_in",
    "click_id",
    "country",
    "digests_of_all_in",
    "email",
    "hashed_name",
    "hashes_in",
    "hex_digest",
    "ip_address_hashed",
    "ip_address_plain",
    "lead",
    "normal_email",
    "normal_name",
    "own_id",
    "plain_name",
    "plain_words",
    "read_addresses",
    "two_names",
]

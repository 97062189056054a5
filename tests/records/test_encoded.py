"""An address that was made an id of in another alphabet is an address still; ids of systems are ids."""

from __future__ import annotations

import secrets
from base64 import b32encode, b64encode, urlsafe_b64encode
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_linkedin_conversions.records import normalise
from target_linkedin_conversions.records.encoded import encoded_address, encodes_address
from target_linkedin_conversions.records.looks import looks_personal
from target_linkedin_conversions.records.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

WRITTEN: dict[str, Callable[[bytes], str]] = {
    "base64": lambda address: b64encode(address).decode(),
    "base64-without-filling": lambda address: b64encode(address).decode().rstrip("="),
    "base64-of-urls": lambda address: urlsafe_b64encode(address).decode(),
    "base32": lambda address: b32encode(address).decode().rstrip("="),
    "hex": lambda address: address.hex(),
    "capital-hex": lambda address: address.hex().upper(),
}
addresses = st.from_regex(r"[a-z0-9][a-z0-9._+-]{2,20}@[a-z0-9][a-z0-9-]{2,20}\.(?:com|de|co\.uk)", fullmatch=True)


@pytest.mark.parametrize("how", WRITTEN)
@given(address=addresses)
def test_an_address_is_one_in_any_alphabet(how: str, address: str) -> None:
    word = WRITTEN[how](address.encode())
    assert encodes_address(word)
    assert encoded_address(word) == address
    assert looks_personal(word)
    assert looks_personal(f"see {word}, please")


@pytest.mark.parametrize("how", WRITTEN)
@pytest.mark.parametrize(
    "field",
    [
        normalise.own_id,
        normalise.lead,
        normalise.click_id,
        normalise.ad_id("acxiom_id"),
        normalise.ad_id("google_aid"),
        lambda text: normalise.plain_words(text, "company"),
        lambda text: normalise.plain_name(text, "first_name"),
    ],
)
def test_no_field_that_leaves_in_plain_takes_one(field: Callable[[str], object], how: str) -> None:
    word = WRITTEN[how](b"canary.7f3a@private.example")
    assert isinstance(field(word), Reason | None)


def test_ids_as_systems_make_them_encode_nobody() -> None:
    words = [
        *(
            "0065g00000XyZAbAAB",
            "cus_NffrFeUfNV2Hib",
            "65f1c0ffee0123456789abcd",
            "ORDER0000123",
            "Aspect123",
            "@" * 20,
            "",
        ),
        *(secrets.token_hex(size) for size in (8, 12, 16, 32) for _ in range(2000)),
        *(secrets.token_urlsafe(16).replace("-", "").replace("_", "") for _ in range(2000)),
    ]
    assert not any(map(encodes_address, words))

"""E-mail addresses: plain ones normalised and hashed, hashes passed on, several in one value taken apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING

from target_linkedin_conversions.records.normalise.digests import HASHES_OF_NOTHING, hex_digest
from target_linkedin_conversions.records.normalise.unseen import seen
from target_linkedin_conversions.records.reasons import Reason

if TYPE_CHECKING:
    from target_linkedin_conversions.records.normalise.plain_text import Normalised

__all__ = ["addresses_in", "email", "normal_email"]

NOT_AN_EMAIL = Reason("email", "not_an_email")
HASH_OF_NOTHING = Reason("email", "hash_of_nothing")

_LONGEST = 320
_LONGEST_TEXT = 10_000
"""Characters of a text that may hold several addresses."""
_LONGEST_WRAPPED = 1000
"""Characters of a text that may hold one address in what is written around it; white space is not counted."""
_MOST_ELEMENTS = 100
_USUAL = re.compile(
    r"[0-9A-Za-z!#$%&*+/=?^_{|}~-][0-9A-Za-z.!#$%&'*+/=?^_`{|}~-]{0,63}+@[0-9A-Za-z-]{1,63}+(?:\.[0-9A-Za-z-]{1,63}+){1,3}+",
).fullmatch
"""An address that needs lower case at most."""
_LABEL = r"[^\x00-,./:-@\[-`{-\x7f]+"  # of ASCII only letters, digits and the hyphen
_ADDRESS = re.compile(rf"[^@,;:<>()\[\]\\\"]+@{_LABEL}(?:\.{_LABEL})+")
_NAMED_ADDRESS = re.compile(r"[^<>]*<([^<>]+)>\s*")
_APART = re.compile(r"[;,]")
_TYPOGRAPHIC = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201b": "'",
        "\u00b4": "'",
        "\u2032": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u00ab": '"',
        "\u00bb": '"',
        "\u2039": '"',
        "\u203a": '"',
        "\u3002": ".",
        "\uff0e": ".",
        "\uff61": ".",
    }
)
_QUOTES = " \"'`"
"""What stands around an address and is none of it: quotes, a full stop behind it."""
_HOLD_ADDRESSES = ("value", "email", "email_address", "address")
"""Members of an object in a list of e-mails that may be one."""
_NO_PART = re.compile(r"[\s,;|<>()\[\]{}\"\u201c\u201d\u201e\u00ab\u00bb\u2039\u203a]+")


def email(value: object) -> Normalised | list[Normalised]:
    """The SHA-256 of an e-mail address as lower-case hex; hashes pass as lower-case hex.

    A list, or a text with `;` or `,` between addresses, gives one of these for each.
    """
    if type(value) is not str:
        return None if value is None else _of_list(value)
    text = value.strip()
    if _USUAL(text):
        return sha256(text.lower().encode()).hexdigest()
    if _has_at(text):
        return _of_text(text) if len(text) <= _LONGEST_TEXT else NOT_AN_EMAIL
    return _of_hash(text) if text else None


def _of_text(text: str) -> Normalised | list[Normalised]:
    address = normal_email(text)
    if address is None and _APART.search(text):
        parts = [part for part in _APART.split(text) if part.strip()]
        if len(parts) > 1:
            return _each(parts)
    return sha256(address.encode()).hexdigest() if address else NOT_AN_EMAIL


def _of_hash(text: str) -> Normalised:
    digest = hex_digest(text)
    if digest is None:
        return NOT_AN_EMAIL
    return HASH_OF_NOTHING if digest in HASHES_OF_NOTHING else digest


def _of_list(value: object) -> Normalised | list[Normalised]:
    if not isinstance(value, list | tuple):
        return value if isinstance(value, Reason) else NOT_AN_EMAIL
    return _each([_address_of(element) for element in value[:_MOST_ELEMENTS]])


def _address_of(element: object) -> object:
    """The address of an element: a text itself, or a member of an object."""
    if not isinstance(element, Mapping):
        return element if isinstance(element, str | None) else 0
    return next((element[name] for name in _HOLD_ADDRESSES if isinstance(element.get(name), str)), 0)


def _each(values: list[object] | list[str]) -> list[Normalised]:
    """What becomes of each value; of those that are several again, each of those."""
    found: list[Normalised] = []
    for value in values:
        made = NOT_AN_EMAIL if isinstance(value, list | tuple) else email(value)
        found += made if isinstance(made, list) else [made]
    return found


def normal_email(text: str) -> str | None:
    """The address as LinkedIn hashes it: all white space out, lower case; None if it is none.

    `mailto:` and `Jane <jane@x.com>` are unwrapped, full-width and invisible characters, typographic quotes and
    apostrophes are replaced by what they stand for: nobody's mailbox is written with them.
    """
    address = "".join(text[:_LONGEST_TEXT].split()).lower()
    if len(address) > _LONGEST_WRAPPED:
        return None
    if not address.isascii():
        address = unicodedata.normalize("NFKC", address.translate(_TYPOGRAPHIC)).lower()
    if not (address.isascii() and address.isprintable()):
        address = unicodedata.normalize("NFKC", seen(address))
    if address[-1:] == ">":
        named = _NAMED_ADDRESS.fullmatch(address)
        address = named.group(1) if named else address
    address = address.strip(_QUOTES).rstrip(_QUOTES + ".").removeprefix("mailto:").strip(_QUOTES).rstrip(_QUOTES + ".")
    return address if len(address) <= _LONGEST and _ADDRESS.fullmatch(address) else None


def addresses_in(value: object) -> list[str]:
    """Every plain address that a value holds, however it is wrapped: for those who must never be sent."""
    if isinstance(value, Mapping):
        return [address for part in value.values() for address in addresses_in(part)]
    if isinstance(value, list | tuple):
        return [address for part in value for address in addresses_in(part)]
    if not isinstance(value, str) or not _has_at(value):
        return []
    parts = [value, *_NO_PART.split(value)] if len(value) <= _LONGEST_TEXT else _NO_PART.split(value)
    return [address for part in parts if _has_at(part) and (address := normal_email(part))]


def _has_at(text: str) -> bool:
    return "@" in text or "\uff20" in text or "\ufe6b" in text

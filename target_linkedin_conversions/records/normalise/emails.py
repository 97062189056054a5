"""E-mail addresses: plain ones normalised and hashed, hashes passed on."""

from __future__ import annotations

import re
import unicodedata
from hashlib import sha256
from typing import TYPE_CHECKING

from target_linkedin_conversions.records.normalise.digests import HASHES_OF_NOTHING, hex_digest
from target_linkedin_conversions.records.normalise.unseen import seen
from target_linkedin_conversions.records.reasons import Reason

if TYPE_CHECKING:
    from target_linkedin_conversions.records.normalise.plain_text import Normalised

__all__ = ["email", "email_domain", "normal_email"]

NOT_AN_EMAIL = Reason("email", "not_an_email")
HASH_OF_NOTHING = Reason("email", "hash_of_nothing")

_LONGEST = 320
_USUAL = re.compile(
    r"[0-9A-Za-z.!#$%&'*+/=?^_`{|}~-]{1,64}+@[0-9A-Za-z-]{1,63}+(?:\.[0-9A-Za-z-]{1,63}+){1,3}+",
).fullmatch
"""An address that needs lower case at most."""
_LABEL = r"[^\x00-,./:-@\[-`{-\x7f]+"  # of ASCII only letters, digits and the hyphen
_ADDRESS = re.compile(rf"[^@,;:<>()\[\]\\\"]+@{_LABEL}(?:\.{_LABEL})+")
_NAMED_ADDRESS = re.compile(r"[^<>]*<([^<>]+)>\s*")


def email(value: object) -> Normalised:
    """The SHA-256 of an e-mail address as lower-case hex; hashes pass as lower-case hex."""
    if type(value) is not str:
        return None if value is None else NOT_AN_EMAIL
    text = value.strip()
    if _USUAL(text):
        return sha256(text.lower().encode()).hexdigest()
    if _has_at(value):
        address = normal_email(value)
        return sha256(address.encode()).hexdigest() if address else NOT_AN_EMAIL
    if not text:
        return None
    digest = hex_digest(text)
    if digest is None:
        return NOT_AN_EMAIL
    return HASH_OF_NOTHING if digest in HASHES_OF_NOTHING else digest


def normal_email(text: str) -> str | None:
    """The address as LinkedIn hashes it: all white space out, lower case; None if it is none.

    `mailto:` and `Jane <jane@x.com>` are unwrapped, full-width and invisible characters
    are replaced by what they stand for: nobody's mailbox is written with them.
    """
    address = "".join(text.split()).lower()
    if not address.isascii():
        address = unicodedata.normalize("NFKC", address).lower()
    if not (address.isascii() and address.isprintable()):
        address = unicodedata.normalize("NFKC", seen(address))
    if address[-1:] == ">":
        named = _NAMED_ADDRESS.fullmatch(address)
        address = named.group(1) if named else address
    address = address.removeprefix("mailto:")
    return address if len(address) <= _LONGEST and _ADDRESS.fullmatch(address) else None


def email_domain(value: object) -> str:
    """The domain of a plain address, empty for anything else."""
    if type(value) is not str or not _has_at(value):
        return ""
    return (normal_email(value) or "").rpartition("@")[2]


def _has_at(text: str) -> bool:
    return "@" in text or "\uff20" in text or "\ufe6b" in text

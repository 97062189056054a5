"""Who did it: each kind of identifier normalised as LinkedIn documents it, then hashed.

Every function takes a raw value and returns the text to send, None where the value is empty,
or a `Reason` why it is no identifier. An empty value never yields a hash.
"""

from __future__ import annotations

import base64
import binascii
import re
import string
import unicodedata
from functools import lru_cache
from hashlib import sha256
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from target_linkedin_conversions.records.codes import COUNTRIES
from target_linkedin_conversions.records.reasons import Reason
from target_linkedin_conversions.records.text import is_email_shaped, is_placeholder, key_text

if TYPE_CHECKING:
    from collections.abc import Callable

Identified = str | Reason | None

_HEX64 = re.compile(r"(?:\\x)?([0-9a-fA-F]{64})")
_BASE64_OF_32 = re.compile(r"[A-Za-z0-9+/]{43}=")
_LABEL = r"[^\x00-,./:-@\[-`{-\x7f]+"  # of ASCII only letters, digits and the hyphen
_ADDRESS = re.compile(rf"[^@,;:<>()\[\]\\\"]+@{_LABEL}(?:\.{_LABEL})+")
_NAMED_ADDRESS = re.compile(r"[^<>]*<([^<>]+)>\s*")
_UNSEEN = "CZ"
"""The Unicode categories of controls, invisible characters and white space."""
_IN_NO_NAME = frozenset(string.punctuation + "\u00b4")
"""ASCII's punctuation, some of which Unicode calls symbols, and the accent written for an apostrophe."""
_ZERO_AD_ID = re.compile(r"[0-]+")
_CLICK_ID = "li_fat_id"
_LEAD_URN = "urn:li:leadGenFormResponse:"
_LONGEST_EMAIL = 320
_LONGEST_REMEMBERED = 64
_EXAMPLES = tuple(IPv4Network(network) for network in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"))
"""Networks reserved for documentation: they match nobody and are what people try things out with."""

_NOTHINGS = ("", " ", "null", "none", "n/a", "na", "nan", "nil", "undefined", "unknown", "-", "0", "test")
HASHES_OF_NOTHING = frozenset(
    sha256(form.encode()).hexdigest()
    for text in (*_NOTHINGS, "NaN")
    for form in (text, text.upper(), text.capitalize())
)
"""SHA-256 of what stands where an address is missing: hashed upstream, they match nobody."""

HASHES_OF_NO_NAME = HASHES_OF_NOTHING - {sha256(name).hexdigest() for name in (b"na", b"test")}
"""The same for names: Na and Test are surnames."""

NOT_AN_EMAIL = Reason("email", "not_an_email")
HASH_OF_NOTHING = Reason("email", "hash_of_nothing")


def hex_digest(text: str) -> str | None:
    r"""The lower-case hex of a SHA-256 written as hex, PostgreSQL's `\x` hex, or base64."""
    match = _HEX64.fullmatch(text)
    if match:
        return match.group(1).lower()
    if _BASE64_OF_32.fullmatch(text):
        try:
            return base64.b64decode(text, validate=True).hex()
        except binascii.Error:
            return None
    return None


def normal_email(text: str) -> str | None:
    """The address as LinkedIn hashes it: all white space out, lower case; None if it is none.

    `mailto:` and `Jane <jane@x.com>` are unwrapped, full-width and invisible characters
    are replaced by what they stand for: nobody's mailbox is written with them.
    """
    address = "".join(text.split()).lower()
    if not address.isascii():
        address = unicodedata.normalize("NFKC", address).lower()
    if not (address.isascii() and address.isprintable()):
        address = unicodedata.normalize("NFKC", _seen(address))
    if address[-1:] == ">":
        named = _NAMED_ADDRESS.fullmatch(address)
        address = named.group(1) if named else address
    address = address.removeprefix("mailto:")
    return address if len(address) <= _LONGEST_EMAIL and _ADDRESS.fullmatch(address) else None


def _seen(text: str) -> str:
    """The text without controls, invisible characters and white space."""
    return "".join(c for c in text if unicodedata.category(c)[0] not in _UNSEEN)


def email(value: object) -> Identified:
    """The SHA-256 of an e-mail address as lower-case hex; hashes pass as lower-case hex."""
    if type(value) is not str:
        return None if value is None else NOT_AN_EMAIL
    if _has_at(value):
        address = normal_email(value)
        return sha256(address.encode()).hexdigest() if address else NOT_AN_EMAIL
    text = value.strip()
    if not text:
        return None
    digest = hex_digest(text)
    if digest is None:
        return NOT_AN_EMAIL
    return HASH_OF_NOTHING if digest in HASHES_OF_NOTHING else digest


def _has_at(text: str) -> bool:
    return "@" in text or "\uff20" in text or "\ufe6b" in text


def email_domain(value: object) -> str:
    """The domain of a plain address, empty for anything else."""
    if type(value) is not str or not _has_at(value):
        return ""
    return (normal_email(value) or "").rpartition("@")[2]


def click_id(value: object) -> Identified:
    """LinkedIn's click id, or the one that a URL carries in its query or fragment."""
    if type(value) is str and (_CLICK_ID in value or "://" in value or value.lstrip()[:1] in {"/", "?", "#"}):
        return _click_id_of_url(value.strip())
    return plain_text(value, _CLICK_ID)


def _click_id_of_url(url: str) -> Identified:
    if is_placeholder(url):
        return Reason(_CLICK_ID, "not_an_id")
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    bare = "" if parts.scheme or parts.query or parts.fragment else parts.path
    for query in (parts.query, parts.fragment.partition("?")[2] or parts.fragment, bare):
        for name, found in parse_qsl(query, max_num_fields=None):
            if name.lower() == _CLICK_ID and found.strip():
                return plain_text(found, _CLICK_ID)
    return None


def plain_text(value: object, field: str) -> Identified:
    """Trimmed text that is sent as it is: no placeholder, nothing shaped like an e-mail."""
    text = value if type(value) is str else _scalar_text(value)
    if text is None:
        return None if value is None else Reason(field, "not_a_text")
    text = text.strip()
    if not text:
        return None
    if is_email_shaped(text):
        return Reason(field, "looks_like_email")
    return Reason(field, "not_an_id") if is_placeholder(text) else text


def _scalar_text(value: object) -> str | None:
    if value is None or isinstance(value, dict | list | bool):
        return None
    return key_text(value)


def ad_id(field: str) -> Callable[[object], Identified]:
    """A reader of a partner's or device's id; all zeros mean that tracking is off."""
    zero = Reason(field, "not_an_id")

    def read(value: object) -> Identified:
        text = plain_text(value, field)
        return zero if isinstance(text, str) and _ZERO_AD_ID.fullmatch(text) else text

    return read


def ip_address_plain(value: object) -> Identified:
    """A public IPv4 address in canonical form; `::ffff:` is unwrapped."""
    return _public_ipv4(value, Reason("ip_address_plain", "not_a_public_ipv4"))


def ip_address_hashed(value: object) -> Identified:
    """The SHA-256 of a public IPv4 address; a hash passes as lower-case hex."""
    if type(value) is str and (digest := hex_digest(value.strip())):
        return Reason("ip_address", "hash_of_nothing") if digest in HASHES_OF_NOTHING else digest
    found = _public_ipv4(value, Reason("ip_address", "not_a_public_ipv4"))
    return sha256(found.encode()).hexdigest() if isinstance(found, str) else found


def _public_ipv4(value: object, bad: Reason) -> Identified:
    if value is None or (type(value) is str and not value.strip()):
        return None
    if type(value) is not str:
        return bad
    try:
        found: IPv4Address | IPv6Address | None = ip_address(value.strip())
    except ValueError:
        return bad
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped
    if found is None or found.is_multicast:
        return bad
    return str(found) if found.is_global or any(found in network for network in _EXAMPLES) else bad


def hashed_name(name: str) -> str | None:
    """The SHA-256 of a name in its normal form; None where it is none.

    Names repeat, so thousands are remembered, and none that is no name by its length.
    """
    return _remembered_name(name) if len(name) <= _LONGEST_REMEMBERED else _hash_of_name(name)


def _hash_of_name(name: str) -> str | None:
    found = normal_name(name)
    return sha256(found.encode()).hexdigest() if found else None


_remembered_name = lru_cache(maxsize=16_384)(_hash_of_name)


def normal_name(name: str) -> str | None:
    """A name as LinkedIn hashes it: lower case, without spaces, controls and punctuation, in NFC.

    None where no letter is left or the name is a placeholder. Source: the schema page's
    example, Mary O'Brien.
    """
    lowered = unicodedata.normalize("NFC", name).lower()
    if not (lowered.isascii() and lowered.isalpha()):
        if is_placeholder(lowered.strip()):
            return None
        kept = (c for c in _seen(lowered) if unicodedata.category(c)[0] != "P" and c not in _IN_NO_NAME)
        lowered = unicodedata.normalize("NFC", "".join(kept))
        if not any(c.isalpha() for c in lowered):
            return None
    return None if is_placeholder(lowered) else lowered


def plain_name(value: object, field: str) -> Identified:
    """A name as it is, trimmed: no placeholder, nothing shaped like an e-mail."""
    text = plain_text(value, field)
    if isinstance(text, Reason) and text.code == "not_an_id":
        return Reason(field, "not_a_name")
    if isinstance(text, str) and not any(c.isalpha() for c in text):
        return Reason(field, "not_a_name")
    return text


def country(value: object) -> Identified:
    """The ISO 3166 alpha-2 code in capitals."""
    if value is None:
        return None
    code = value.strip().upper() if isinstance(value, str) else "?"
    if not code:
        return None
    return code if code in COUNTRIES else Reason("country", "unknown_country")


def lead(value: object) -> Identified:
    """The URN of a lead form's response; a bare id becomes one."""
    text = plain_text(value, "lead")
    if not isinstance(text, str):
        return text
    key = text.removeprefix(_LEAD_URN).strip()
    if is_placeholder(key) or key[:4].lower() == "urn:":
        return Reason("lead", "not_an_id")
    return Reason("lead", "looks_like_email") if is_email_shaped(_LEAD_URN + key) else _LEAD_URN + key

"""E-mail addresses: plain ones normalised and hashed, hashes passed on, several in one value taken apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.records.normalise.digests import (
    HASHES_OF_NOTHING,
    SHORTEST_DIGEST,
    hex_digest,
    is_other_digest,
)
from target_linkedin_conversions.records.normalise.unseen import seen
from target_linkedin_conversions.records.reasons import Reason
from target_linkedin_conversions.records.unescaped import unescaped

if TYPE_CHECKING:
    from target_linkedin_conversions.records.normalise.plain_text import Normalised

__all__ = ["NOT_AN_EMAIL", "OTHER_DIGEST", "email", "normal_email", "read_addresses"]

NOT_AN_EMAIL = Reason("email", "not_an_email")


class _OtherDigest(Reason, frozen=True):
    """Where the hex of another digest than SHA-256 stands: as a finding it has a code and a mend of its own."""

    @property
    def finding(self) -> str:
        return "not_sha256"


OTHER_DIGEST = _OtherDigest("email", NOT_AN_EMAIL.code)
HASH_OF_NOTHING = Reason("email", "hash_of_nothing")

_LONGEST = 320
_LONGEST_TEXT = 10_000
"""Characters of a text that may hold several addresses."""
_LONGEST_WRAPPED = 1000
"""Characters of a text that may hold one address in what is written around it; white space is not counted."""
_SHORTEST_OTHER_DIGEST = 32
_MOST_ELEMENTS = 100
_MOST_WORDS = 100
_FEW_WORDS = 2
"""White space at one place of an address is removed, as LinkedIn asks (documented): so many words may be one."""
_SHORTEST_LABEL = 3
"""Letters of a word that is none of the letters of an address typed with spaces."""
_AROUND = "()[]{}<>,;:"
_JOINING = (".", "+", "_")
"""What no word ends with but the first part of an address."""
_USUAL = re.compile(
    r"[0-9A-Za-z!#$&+/?^_{|}~-][0-9A-Za-z.!#$&'+/?^_`{|}~-]{0,63}+@(?:[0-9A-Za-z-]{1,63}+\.){1,3}+[A-Za-z]{2,63}+",
).fullmatch
"""An address that needs lower case at most; an equals sign may stand behind a label, a star for what was hidden, a percent sign in an escape."""
_LABEL = r"[^\x00-,./:-@\[-`{-\x7f]+"  # of ASCII only letters, digits and the hyphen
_TOP = r"(?:xn--[0-9a-z-]+|[^\x00-@\[-`{-\x7f]{2,})"  # no top-level domain has a digit, or a single letter
_ADDRESS = re.compile(rf"[^@,;:<>()*\[\]\\\"]+@(?:{_LABEL}\.)+{_TOP}")
_NAMED_ADDRESS = re.compile(r"[^<>]*<([^<>]+)>|[^()@]*\(([^()@]+@[^()]+)\)|([^()@]+@[^()]+)\([^()@]*\)")
"""An address behind a name, or with one behind it: `Jane <jane@x.com>`, `Jane (jane@x.com)`, `jane@x.com (Jane)`."""
_LABEL_BEFORE = re.compile(r"(?:smtp:|[a-z_-]{0,20}mail[a-z_-]{0,20}[:=])")
"""`mailto:`, Exchange's `SMTP:`, `email=`."""
_REFERENCE = re.compile(r"&#?[0-9A-Za-z]{2,8};").search
"""A character as HTML writes it, whose semicolon divides nothing: `sean.o&#39;brien@x.com` is no `brien@x.com`."""
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}|\\{1,4}[ux][0-9A-Fa-f]{2}").search
_APART = re.compile(r"[;,]")
_BETWEEN_HASHES = re.compile(r"[;,\r\n]+")
"""What surely divides one value from the next: behind a blank may stand what a hash was salted with."""
_TYPOGRAPHIC = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201b": "'",
        "\u00b4": "'",
        "\u2032": "'",
        "\u02bc": "'",
        "\u02b9": "'",
        "\u02bb": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u00ab": '"',
        "\u00bb": '"',
        "\u2039": '"',
        "\u203a": '"',
        **dict.fromkeys(
            "\u300c\u300d\u300e\u300f\u3010\u3011\u3014\u3015\u300a\u300b\u3008\u3009\u301d\u301e\u301f", '"'
        ),
        "\u3002": ".",
        "\uff0e": ".",
        "\uff61": ".",
    }
)
_QUOTES = " \"'`"
"""What stands around an address and is none of it; separators and a full stop may too."""
_HOLD_ADDRESSES = (
    *("value", "email", "email_address", "emailAddress", "address", "mail"),
    *("Value", "Email", "EmailAddress", "Address", "Mail"),
)
"""Members of an object in a list of e-mails that may be one."""
_decode = msgspec.json.Decoder().decode
_UNREADABLE = (msgspec.DecodeError, RecursionError, ValueError)


def email(value: object) -> Normalised | list[Normalised]:
    """The SHA-256 of an e-mail address as lower-case hex; hashes pass as lower-case hex.

    A list, also as JSON or as PostgreSQL writes one, or a text with `;`, `,` or white space between addresses, gives
    one of these for each.
    """
    if type(value) is str and _USUAL(text := value.strip()):
        return sha256(text.lower().encode()).hexdigest()
    found = read_addresses(value)
    return list(map(_hashed, found)) if type(found) is list else _hashed(found)  # type: ignore[arg-type]  # no list


def _hashed(found: Normalised) -> Normalised:
    """What is sent of an address: its hash; a hash is one already."""
    return sha256(found.encode()).hexdigest() if type(found) is str and "@" in found else found


def read_addresses(value: object) -> Normalised | list[Normalised]:
    """As `email`, but plain addresses stay plain, in their normal form."""
    if type(value) is not str:
        return None if value is None else _of_list(value)
    text = value.strip()
    if _USUAL(text):
        return text.lower()
    if _has_at(text):
        return _of_text(text) if len(text) <= _LONGEST_TEXT else NOT_AN_EMAIL
    return _of_hash(text) if text else None


def _of_text(text: str) -> Normalised | list[Normalised]:
    if text[0] in "[{":
        return normal_email(text) or _of_brackets(text)
    is_of_html = _REFERENCE(text) is not None
    if is_of_html or _ESCAPE(text):
        plain = unescaped(text)[-1].strip()
        if (address := normal_email(plain)) is not None:
            return address
        text = plain if is_of_html and _has_at(plain) else text
    words = [word for word in text.split() if seen(word)]
    if len(words) > _FEW_WORDS:
        address = _labelled(words) or normal_email(text)
    else:
        address = normal_email(text) or _labelled(words)
    if address is not None:
        return address
    parts = [part for part in _APART.split(text) if part.strip()]
    if len(parts) > 1:
        return _each(parts)
    return _each(words) if len(words) > 1 and all(map(_has_at, words)) else NOT_AN_EMAIL


def _labelled(words: list[str]) -> str | None:
    """The address that stands whole among other words, as in `Jane Doe jane@x.com`: joined, they were nobody's.

    None where no word is one, or several are, or where white space may have broken one.
    """
    if not 1 < len(words) <= _MOST_WORDS:
        return None
    found = [(at, address) for at, word in enumerate(words) if _has_at(word) and (address := _whole(word))]
    if len(found) != 1 or max([len(word) for word in words if not _has_at(word)], default=0) < _SHORTEST_LABEL:
        return None
    at, address = found[0]
    before, behind = " ".join(words[:at]), words[at + 1] if at + 1 < len(words) else ""
    is_broken = before.endswith(_JOINING) and (at == 1 or words[at - 1] in _JOINING)
    return None if is_broken or behind.startswith(".") else address


def _whole(word: str) -> str | None:
    """The address that a word is, in whatever brackets; what begins with a point is the rest of one."""
    bare = word.strip(_AROUND)
    return normal_email(bare) if bare[:1] != "." else None


def _of_brackets(text: str) -> Normalised | list[Normalised]:
    """A list or an object as JSON, or a list as PostgreSQL writes one."""
    try:
        return _of_list(_decode(text))
    except _UNREADABLE:
        inside = text[1:-1].strip()
        return read_addresses(inside) if text[0] + text[-1] in {"[]", "{}"} and inside else NOT_AN_EMAIL


def _of_hash(text: str) -> Normalised | list[Normalised]:
    """A hash, also in quotes; several; or an address of which even the `@` is escaped."""
    digest = hex_digest(text) or hex_digest(_padded(text))
    if digest is not None:
        return HASH_OF_NOTHING if digest in HASHES_OF_NOTHING else digest
    if is_other_digest(text):
        return OTHER_DIGEST
    if len(text) > _LONGEST_TEXT or text.isalnum():
        return NOT_AN_EMAIL
    if len(text) >= _SHORTEST_OTHER_DIGEST:
        return _of_wrapped_hashes(text)
    plain = unescaped(text)[-1].strip()
    return _of_text(plain) if _has_at(plain) else NOT_AN_EMAIL


def _of_wrapped_hashes(text: str) -> Normalised | list[Normalised]:
    """What a long text without an `@` holds: hashes, or still an address that is escaped."""
    bare = _bare(text if text.isascii() else text.translate(_TYPOGRAPHIC))
    if bare != text:
        return _of_hash(bare)
    if text[0] in "[{":
        return _of_brackets(text)
    parts = [part.strip() for part in _BETWEEN_HASHES.split(text) if part.strip()]
    if len(parts) > 1 and any(map(hex_digest, parts)):
        return _each(parts)
    words = [word for part in parts for word in part.split()]
    if len(words) > 1 and all(map(_may_be_digest, words)):
        return _each(words)
    plain = unescaped(text)[-1].strip() if len(text) <= _LONGEST_WRAPPED else ""
    return _of_text(plain) if _has_at(plain) else NOT_AN_EMAIL


def _may_be_digest(text: str) -> bool:
    return len(text) >= SHORTEST_DIGEST - 1 or is_other_digest(text)


def _padded(text: str) -> str:
    """Base64 with the alphabet and the sign behind it that its URL form lacks."""
    return text.replace("-", "+").replace("_", "/").rstrip("=") + "=" if len(text) <= SHORTEST_DIGEST else text


def _of_list(value: object) -> Normalised | list[Normalised]:
    if isinstance(value, Mapping):
        return read_addresses(_address_of(value) or 0)
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
        made = NOT_AN_EMAIL if isinstance(value, list | tuple) else read_addresses(value)
        found += made if isinstance(made, list) else [made]
    return found


def normal_email(text: str) -> str | None:
    """The address as LinkedIn hashes it: all white space out, lower case; None if it is none.

    `mailto:` and `Jane <jane@x.com>` are unwrapped, full-width and invisible characters, typographic quotes and
    apostrophes are replaced by what they stand for: nobody's mailbox is written with them. What holds another
    character that no address has is none.
    """
    address = "".join(text[:_LONGEST_TEXT].split()).lower()
    if len(address) > _LONGEST_WRAPPED:
        return None
    if not address.isascii():
        address = unicodedata.normalize("NFKC", address.translate(_TYPOGRAPHIC)).lower()
    if not (address.isascii() and address.isprintable()):
        address = unicodedata.normalize("NFKC", seen(address))
    address = _unwrapped(address)
    is_one = len(address) <= _LONGEST and _ADDRESS.fullmatch(address) is not None
    return address if is_one and (address.isascii() or _is_of_letters(address)) else None


def _unwrapped(address: str) -> str:
    """The address without the name, label, quotes, separators and query around it."""
    if address[-1:] in {">", ")"}:
        named = _NAMED_ADDRESS.fullmatch(address)
        address = next(filter(None, named.groups())) if named else address
    address = _bare(address)
    label = _LABEL_BEFORE.match(address)
    address = address[label.end() :] if label else address
    mailbox, _, query = address.partition("?")
    return _bare(mailbox if "@" in mailbox and "@" not in query else address)


def _bare(address: str) -> str:
    return address.strip(_QUOTES + ";,").rstrip(_QUOTES + ".;,")


def _is_of_letters(address: str) -> bool:
    """Whether what is no ASCII is letters, their marks, or digits."""
    return all(c.isascii() or unicodedata.category(c)[0] in "LMN" for c in address)


def _has_at(text: str) -> bool:
    return "@" in text or "\uff20" in text or "\ufe6b" in text

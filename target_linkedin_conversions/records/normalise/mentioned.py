"""Everybody whom a value mentions, however it is written: for those who must never be sent.

Whether an address can be read as an identifier does not matter here: one too many holds somebody back,
one too few sends a person who said no.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256

from target_linkedin_conversions.records.encoded import encoded_address
from target_linkedin_conversions.records.normalise.digests import hex_digest
from target_linkedin_conversions.records.normalise.emails import normal_email
from target_linkedin_conversions.records.unescaped import LONGEST_READ, unescaped

__all__ = ["addresses_in", "digests_of_all_in", "hashes_in", "texts_within"]

_PLAIN = re.compile(r"[0-9A-Za-z._+-]{1,64}+@[0-9A-Za-z-]{1,63}+(?:\.[0-9A-Za-z-]{1,63}+){1,3}+").fullmatch
"""An address that can be read in one way only."""
_OVERLAP = 1000
"""Characters of a long text that are read twice, so that no address is cut."""
_NO_PART = re.compile(r"[\s,;|<>()\[\]{}\"\u201c\u201d\u201e\u00ab\u00bb\u2039\u203a]+")
_LONGEST_LOCAL = 64
_DOMAIN = re.compile(r"@((?:[^\W_]|-){1,63}+(?:\.(?:[^\W_]|-){1,63}+){1,8}+)")
_NO_LOCAL = re.compile(r"[^\w.+'!#$*^`~-]+")
"""What may stand before an address; some of it may also be in one, so both readings count."""
_MARKUP = "'!#$*^`~_.-+"
_WRITTEN_AT = re.compile(
    r"\s{0,3}+[(\[{<]\s?(?:at|@)\s?[)\]}>]\s{0,3}+|[\s_]at[\s_]|-at-(?=[A-Za-z0-9]{1,63}-dot-)", re.IGNORECASE
)
_WRITTEN_DOT = re.compile(
    r"\s{0,3}+[(\[{<]\s?(?:dot|\.)\s?[)\]}>]\s{0,3}+|[\s_-]dot[\s_-]|(?<=[A-Za-z0-9]),(?=[A-Za-z]{2,24}(?![\w@.-]))",
    re.IGNORECASE,
)
_WRITTEN_SPACE = re.compile(r"\\{1,4}+[nrt]")
"""`(at)`, `_at_`, `(dot)`, `_dot_`, a comma in the place of a domain's last point, and a line's end that is written out."""
_LOOKALIKES = {
    **{full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)},
    **{ord(mark): "@" for mark in "\ufe6b"},
    **{ord(mark): "." for mark in "\u3002\uff61\u2024\ufe52"},
    **{ord(mark): "'" for mark in "\u2018\u2019\u201b\u00b4\u2032\u02bc\u02b9\u02bb"},
    **{ord(mark): None for mark in "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"},
}
_SHORTEST_HASH = 43
_HASHES = re.compile(
    r"(?<![0-9a-fA-F])[0-9a-fA-F]{64}(?![0-9a-fA-F])|(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{43}(?![A-Za-z0-9+/_-])"
)
_GROUPS = re.compile(r"(?<![0-9a-fA-F])(?:[0-9a-fA-F]{2,32}[: -]){1,31}+[0-9a-fA-F]{2,32}(?![0-9a-fA-F])")
"""What may be a hash in groups of digits."""
_BETWEEN_GROUPS = str.maketrans("", "", ": -")
_PUNYCODE = "xn--"


def addresses_in(value: object) -> list[str]:
    """Every plain address that a value may mean, in lower case; an international domain in both of its forms."""
    if type(value) is str and _PLAIN(value):
        address = value.lower()
        if _PUNYCODE not in address:
            return [address]
    return list(dict.fromkeys(form for text in texts_within(value) for one in _of_text(text) for form in _forms(one)))


def hashes_in(value: object) -> list[str]:
    """Every SHA-256 that stands in a value, as lower-case hex."""
    if type(value) is str and len(value) < _SHORTEST_HASH:
        return []
    texts = list(texts_within(value))
    found = [written for text in texts for written in _HASHES.findall(text)]
    grouped = [written.translate(_BETWEEN_GROUPS) for text in texts for written in _GROUPS.findall(text)]
    found += [written for written in grouped if len(written) > _SHORTEST_HASH]
    return [digest for written in found if (digest := _hex(written)) is not None]


def digests_of_all_in(value: object, sent: object, addresses: Sequence[str]) -> list[str]:
    """The SHA-256 of everybody whom a value mentions: as it is `sent`, where it is one itself, and of its `addresses`."""
    found = [one for one in (sent if isinstance(sent, list) else [sent]) if isinstance(one, str)]
    return [*found, *hashes_in(value), *(sha256(address.encode()).hexdigest() for address in addresses)]


def _hex(written: str) -> str | None:
    if len(written) > _SHORTEST_HASH:
        return hex_digest(written)
    return hex_digest(written.replace("-", "+").replace("_", "/") + "=")


def texts_within(value: object) -> Iterator[str]:
    """Every text within a value."""
    if isinstance(value, Mapping):
        for part in value.values():
            yield from texts_within(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from texts_within(part)
    elif isinstance(value, str):
        yield value


def _of_text(text: str) -> Iterator[str]:
    if address := encoded_address(text.strip().rpartition(":")[2]):
        yield from _of_plain(address)
    if text.isalnum():
        return
    for start in range(0, max(len(text) - _OVERLAP, 1), LONGEST_READ - _OVERLAP):
        for plain in unescaped(text[start : start + LONGEST_READ]):
            yield from _of_plain(plain)


def _of_plain(text: str) -> Iterator[str]:
    """The addresses of a text that is not escaped: read as an identifier is, and wherever something like one stands."""
    if not text.isascii():
        text = text.translate(_LOOKALIKES)
    spelled = _WRITTEN_DOT.sub(".", _WRITTEN_AT.sub("@", _WRITTEN_SPACE.sub(" ", text)))
    for form in dict.fromkeys((text, spelled)):
        if "@" in form:
            for part in dict.fromkeys((form, *_NO_PART.split(form))):
                if "@" in part and (address := normal_email(part)):
                    yield address
            yield from _wherever(form)


def _wherever(text: str) -> Iterator[str]:
    for found in _DOMAIN.finditer(text):
        at = found.start()
        before = text[max(0, at - _LONGEST_LOCAL) : at].rstrip("@").rpartition("@")[2]
        parts = _NO_LOCAL.split(before)
        for local in dict.fromkeys((before, parts[-1], parts[-1].lstrip(_MARKUP))):
            if local and (address := normal_email(f"{local}@{found[1]}")):
                yield address


def _forms(address: str) -> tuple[str, ...]:
    """An address with its domain as people read it and as computers do."""
    local, _, domain = address.rpartition("@")
    try:
        if not domain.isascii():
            return address, f"{local}@{domain.encode('idna').decode()}"
        if _PUNYCODE in domain:
            return address, f"{local}@{unicodedata.normalize('NFC', domain.encode().decode('idna'))}"
    except UnicodeError:
        pass  # no domain that can be asked for
    return (address,)

"""Whether a text reads like what identifies a person, wherever it came from and whatever it says of whom."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import TYPE_CHECKING

from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.records.encoded import encodes_address, holds_encoded_address
from target_linkedin_conversions.records.plain_ids import are_numbers, is_uuid, is_word
from target_linkedin_conversions.records.plain_words import are_words
from target_linkedin_conversions.records.spellings import spellings
from target_linkedin_conversions.records.text import is_email_shaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "is_written_for_people",
    "look_personal",
    "looks_personal",
    "name_shown",
    "names_shown",
    "without_telephones",
]

_WRITTEN_AT = re.compile(
    r"\S\s?[(\[{<]\s?(?:at|@|\u00e4t)\s?[)\]}>]|\S\s(?:at|\(at\))\s\S++\s?+(?:\.|dot\b|[(\[{<]\s?dot)", re.IGNORECASE
)
"""An address that is written for people: `jane (at) example.com`, `jane at example dot com`."""
_AT_IN_A_WORD = re.compile(
    r"_at_[A-Za-z0-9-]{1,63}(?:_dot_|\.)[A-Za-z]|-at-[A-Za-z0-9]{1,63}-dot-[A-Za-z]", re.IGNORECASE
).search
"""The same in one word, `jane_at_example_dot_com`; `shop-at-home.com` is a company."""
_AT_ABROAD = re.compile(
    r"\S(?:\s(?:\u00e4t|arroba)\s|\(a\))[\w-]{1,63}(?:\.|\s(?:dot|punto|punkt|point)\s)\w", re.IGNORECASE
)
_AT_A_DOMAIN = re.compile(r"\sat\s[\w-]{1,63}\.[\w-]{2}", re.IGNORECASE).finditer
_MAILBOX = re.compile(r"(?<!\S)[^\W_]++(?:[._][^\W_]++)+\Z").search
"""`jane.doe`, before `at example.com`: an engineer is at a domain too."""
_LONGEST_MAILBOX = 64
_HASH = re.compile(
    r"[0-9a-fA-F]{32}"
    r"|(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{43}(?![A-Za-z0-9+/_-])"
    r"|(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{22,}+={1,2}"
)
"""Hex of 16 bytes or more, base64 of either alphabet of 32 bytes, or of 16 or more with what fills it up."""
_IPV4 = re.compile(r"(?<![0-9.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9.])")
_PERHAPS_IPV6 = re.compile(r"(?<![0-9a-fA-F:.])[0-9a-fA-F:]{0,38}:[0-9a-fA-F:.]{1,45}+")
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}[A-Za-z0-9 -]{11,40}+")
_TELEPHONE = re.compile(r"(?:tel:)?[+(]?[0-9][0-9 ()./\u2010-\u2015\xa0-]{5,30}[0-9]", re.IGNORECASE)
_TELEPHONE_ABROAD = re.compile(r"(?<![\w+])\+[0-9](?:[ ()./\u2010-\u2015\xa0-]{0,3}+[0-9]){6,18}(?![0-9])")
"""A number with its country, wherever it stands in a text."""
_TELEPHONE_AMONG_WORDS = re.compile(
    r"(?<![\w.,/+-])(?:0[1-9][0-9]{1,4}[ /-][0-9]{5,9}|0[1-9][0-9]{7,12}|\(0[0-9]{1,5}\) ?[0-9]{4,9}"
    r"|(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[ .-])[0-9]{3}[ .-][0-9]{4})(?![\w-])"
)
"""Digits in groups that are a telephone's wherever they stand: `0170 1234567`, `(030) 123456`, `555-123-4567`.

Eight digits from a zero on without a gap are a company's number or a licence's (`Company No 01234567`, `DRE 01987654`).
"""
_IN_GROUPS = re.compile(r"(?<![0-9A-Fa-f:-])(?:[0-9A-Fa-f]{2,16}[: -]){3,63}[0-9A-Fa-f]{2,16}(?![0-9A-Fa-f])")
"""What may be a hash in groups of digits."""
_SHORTEST_GROUPED = 40
"""Hex digits of a hash in groups: 32 are a UUID's too."""
_CARD = re.compile(r"BEGIN:VCARD|\{[^{}]{0,200}[\"'][\w -]{1,40}[\"']\s?:\s?[\"'\[{0-9]", re.IGNORECASE)
"""A person's card, as address books and programs write it."""
_IN_A_WORD = re.compile(r"[0-9a-fA-F]{32}|(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}[A-Za-z0-9-]{11}").search
"""What may be a hash, or an account's number, in letters, digits, hyphens and underscores."""
_AROUND = " \t\r\n\"'`[]{}<>,;:|/"
_DATE = re.compile(r"[0-9]{4}[-./][0-9]{1,2}[-./][0-9]{1,2}|[0-9]{1,2}[-./][0-9]{1,2}[-./][0-9]{4}")
_FEWEST_DIGITS, _MOST_DIGITS = 7, 19
_SHORTEST_IBAN, _LONGEST_IBAN = 15, 34
_IBAN_MODULUS = 97


def looks_personal(text: str) -> bool:
    r"""Whether a text holds an e-mail or IP address, a hash, a telephone or account number, also where it is escaped.

    A name, and a number of digits alone, read like many other things: they are compared with what
    their record holds (`identifies`), not known by their looks.
    """
    if is_uuid(text) or are_numbers([text]):
        return False
    if is_word(text) and not _IN_A_WORD(text) and not _AT_IN_A_WORD(text):
        return encodes_address(text)
    return any(_looks(form) for form in spellings(text))


def look_personal(texts: Sequence[str]) -> list[bool]:
    """Of each text what `looks_personal` says; of words, as most keys are, it is seen of all at once that none looks like a hash."""
    joined = "\n".join(texts)
    if not are_words(texts) or _IN_A_WORD(joined) or _AT_IN_A_WORD(joined):
        return list(map(looks_personal, texts))
    return list(map(encodes_address, texts))


def without_telephones(text: str) -> str:
    """A text with `…` where a telephone's number stands among its words."""
    return _TELEPHONE_AMONG_WORDS.sub("…", _TELEPHONE_ABROAD.sub("…", text))


def name_shown(name: str) -> str:
    """The name of a stream or column as it may be shown: printable, cut, and not where somebody is named by it."""
    return "(a name that looks personal)" if looks_personal(name) else printable(name)


def names_shown(names: Iterable[str]) -> str:
    """Several names beside one another, as they may be shown."""
    return ", ".join(map(name_shown, names))


def _looks(text: str) -> bool:
    return (
        is_email_shaped(text)
        or holds_encoded_address(text)
        or is_written_for_people(text)
        or _CARD.search(text) is not None
        or _HASH.search(text) is not None
        or _IPV4.search(text) is not None
        or any(map(_is_ipv6, _PERHAPS_IPV6.findall(text)))
        or any(map(_is_iban, _IBAN.findall(text)))
        or any(sum(map(str.isalnum, one)) >= _SHORTEST_GROUPED for one in _IN_GROUPS.findall(text))
        or _TELEPHONE_ABROAD.search(text) is not None
        or _TELEPHONE_AMONG_WORDS.search(text) is not None
        or _is_telephone(text.strip(_AROUND))
    )


def is_written_for_people(text: str) -> bool:
    """Whether it is an address with words in the place of its marks."""
    return any(one.search(text) for one in (_WRITTEN_AT, _AT_ABROAD)) or (
        _AT_IN_A_WORD(text) is not None
        or any(_MAILBOX(text[max(0, at.start() - _LONGEST_MAILBOX) : at.start()]) for at in _AT_A_DOMAIN(text))
    )


def _is_ipv6(text: str) -> bool:
    try:
        ip_address(text.strip("."))
    except ValueError:
        return False
    return any(mark.isalnum() for mark in text)


def _is_iban(text: str) -> bool:
    """Whether the check digits of an account's number are right, of the text or of one of its beginnings."""
    written = "".join(mark for mark in text if mark.isalnum()).upper()
    lengths = range(_SHORTEST_IBAN, min(len(written), _LONGEST_IBAN) + 1)
    digits = ["".join(str(int(mark, 36)) for mark in written[4:length] + written[:4]) for length in lengths]
    return any(int(one) % _IBAN_MODULUS == 1 for one in digits)


def _is_telephone(text: str) -> bool:
    """Whether it is a number for people to dial: with a plus or zero before it, or in groups; a date is none."""
    if not _TELEPHONE.fullmatch(text) or _DATE.fullmatch(text):
        return False
    digits = sum(mark.isdigit() for mark in text)
    is_marked = text[0] in "+(tT0" or not text.isdigit()
    is_decimal = text.count(".") == 1 and text.replace(".", "").isdigit()
    return _FEWEST_DIGITS <= digits <= _MOST_DIGITS and is_marked and not is_decimal

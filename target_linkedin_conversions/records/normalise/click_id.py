"""LinkedIn's click id, `li_fat_id`: alone, or inside what carries it; nothing around it ever leaves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

import msgspec

from target_linkedin_conversions.records.encoded import encodes_address
from target_linkedin_conversions.records.normalise.plain_text import scalar_text
from target_linkedin_conversions.records.reasons import Reason
from target_linkedin_conversions.records.text import is_email_shaped, is_placeholder, is_plain_id
from target_linkedin_conversions.records.unescaped import once_unescaped

if TYPE_CHECKING:
    from target_linkedin_conversions.records.normalise.plain_text import Normalised

__all__ = ["click_id", "is_named_click_id"]

_NAME = "li_fat_id"
_COLUMN_NAMES = ("fatid", "linkedinclickid", "liclickid", "firstpartyadstrackinguuid")
_NOT_AN_ID = Reason(_NAME, "not_an_id")
_LOOKS_LIKE_EMAIL = Reason(_NAME, "looks_like_email")

_LONGEST_CARRIER = 20_000
"""Characters of a text in which the id is looked for."""
_DEPTH = 3
"""How often a text may be percent- or HTML-escaped: a URL within a URL's query, in HTML."""
_SHORTEST_OF_ANY_MARKS = 20
"""Characters from which on any marks make an id: no date, number, word or address of the web is as long."""
_ID = re.compile(r"[A-Za-z0-9._~-]{1,100}").fullmatch
_SHORT_ID = re.compile(
    r"(?=[0-9_~-]*[A-Za-z])(?=[A-Za-z_~-]*[0-9])(?![0-9]{4}-?[0-9]{2}-?[0-9]{2}T)[A-Za-z0-9_~-]{1,19}", re.IGNORECASE
).fullmatch
"""Letters and digits: neither a word nor a number, a date, a moment or a telephone's; a point would make it a host or a name."""
_NO_ID = re.compile(
    r"www\.|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\Z|[0._~-]+\Z|GA[0-9]\.[0-9]\.|fb\.[0-9]\.|eyJ[\w-]+\.[\w-]+\.",
    re.IGNORECASE,
).match
"""A host, marks or zeros alone, the ids of Google's and Facebook's cookies, a token."""
_ZEROS = "00000000"
"""How a UUID begins that a system writes where it has none."""
_QUOTES = " \t\r\n\"'`\u00ab\u00bb\u2018\u2019\u201a\u201c\u201d\u201e"
_BESIDE = r",[^{}]{0,300}?[\"']value\\*[\"']\s*:(?:\s*\{[^{}]{0,300}?[\"']string_?value\\*[\"']\s*:)?"
_NAMED = re.compile(
    rf"(?<![A-Za-z0-9_-])li_fat_id(?:\\*[\"'])?\s*(?:[=:]|{_BESIDE})\s*(?:\[\s*)?(?:\\*[\"'])?([^\s&;,\"'\\#<>}}\])/?]*)",
    re.IGNORECASE,
)
"""The name, and what follows it up to a character that ends a value in a URL, a cookie, JSON or HTML.

In JSON the name may also be a value itself, with the id as the `value` beside it, as in a list of parameters or cookies.
"""
_CARRIER = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:|[/?#{\[]|www\.|[^\s=/]+=|[\w-]+(?:\.[\w-]+)+[/?#:])", re.IGNORECASE)
"""How a text begins that may carry an id: a URL with or without scheme, a query, a `Cookie` header, JSON."""


def is_named_click_id(plain_name: str) -> bool:
    """Whether a column's name, without case and separators, is that of LinkedIn's click id, whatever stands around it."""
    return any(known in plain_name for known in _COLUMN_NAMES)


def click_id(value: object) -> Normalised:
    """The click id of a value: letters, digits, `-`, `_`, `.` and `~` only, at most 100; None where it carries none.

    Below 20 characters it has a letter and a digit, and no point: `google`, `2026-11-20`, `8.8.8.8` are none.
    A list or an object is read as its JSON text is.
    """
    if type(value) is str and len(value) >= _SHORTEST_OF_ANY_MARKS and is_plain_id(value):
        if value[:8] == _ZEROS and not value.strip("0-"):
            return _NOT_AN_ID
        # With a hyphen it is no address in base64 or hex; a call less for most ids.
        return _LOOKS_LIKE_EMAIL if value.isalnum() and encodes_address(value) else value
    text = value if isinstance(value, str) else _json_around(value) or scalar_text(value)
    if text is None:
        return value if value is None or isinstance(value, Reason) else Reason(_NAME, "not_a_text")
    text = text.strip()
    if not text:
        return None
    if len(text) > _LONGEST_CARRIER:
        return _NOT_AN_ID
    return _carried(text) if _NAME in text.lower() or _CARRIER.match(text) else _alone(text)


def _alone(text: str) -> Normalised:
    if is_email_shaped(text):
        return _LOOKS_LIKE_EMAIL
    text = text.strip(_QUOTES)
    if encodes_address(text):
        return _LOOKS_LIKE_EMAIL
    if not text or is_placeholder(text) or _NO_ID(text):
        return _NOT_AN_ID
    return text if (_ID(text) if len(text) >= _SHORTEST_OF_ANY_MARKS else _SHORT_ID(text)) else _NOT_AN_ID


def _json_around(value: object) -> str | None:
    """The JSON of a list or an object that names the click id."""
    text = msgspec.json.encode(value).decode() if isinstance(value, list | dict) else ""
    return text if _NAME in text.lower() else None


def _carried(text: str) -> Normalised:
    """The first id under its name, in the text as it is or without its escapes."""
    if is_placeholder(text):
        return _NOT_AN_ID
    bad: Reason | None = None
    for _ in range(_DEPTH + 1):
        for written in _NAMED.findall(text):
            found = _alone(unquote(written).rstrip(".")) if written else None
            if isinstance(found, str):
                return found
            bad = found or bad
        plain = once_unescaped(text)
        if plain == text:
            break
        text = plain
    return bad

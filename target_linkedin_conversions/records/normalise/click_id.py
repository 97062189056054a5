"""LinkedIn's click id, `li_fat_id`: alone, or inside what carries it; nothing around it ever leaves."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from target_linkedin_conversions.records.normalise.plain_text import scalar_text
from target_linkedin_conversions.records.reasons import Reason
from target_linkedin_conversions.records.text import is_email_shaped, is_placeholder, is_plain_id

if TYPE_CHECKING:
    from target_linkedin_conversions.records.normalise.plain_text import Normalised

__all__ = ["click_id"]

_NAME = "li_fat_id"
_NOT_AN_ID = Reason(_NAME, "not_an_id")
_LOOKS_LIKE_EMAIL = Reason(_NAME, "looks_like_email")

_LONGEST_CARRIER = 20_000
"""Characters of a text in which the id is looked for."""
_DEPTH = 3
"""How often a text may be percent- or HTML-escaped: a URL within a URL's query, in HTML."""
_ID = re.compile(r"[A-Za-z0-9._~-]{1,100}").fullmatch
_NAMED = re.compile(r"(?<![A-Za-z0-9_-])li_fat_id[\"']?\s*[=:]\s*[\"']?([^\s&;,\"'#<>}\])]*)", re.IGNORECASE)
"""The name, and what follows it up to a character that ends a value in a URL, a cookie, JSON or HTML."""
_CARRIER = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:|[/?#{\[]|www\.|[^\s=/]+=|[\w-]+(?:\.[\w-]+)+[/?#:])", re.IGNORECASE)
"""How a text begins that may carry an id: a URL with or without scheme, a query, a `Cookie` header, JSON."""


def click_id(value: object) -> Normalised:
    """The click id of a value: letters, digits, `-`, `_`, `.` and `~` only, at most 100; None where it carries none."""
    if type(value) is str and is_plain_id(value):
        return value
    text = value if isinstance(value, str) else scalar_text(value)
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
    if is_placeholder(text):
        return _NOT_AN_ID
    return text if _ID(text) and not text.lower().startswith("www.") else _NOT_AN_ID


def _carried(text: str) -> Normalised:
    """The first id under its name, in the text as it is or without its escapes."""
    if is_placeholder(text):
        return _NOT_AN_ID
    bad: Reason | None = None
    for _ in range(_DEPTH + 1):
        for written in _NAMED.findall(text):
            found = _alone(unquote(written)) if written else None
            if isinstance(found, str):
                return found
            bad = found or bad
        plain = html.unescape(unquote(text))
        if plain == text:
            break
        text = plain
    return bad

"""Values as text: for comparing them, and for the keys and ids made from them."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal

import msgspec

from target_linkedin_conversions.records.extended_json import plain_value
from target_linkedin_conversions.records.json_text import unwrapped
from target_linkedin_conversions.records.reasons import Reason

__all__ = [
    "AT_SIGNS",
    "NO_KEY",
    "PLACEHOLDERS",
    "as_json",
    "comparable",
    "in_ascii",
    "is_email_shaped",
    "is_placeholder",
    "is_plain_id",
    "key_text",
    "number_text",
]

_encode = msgspec.json.Encoder().encode

_IN_ASCII: dict[int, int | str] = {
    **{full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)},
    **dict.fromkeys(map(ord, "\xad\u2010\u2011\u2012\u2013\u2014\u2015\u207b\u2212\u2796\ufe58\ufe63"), "-"),
}
"""Full-width characters, and whatever people and machines write for a minus or a hyphen."""
_PERHAPS_ASCII = re.compile("[\xad\u061c\u200b-\u2015\u202a-\u207b\u2212\u2796\ufe58-\ufeff\uff01-\uff5e]")
"""Whether any of it is in a text: most have none, and to look costs less than to replace."""
_UNSEEN = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Marks of direction and of no width, as browsers and sheets put them around numbers."""

_MOST_DIGITS = 40
AT_SIGNS = _AT, _ESCAPED_AT = ("@", "%40")
"""How an at sign is written in ASCII: no text without one, and of ASCII alone, holds an address."""
_EMAIL_SHAPED = re.compile(
    r"[^\s@]\s*+(?:@|%40|\uff20|\ufe6b)\s*+[^\s@](?:[^\s@.%\u3002\uff0e\uff61\uff20\ufe6b]++|%(?!40))*+[.\u3002\uff0e\uff61][^\s@]"
)
"""From one at sign it looks no further than to the next, however that one is written: time grows with the text alone."""
_IN_ONE_PIECE = re.compile(r"[!-~]*+(?: [!-~]++)*+").fullmatch
"""ASCII whose words stand one space apart."""
_LONGEST_COMPARED = 1000
"""Characters beyond which a text is compared as it is written: to bring one into NFC may take the square of its length."""
_DECIMAL_ENDING_IN_0 = re.compile(r"-?[0-9]+\.[0-9]*0")
_LEFTOVER = re.compile(
    r"\{\{.*\}\}|\$\{.*\}|<%.*%>|%{1,2}[A-Za-z_.]+%{1,2}|\[\[.*\]\]|\{[A-Za-z_.]+\}|\*\|.*\|\*"
    r"|\{[%!].*\}|%%.*%%|@@.*@@|##.*##|#\{.*\}|\u00ab.*\u00bb|\$[A-Za-z_. ]+\$|__[A-Za-z_. ]+__|\{[A-Za-z]+[ -][A-Za-z]+\}"
    r"|<[A-Za-z.]+(?:[_ -][A-Za-z.]+)+>|<[a-z]{0,20}name>"
    r"|\[object [A-Za-z]+\]|\[[a-z_ ]{1,20}\]|<test lead: .*>|#(?:N/A|DIV/0!|[A-Z]{3,12}[!?])",
    re.IGNORECASE | re.DOTALL,
)
"""What a template, a script or a sheet leaves where a value should be."""
PLACEHOLDERS = frozenset(
    {
        "",
        "n/a",
        "n.a.",
        "n.a",
        "anonymous",
        "unknown",
        "-",
        "--",
        "null",
        "none",
        "nil",
        "nan",
        "undefined",
        "(not set)",
        "(not provided)",
        "not set",
        "not provided",
        "not available",
        "not applicable",
        "(none)",
        "(other)",
        "(blank)",
        "(empty)",
        "(null)",
        "(unknown)",
        "<null>",
        "<none>",
        "<empty>",
        "<unset>",
        "(unset)",
        "redacted",
        "deleted",
        "not given",
        "none given",
        "not specified",
        "no name",
        "k.a.",
        "k. a.",
        "keine angabe",
        "unbekannt",
        "inconnu",
        "desconocido",
        "sconosciuto",
        "onbekend",
    },
)
"""What stands where a value is missing, in lower case."""
NO_KEY = frozenset(
    {
        None,
        *("", '""', "\u200b", "\ufeff", "[]", "{}", "[null]", '[""]', "[object Object]"),
        *("null", "\\N", "NaN", "NaT", "<NA>", "False", "false"),
        *("#N/A", "#N/A!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#DIV/0!", "#ERROR!"),
        "00000000-0000-0000-0000-000000000000",
        *(spelled(text) for text in PLACEHOLDERS for spelled in (str, str.upper, str.capitalize, str.title)),
    }
)
"""What stands where there is no key, and no id, beside blanks: what becomes of null in programs and sheets, and placeholders.

A whole set, for it is asked of each record; a key that is taken for none costs nobody the event, as one that many people share does.
"""

_SHORTEST_ID, _LONGEST_ID = 10, 64


def key_text(value: object) -> str | None:  # noqa: C901, PLR0911 - one line a kind of value, on the per-record path
    """The text that stands for a value in keys and event ids: 7, 7.0 and `7` are the same."""
    if type(value) is str:
        return value
    if type(value) is int:
        return str(value)
    if value is None:
        return None
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, Decimal | float):
        return number_text(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Reason):  # a `Reason`: the path led nowhere
        return None
    if (plain := plain_value(value)) is not value:
        return key_text(plain)
    return msgspec.json.encode(value, order="sorted").decode()


def number_text(value: Decimal | float) -> str:
    """The shortest plain text of a number; `7.0` is `7`, huge exponents stay in E notation."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    if not exact.is_finite() or abs(exact.adjusted()) > _MOST_DIGITS:
        return str(exact)
    if exact == exact.to_integral_value():
        return str(int(exact))
    return format(exact, "f").rstrip("0")


def comparable(value: object) -> str | None:
    """The text by which `when` and `granted` compare: trimmed, case-folded, in NFC, white space as one space; null is none."""
    if type(value) is str and value.lstrip()[:1] == "{":
        value = _unwrapped(value)
    text = key_text(value)
    if text is None:
        return None
    folded = text.strip().casefold()
    if len(folded) > _LONGEST_COMPARED:
        return folded
    if not (folded.isascii() and _IN_ONE_PIECE(folded)):
        folded = " ".join(unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()).split())
    if folded and folded[-1] == "0" and _DECIMAL_ENDING_IN_0.fullmatch(folded):
        return number_text(Decimal(folded))
    return folded


def _unwrapped(text: str) -> object:
    """What the Extended JSON in a text stands for; any other text as it is."""
    found = unwrapped(text, _LONGEST_COMPARED)
    return text if isinstance(found, dict | list) else found


def in_ascii(text: str) -> str:
    """The text with full-width characters and minus signs as ASCII has them, and without what nobody sees; blanks stay."""
    if text.isascii() or not _PERHAPS_ASCII.search(text):
        return text
    return _UNSEEN.sub("", text.translate(_IN_ASCII))


def is_plain_id(text: str) -> bool:
    """Whether an id is sent as it is: longer than most placeholders, no character with a meaning in a URL or in JSON.

    Letters, digits and hyphens; asked of its bytes, at half the cost of a pattern (measured).
    """
    is_short = _SHORTEST_ID <= len(text) <= _LONGEST_ID
    return is_short and text.isascii() and text.encode().replace(b"-", b"").isalnum()


def as_json(text: str) -> str:
    """A text as JSON in its quotes; raises `UnicodeEncodeError` for half a character."""
    return _encode(text).decode()


def is_email_shaped(text: str) -> bool:
    """Whether a text holds something that reads like an e-mail address, also URL-encoded or full-width."""
    at = _AT in text or _ESCAPED_AT in text or not text.isascii()
    return at and _EMAIL_SHAPED.search(text) is not None


def is_placeholder(text: str) -> bool:
    """Whether a text stands for nothing: `n/a`, `(not set)`, `{{name}}`, `undefined`."""
    return text.lower() in PLACEHOLDERS or (text[0] in "{$<%[*#@_\u00ab" and _LEFTOVER.fullmatch(text) is not None)

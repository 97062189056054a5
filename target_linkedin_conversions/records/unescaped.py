"""Undoes escapes in a text, and brings texts into a form in which they compare."""

from __future__ import annotations

import html
import re
import unicodedata
from urllib.parse import unquote

__all__ = ["LONGEST_READ", "folded", "once_unescaped", "unescaped"]

LONGEST_READ = 10_000
"""Characters of a stranger's text that are looked at; no form is made of what lies beyond."""
_DEPTH = 4
"""How often a text may be escaped: HTML in JSON in a URL within a URL's query."""
_IN_JSON = re.compile(r"\\{1,4}(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")
"""`\\u0026` as JSON writes a character, `\\x26` as scripts do."""
_IN_URL = re.compile("%[0-9a-fA-F]{2}").search
_NO_CHARACTER = re.compile(r"&#(?:[0-9]{20,}+|[xX][0-9a-fA-F]{20,}+);?")
"""A number of more digits than any character has: to read one may take long, or fail."""
_LONGEST_FOLDED = 1000
"""Characters of a text that are brought into one Unicode form, which may take the square of them."""


def unescaped(text: str) -> list[str]:
    r"""A text's first 10,000 characters, and each text that is left where percent signs, HTML and `\u00e4` are undone."""
    found = [text[:LONGEST_READ]]
    for _ in range(_DEPTH):
        plain = once_unescaped(found[-1])
        if plain == found[-1]:
            break
        found.append(plain)
    if len(found) > 1:  # a surrogate pair
        found[-1] = found[-1].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return found


def once_unescaped(text: str) -> str:
    """The text without one layer of percent signs, HTML and JSON's escapes."""
    plain = unquote(text) if _IN_URL(text) else text
    return _IN_JSON.sub(_character, html.unescape(_NO_CHARACTER.sub("\ufffd", plain)))


def folded(text: str) -> str:
    """The text by which two of them compare: in NFKC, without case, white space as one space."""
    if not text.isascii() and len(text) <= _LONGEST_FOLDED:
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.casefold().split())


def _character(found: re.Match[str]) -> str:
    return chr(int(found[1] or found[2], 16))

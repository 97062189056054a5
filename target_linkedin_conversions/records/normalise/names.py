"""Names of people: hashed in their normal form, or plain."""

from __future__ import annotations

import string
import unicodedata
from hashlib import sha256
from typing import TYPE_CHECKING

from target_linkedin_conversions.records.normalise.plain_text import plain_words
from target_linkedin_conversions.records.normalise.unseen import seen
from target_linkedin_conversions.records.reasons import Reason
from target_linkedin_conversions.records.text import PLACEHOLDERS, is_placeholder

if TYPE_CHECKING:
    from target_linkedin_conversions.records.normalise.plain_text import Normalised

__all__ = ["hashed_name", "normal_name", "plain_name", "two_names"]

_LONGEST = 100
"""Characters of a first or a last name; what is longer is none, and is not brought into any form."""
_LONGEST_FULL_NAME = 2 * _LONGEST

_IN_NO_NAME = frozenset(string.punctuation + "\u00b4")
"""ASCII's punctuation, some of which Unicode calls symbols, and the accent written for an apostrophe."""


def hashed_name(name: str) -> str | None:
    """The SHA-256 of a name in its normal form; None where it is none."""
    found = normal_name(name)
    return sha256(found.encode()).hexdigest() if found else None


def normal_name(name: str) -> str | None:
    """A name as LinkedIn hashes it: lower case, without spaces, controls and punctuation, in NFC.

    None where no letter is left or the name is a placeholder. Source: the schema page's
    example, Mary O'Brien.
    """
    letters = name.lower()
    if not letters.isalpha():
        letters = letters.replace("-", "", 1).replace("'", "", 1)
    if not (letters.isascii() and letters.isalpha()):
        return _unusual_name(name)
    return None if letters in PLACEHOLDERS or len(letters) > _LONGEST else letters


def _unusual_name(name: str) -> str | None:
    if len(name) > _LONGEST:
        return None
    lowered = unicodedata.normalize("NFC", name).lower()
    if not lowered.isalpha():
        if is_placeholder(lowered.strip()):
            return None
        kept = (c for c in seen(lowered) if unicodedata.category(c)[0] != "P" and c not in _IN_NO_NAME)
        lowered = "".join(kept)
    lowered = unicodedata.normalize("NFC", lowered)
    if not any(c.isalpha() for c in lowered):
        return None
    return None if is_placeholder(lowered) else lowered


def two_names(value: object) -> tuple[str, str] | None:
    """First and last name, where a text has exactly two words or is `Last, First`; None for anything else."""
    if not isinstance(value, str) or len(value) > _LONGEST_FULL_NAME:
        return None
    last, comma, first = value.partition(",")
    if comma:
        return (first.strip(), last.strip()) if first.strip() and last.strip() and "," not in first else None
    words = value.split()
    return (words[0], words[1]) if len(words) == 2 else None  # noqa: PLR2004 - first and last


def plain_name(value: object, field: str) -> Normalised:
    """A name as it is, trimmed: no placeholder, nothing shaped like an e-mail."""
    text = plain_words(value, field)
    if isinstance(text, Reason) and text.code == "not_an_id":
        return Reason(field, "not_a_name")
    if isinstance(text, str) and (len(text) > _LONGEST or not any(c.isalpha() for c in text)):
        return Reason(field, "not_a_name")
    return text

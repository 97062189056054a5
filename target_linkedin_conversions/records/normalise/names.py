"""Names of people: hashed in their normal form, or plain."""

from __future__ import annotations

import html
import re
import string
import unicodedata
from hashlib import sha256
from typing import TYPE_CHECKING

from target_linkedin_conversions.records.json_text import unwrapped
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


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NO_NAMES = PLACEHOLDERS | _words("""
    firstname lastname fullname fname lname name givenname familyname surname vorname nachname prenom nom nombre apellido false
""")
"""What stands in a name's place: nothing, or the name of its column, which a template left between any marks."""
_NO_WORDS = re.compile(r"<[^<>]*>|://|=|\ufffd")
"""Markup, a web address, a formula, a character that could not be decoded."""
_SHORTEST_HASH = 32
_PERHAPS_HASH = re.compile(r"[0-9a-fA-F]{32}|[A-Za-z0-9+/_-]{43,}+").findall
"""What may be a hash that cannot be passed on: of another kind, or with something around it."""
_BEFORE_A_NAME = _words("""
    dr prof sr mr mrs ms miss mx herr frau hr fräulein sir mme mlle madame monsieur sig sigra sra srta dra doña señor señora dott dottssa
    rev ing dipling mag univprof engr drs dhr mevr fru frk pani shri smt
""")
_BEHIND_A_NAME = _words("""
    jr sr ii iii iv phd dphil mba msc bsc esq cpa dds llm md mphil meng beng edd psyd dvm dba cfa pmp rn jd
    inc llc llp ltd gmbh corp plc sarl srl
""")
"""What stands beside names and is none, in lower case and without points; of companies too."""
_BETWEEN_NAMES = re.compile(r"[;|/\\]")
"""What no name holds: there are several, or the last one is the first."""
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
    return None if letters in _NO_NAMES or len(letters) > _LONGEST else letters


def _unusual_name(name: str) -> str | None:
    if len(name) > _LONGEST or _NO_WORDS.search(name) or _holds_hash(name):
        return None
    if "&" in name:
        name = html.unescape(name)
    lowered = unicodedata.normalize("NFC", name).lower()
    if not lowered.isalpha():
        if is_placeholder(lowered.strip()) or all(map(is_placeholder, lowered.split())):
            return None
        kept = (c for c in seen(lowered) if unicodedata.category(c)[0] != "P" and c not in _IN_NO_NAME)
        lowered = "".join(kept)
    lowered = unicodedata.normalize("NFC", lowered)
    if not any(c.isalpha() for c in lowered) or _holds_hash(lowered):
        return None
    return None if lowered in _NO_NAMES or is_placeholder(lowered) else lowered


def _holds_hash(text: str) -> bool:
    """Whether a hash stands in a text; a long name of many words that were joined holds no digit."""
    return len(text) >= _SHORTEST_HASH and any(
        len(run) == _SHORTEST_HASH or any(map(str.isdigit, run)) for run in _PERHAPS_HASH(text)
    )


def two_names(value: object) -> tuple[str, str] | None:
    """First and last name, where a text has exactly two words or is `Last, First`; None for anything else.

    A title or a degree is no name: of `Dr. Doe` and `Jane Doe, PhD` nobody can tell the two.
    """
    value = unwrapped(value, _LONGEST_FULL_NAME)
    if not isinstance(value, str) or len(value) > _LONGEST_FULL_NAME or _BETWEEN_NAMES.search(value):
        return None
    last, comma, first = value.partition(",")
    if not comma:
        words = value.split()
        return (words[0], words[1]) if len(words) == 2 and not _has_title(*words) else None  # noqa: PLR2004 - first and last
    firsts, lasts = first.split(), last.split()
    if not firsts or not lasts or "," in first or any(map(_is_title, firsts + lasts)):
        return None
    return None if _is_behind_a_name(firsts[-1]) or _is_behind_a_name(lasts[-1]) else (first.strip(), last.strip())


def _has_title(first: str, last: str) -> bool:
    """Whether one of two words is a title or a degree. Md, Jr and Ing are names too, each where no degree or title stands."""
    return _is_title(first) or _is_behind_a_name(last) or (last.endswith(".") and _is_title(last))


def _is_title(word: str) -> bool:
    """Whether a word is a title, or has one glued to it: `Dr.Jane`."""
    begins, point, _ = word.partition(".")
    return word.replace(".", "").replace("-", "").lower() in _BEFORE_A_NAME or (
        bool(point) and begins.lower() in _BEFORE_A_NAME
    )


def _is_behind_a_name(word: str) -> bool:
    return word.replace(".", "").lower() in _BEHIND_A_NAME


def plain_name(value: object, field: str) -> Normalised:
    """A name as it is, trimmed: no placeholder, nothing shaped like an e-mail."""
    text = plain_words(value, field)
    if isinstance(text, Reason) and text.code == "not_an_id":
        return Reason(field, "not_a_name")
    if isinstance(text, str) and normal_name(text) is None:
        return Reason(field, "not_a_name")
    return text

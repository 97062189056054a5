"""The readings of a text that may hide an address: unescaped, in plain letters and digits, without gaps.

Who is named by a text is named by it in each of them, so each of them is looked at.
"""

from __future__ import annotations

import re
import unicodedata

from target_linkedin_conversions.printable import without_unseen
from target_linkedin_conversions.records.encoded import encodes_address
from target_linkedin_conversions.records.text import is_email_shaped
from target_linkedin_conversions.records.unescaped import unescaped

__all__ = ["holds_address", "spellings", "spells_address"]

_OF_ONE_WRITING = re.compile(r"[A-Za-z0-9_:/+.~-]*+").fullmatch
"""A text that has only one reading: not escaped and in ASCII."""
_LONGEST_NORMALISED = 1000
"""Characters that are brought into one Unicode form, which may take the square of them."""
_LETTER_BY_LETTER = re.compile(r"(?<!\S)\S(?: {1,3}\S(?!\S)){6,}+")
_POINT_IN_BRACKETS = re.compile(r"\[\.\]|\(\.\)|\{\.\}")
_QUOTED_PRINTABLE = re.compile(r"=([0-7][0-9A-Fa-f])")
_AT_OF_MAIL = re.compile(r"=40[\w.-]{1,100}\.[A-Za-z]{2}").search
"""An at sign as mails write it, and a domain behind it: `x=40` alone is a query's."""


def spellings(text: str) -> list[str]:
    """A text's first 10,000 characters, and what they are in each other writing that they may be in."""
    found = unescaped(text)
    read = _in_plain_characters(found[-1])
    joined = _LETTER_BY_LETTER.sub(lambda run: run[0].replace(" ", ""), read)
    found += [one for one in dict.fromkeys((read, joined)) if one != found[-1]]
    if _AT_OF_MAIL(read):
        found.append(_QUOTED_PRINTABLE.sub(lambda code: chr(int(code[1], 16)), read))
    return found


def holds_address(text: str) -> bool:
    """Whether an id holds an e-mail address in whatever writing, or is one in another alphabet."""
    return encodes_address(text) or spells_address(text)


def spells_address(text: str) -> bool:
    """Whether an id holds an e-mail address in whatever writing of the same alphabet."""
    return not _OF_ONE_WRITING(text) and any(map(is_email_shaped, spellings(text)))


def _in_plain_characters(text: str) -> str:
    """A text as it reads: digits of any script as 0 to 9, nothing that nobody sees, points without brackets."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text[:_LONGEST_NORMALISED]) + text[_LONGEST_NORMALISED:]
        text = "".join(map(_in_ascii, without_unseen(text)))
    return _POINT_IN_BRACKETS.sub(".", text)


def _in_ascii(mark: str) -> str:
    """A digit or a blank of any script as ASCII has it; every other character as it is."""
    if mark.isdecimal():
        return str(unicodedata.decimal(mark))
    return " " if mark.isspace() else mark

"""E-mail addresses in base64, base32 or hex digits, as some systems make ids of them: who reads such an id reads the address."""

from __future__ import annotations

import re
from base64 import b32decode
from binascii import a2b_base64

from target_linkedin_conversions.records.text import is_email_shaped

__all__ = ["encoded_address", "encodes_address", "holds_encoded_address"]

_SHORTEST, _LONGEST = 8, 700
"""Characters: `a@b.c` in base64, and the longest address in hex digits with some room."""
_BASE32 = re.compile(r"[A-Z2-7]{16,}+").fullmatch
_WHOLE_BYTES = frozenset({0, 2, 4, 5, 7})
"""Letters of base32 beyond groups of eight that make whole bytes."""
_HEX = re.compile(r"(?:[2-7][0-9A-Fa-f])++").fullmatch
_WORDS = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{12,700}+(?![A-Za-z0-9])").findall


def encodes_address(word: str) -> bool:
    """Whether a word is an e-mail address in base64 of either alphabet, base32 or hex digits.

    Letters and digits alone, but for the filling at its end: the two other marks of base64 come of `>`, `?` and `~` only
    (computed), which hardly any address has. So of ids with a hyphen it is seen at once.
    """
    if not word.isalnum():
        if not word.endswith("="):
            return False
        word = word.rstrip("=")
        if not word.isalnum():
            return False
    size = len(word)
    if not (_SHORTEST <= size <= _LONGEST and word.isascii()):
        return False
    if size % 4 != 1 and (decoded := a2b_base64(word + "==")).isascii() and _is_address(decoded):
        return True
    if size % 2 == 0 and "40" in word and _HEX(word) and _is_address(bytes.fromhex(word)):
        return True
    is_base32 = word.isupper() and size % 8 in _WHOLE_BYTES and _BASE32(word) is not None
    return is_base32 and _is_address(b32decode(word + "=" * (-size % 8)))


def encoded_address(word: str) -> str:
    """The e-mail address that a word is in base64, base32 or hex digits; empty where it is none."""
    if not encodes_address(word):
        return ""
    word = word.rstrip("=")
    filled = word + "=" * (-len(word) % 8)
    for decode, written in ((a2b_base64, word + "=="), (bytes.fromhex, word), (b32decode, filled)):
        try:
            decoded = decode(written)
        except ValueError:  # it is in another of these
            continue
        if _is_address(decoded):
            return decoded.decode()
    return ""


def holds_encoded_address(text: str) -> bool:
    """Whether one of the words of a text does; those of a name are too short to."""
    return any(map(encodes_address, _WORDS(text)))


def _is_address(decoded: bytes) -> bool:
    return decoded.isascii() and b"@" in decoded and (text := decoded.decode()).isprintable() and is_email_shaped(text)

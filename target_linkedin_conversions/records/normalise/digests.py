"""SHA-256 digests that a source has already made, in whatever way it writes them."""

from __future__ import annotations

import base64
import binascii
import re
from hashlib import sha256
from itertools import product

from target_linkedin_conversions.records.text import PLACEHOLDERS

__all__ = ["HASHES_OF_NOTHING", "HASHES_OF_NO_NAME", "SHORTEST_DIGEST", "hex_digest", "is_other_digest"]

SHORTEST_DIGEST = 44
"""Base64 of 32 bytes; hex is longer."""

_HEX64 = re.compile(r"(?:\\{1,2}[xX]|0[xX])?([0-9a-fA-F]{64})")
_OTHER_DIGEST = re.compile(
    r"(?:\\{1,2}[xX]|0[xX])?(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{56}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128})"
)
"""MD5, SHA-1, SHA-224, SHA-384, SHA-512 in hex."""
_BASE64_OF_32 = re.compile(r"[A-Za-z0-9+/]{43}=")
_QUOTED = re.compile(r"(?:[xX](?='))?(['\"])([^'\"]{44,70})\1")
"""As CSV and JSON quote a text, and SQL bytes: `x'…'`."""
_BLANKS = (
    *(" " * many for many in range(1, 33)),
    *("".join(blanks) for many in (1, 2, 3) for blanks in product(" \t\n\r\xa0\u3000", repeat=many)),
)
_NOTHINGS = (*sorted(PLACEHOLDERS), "na", "#n/a", "0", "test", "false")
_WITH_BLANKS = ("{}", "{}\n", "{}\r\n", " {}", "{} ")
"""As a shell's `echo`, and cells of a fixed width, hand a text over."""

HASHES_OF_NOTHING = frozenset(
    sha256(text.encode()).hexdigest()
    for text in (
        *_BLANKS,
        *(
            written.format(form)
            for nothing in (*_NOTHINGS, "NaN")
            for form in {nothing, nothing.upper(), nothing.capitalize(), nothing.title()}
            for written in _WITH_BLANKS
        ),
    )
) | frozenset({"0" * 64, "f" * 64})
"""SHA-256 of what stands where an address is missing: hashed upstream, they match nobody; and what stands for nothing in bytes."""

HASHES_OF_NO_NAME = HASHES_OF_NOTHING - {sha256(name).hexdigest() for name in (b"na", b"test")}
"""The same for names: Na and Test are surnames."""


def hex_digest(text: str) -> str | None:
    r"""The lower-case hex of a SHA-256 written as hex, PostgreSQL's `\x` hex, SQL Server's `0x` hex, or base64; also in quotes."""
    match = _HEX64.fullmatch(text)
    if match:
        return match.group(1).lower()
    if _BASE64_OF_32.fullmatch(text):
        try:
            return base64.b64decode(text, validate=True).hex()
        except binascii.Error:
            return None
    quoted = _QUOTED.fullmatch(text)
    return hex_digest(quoted[2]) if quoted else None


def is_other_digest(text: str) -> bool:
    """Whether a text is the hex of another digest than SHA-256, also in quotes, which LinkedIn does not match."""
    return _OTHER_DIGEST.fullmatch(text.strip(" \t\r\n\"'`")) is not None

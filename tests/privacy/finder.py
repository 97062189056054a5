"""Looks for a value in every form in which it could slip out."""

from __future__ import annotations

import base64
import hashlib
import json
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

__all__ = ["Finder", "files_of"]

EXCEPT = {"outbox", "credentials.json"}
"""What may hold payloads and tokens: local, private, and declared."""
SHORTEST = 6
"""A form of fewer bytes is found by chance."""


def spellings(value: str) -> Iterator[tuple[str, str]]:
    """The value as people and programs write it."""
    for form in ("NFC", "NFD"):
        text = unicodedata.normalize(form, value)
        yield form, text
        yield f"{form}, lower case", text.lower()
        yield f"{form}, upper case", text.upper()
        yield f"{form}, trimmed and lower", text.strip().lower()
        yield f"{form}, without its spaces", "".join(text.split())


def encodings(text: str) -> Iterator[tuple[str, bytes]]:
    """A text as bytes: as it is, escaped, encoded, hashed."""
    data = text.encode()
    yield "plain", data
    yield "JSON", json.dumps(text)[1:-1].encode()
    yield "URL", quote(text, safe="").encode()
    yield "URL, lower", quote(text, safe="").lower().encode()
    yield "form", quote_plus(text).encode()
    yield "repr", repr(text)[1:-1].encode()
    yield "bytes", repr(data)[2:-1].encode()
    yield "UTF-16", text.encode("utf-16-le")
    yield "base64", base64.b64encode(data).rstrip(b"=")
    yield "base64 for URLs", base64.urlsafe_b64encode(data).rstrip(b"=")
    digest = hashlib.sha256(data).digest()
    yield "SHA-256", digest
    yield "SHA-256, hex", digest.hex().encode()
    yield "SHA-256, HEX", digest.hex().upper().encode()
    yield "SHA-256, base64", base64.b64encode(digest).rstrip(b"=")
    yield "SHA-256, base64 for URLs", base64.urlsafe_b64encode(digest).rstrip(b"=")


class Finder:
    """Knows values by name and finds them in anything that was written."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.forms: dict[bytes, str] = {}
        for name, value in values.items():
            for spelling, text in spellings(value):
                for encoding, data in encodings(text):
                    if len(data) >= SHORTEST:
                        self.forms.setdefault(data, f"{name} ({spelling}; {encoding})")

    def leaks(self, written: Iterable[tuple[str, bytes]]) -> list[str]:
        """Which value stands where, in which form."""
        return [
            f"{what} in {place}" for place, content in written for data, what in self.forms.items() if data in content
        ]


def files_of(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder but the declared exceptions, names included."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and not EXCEPT & set(name.parts):
            yield str(name), str(name).encode() + b"\n" + path.read_bytes()

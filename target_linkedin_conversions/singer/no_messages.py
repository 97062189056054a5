"""Recognises input that is not Singer messages by its beginning, and says what to do instead."""

from __future__ import annotations

import re
from typing import Any

import msgspec

__all__ = ["what_came"]

_NO_MESSAGE = "it is no JSON, or no Singer message"
_READS = "and a target reads the Singer messages of a tap"
_INSTEAD = "`linkedin-conversions send FILE` sends a table as it is"
_A_TAP = "or let a tap read the file, such as tap-csv (https://github.com/MeltanoLabs/tap-csv)"

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "it looks like an Excel workbook (or another zip file)"),
    (b"\xd0\xcf\x11\xe0", "it looks like an old Excel workbook"),
    (b"PAR1", "it looks like a Parquet file"),
    (b"\x1f\x8b", "it looks like a gzip file"),
    (b"SQLite format 3", "it looks like a SQLite database"),
    (b"%PDF", "it looks like a PDF"),
)
"""What the files begin with that people pipe by mistake."""
_MARKUP = re.compile(rb"<(?:\?xml|!doctype|!--|[a-z])", re.IGNORECASE)
_SEPARATORS = (b",", b";", b"\t", b"|")


_TO_NOTE = "pipe in the tap that the runs will read, as the examples of `linkedin-conversions ledger mark --help` do: any other command sends the events"
"""The mend where records are only noted as delivered, and sending them would count them twice."""


def what_came(line: bytes, *, is_first: bool, sends: bool = True) -> str:
    """What a line is that no message can be read from, without a value of it, and what to do instead.

    Only the very first line tells of the whole input; `sends` is whether the records are to be sent.
    """
    told = _told(line, is_first=is_first)
    return told if sends else f"{told.partition('; ')[0]}; {_TO_NOTE}"


def _told(line: bytes, *, is_first: bool) -> str:
    if not is_first:
        return _NO_MESSAGE
    known = next((what for beginning, what in _BEGINNINGS if line.startswith(beginning)), None)
    return _of_text(line.lstrip()) if known is None else f"{known}, {_READS}; {_INSTEAD}"


def _of_text(text: bytes) -> str:
    """What an input is that begins with a quoted text."""
    if _MARKUP.match(text):
        return (
            f"it looks like XML or HTML, {_READS}; look at it for an error page or a login in place of the data, or let a "
            "tap read the source"
        )
    if text[:1] == b"[":
        return (
            f"it looks like a JSON array, {_READS}, a JSON object a line; write its rows one a line "
            f"(`jq -c '.[]' FILE`), and {_INSTEAD}"
        )
    if text[:1] == b"{":
        return _of_object(text)
    if any(mark in text for mark in _SEPARATORS):
        return f"it looks like CSV, {_READS}; {_INSTEAD}, {_A_TAP}"
    return (
        f"{_NO_MESSAGE}; pipe a tap into it: `TAP --config tap.json | target-linkedin-conversions --config config.json`"
    )


def _of_object(text: bytes) -> str:
    """What a line is that begins like a JSON object."""
    try:
        found: Any = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ArithmeticError):
        return f"{_NO_MESSAGE}: each is a whole JSON object on a line of its own"
    if isinstance(found, dict) and "type" not in found:
        return f"it is a row of JSON without a `type`, {_READS}; {_INSTEAD}, or let a tap read the file"
    return _NO_MESSAGE

"""Reads fields of an answer; total: whatever is not as expected is None."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["answered_at", "decoded", "has_own_headers", "is_of_linkedin", "retry_after", "who_answered", "whole_number"]

T = TypeVar("T")

_FAULTS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError, ValueError)
_OWN_HEADERS = ("x-li-", "x-restli-")
"""How the names of headers begin that LinkedIn's answers carry (measured)."""
_MEDIA_TYPE = re.compile(r"[a-z]{1,20}/[a-z0-9.+-]{1,40}")
_SERVER = re.compile(r"[A-Za-z][A-Za-z-]{0,30}(/[0-9.]{1,15})?")


def decoded(body: bytes, kind: type[T]) -> T | None:
    """JSON text decoded as this type."""
    try:
        return msgspec.json.decode(body, type=kind)
    except _FAULTS:
        return None


def whole_number(value: Any, least: int, most: int) -> int | None:  # noqa: ANN401 - JSON of a stranger
    """A whole number within bounds; None for anything else."""
    known = isinstance(value, int) and not isinstance(value, bool)
    return value if known and least <= value <= most else None


def has_own_headers(headers: Mapping[str, str]) -> bool:
    """Whether an answer carries one of LinkedIn's own headers."""
    return any(name.lower().startswith(_OWN_HEADERS) for name in headers)


def is_of_linkedin(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether LinkedIn itself may have refused so: by one of its headers, or with a JSON object.

    Gateways, captive portals and proxies refuse with pages. That somebody else says yes, to whatever it is, is told by
    `has_own_headers` alone.
    """
    return has_own_headers(headers) or decoded(body, dict) is not None


def who_answered(headers: Mapping[str, str]) -> str:
    """What a foreign answer may be shown of: its content type, and its server."""
    known = {name.lower(): value for name, value in headers.items()}
    media = known.get("content-type", "").partition(";")[0].strip().lower()
    server = known.get("server", "").partition(" ")[0]
    told = [media if _MEDIA_TYPE.fullmatch(media) else "", f"server {server}" if _SERVER.fullmatch(server) else ""]
    return ", ".join(filter(None, told))


def answered_at(headers: Mapping[str, str]) -> int | None:
    """Epoch milliseconds of the `Date` of an answer of LinkedIn's own, to the second; None of anybody else's, or without one."""
    try:
        return (
            int(parsedate_to_datetime(headers.get("Date") or "").timestamp()) * 1000
            if has_own_headers(headers)
            else None
        )
    except (TypeError, ValueError, OverflowError):
        return None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds of a `Retry-After` header, given as seconds or as a date."""
    text = (headers.get("Retry-After") or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()) if text else None
    except (TypeError, ValueError, OverflowError):
        return None

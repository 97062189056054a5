"""What LinkedIn's answer to a batch means: one table, total over every status and body.

Sources: the error catalogue of the Conversions API as documented and measured; messages may
change without notice, so nothing but an index is ever read from one with certainty.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Answer",
    "Busy",
    "ElementsRefused",
    "InDoubt",
    "Misdirected",
    "NotConnected",
    "PartlyTaken",
    "RequestRefused",
    "RuleRefused",
    "Taken",
    "Throttled",
    "TokenRefused",
    "VersionRefused",
    "masked",
    "read_answer",
]


class Taken(msgspec.Struct, frozen=True):
    """Every event was taken."""


class PartlyTaken(msgspec.Struct, frozen=True):
    """Some were taken: index and LinkedIn's words for each that was not.

    `passing` are those that were not taken for a passing cause: to be sent again.
    """

    refused: dict[int, tuple[str, ...]]
    passing: tuple[int, ...] = ()


class ElementsRefused(msgspec.Struct, frozen=True):
    """None was taken because of these: index and LinkedIn's words for each."""

    refused: dict[int, tuple[str, ...]]


class RequestRefused(msgspec.Struct, frozen=True):
    """None was taken, and the answer names no event."""

    status: int
    message: str


class RuleRefused(msgspec.Struct, frozen=True):
    """None was taken because of the conversion rule."""

    message: str


class TokenRefused(msgspec.Struct, frozen=True):
    """The token: `expired`, `revoked`, `invalid`, or `scope`."""

    kind: str
    message: str


class VersionRefused(msgspec.Struct, frozen=True):
    """LinkedIn does not serve the version that was sent."""

    message: str


class Throttled(msgspec.Struct, frozen=True):
    """Too many requests; `seconds` if LinkedIn says how long, `day` if it is the day's limit."""

    seconds: float | None
    day: bool


class Busy(msgspec.Struct, frozen=True):
    """Refused for a passing cause (500, 503): nothing was taken."""

    status: int


class NotConnected(msgspec.Struct, frozen=True):
    """No byte of the body left."""

    cause: str


class InDoubt(msgspec.Struct, frozen=True):
    """The body left and no complete answer came: taken or not, nobody knows."""

    cause: str


class Misdirected(msgspec.Struct, frozen=True):
    """Something answered that is not this endpoint: a redirect, a proxy, a wrong URL."""

    status: int


Answer = (
    Taken
    | PartlyTaken
    | ElementsRefused
    | RequestRefused
    | RuleRefused
    | TokenRefused
    | VersionRefused
    | Throttled
    | Busy
    | NotConnected
    | InDoubt
    | Misdirected
)

_INDEX = re.compile(r"Index: ([0-9]{1,9}), ")
_LINE = "ERROR :: "
_INDICES = re.compile(r"indices \[([0-9, ]+)\] \(0-indexed\)")
_NUMBER = re.compile(r"\b[0-9]{1,9}\b")
_BATCH_INDEX = re.compile(r"\{[^{}]*batchIndex=([0-9]{1,9})\b[^{}]*\}")
_RULE_WORDS = (
    "No ad accounts found",
    "marked as deleted",
    "Conversion enabled should be true",
    "method should be",
)
_TAKEN = range(200, 300)
_PASSING = frozenset({408, 429, 500, 503})
_TOKEN_KINDS = {
    65601: "revoked",
    65602: "expired",
    "REVOKED_ACCESS_TOKEN": "revoked",
    "EXPIRED_ACCESS_TOKEN": "expired",
}
_LONGEST_MESSAGE = 300


class _Element(msgspec.Struct):
    status: int
    error: Any = None


class _Elements(msgspec.Struct):
    elements: list[_Element]


class _Error(msgspec.Struct):
    message: str = ""
    code: str = ""
    service_error_code: int = 0

    @property
    def token_kind(self) -> str:
        return _TOKEN_KINDS.get(self.service_error_code) or _TOKEN_KINDS.get(self.code) or "invalid"


_elements = msgspec.json.Decoder(_Elements)


def read_answer(  # noqa: C901, PLR0911 - one table, read top to bottom
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    count: int,
) -> Answer:
    """The meaning of an answer to a batch of `count` events."""
    if status in {HTTPStatus.OK, HTTPStatus.CREATED}:
        return _success(status, body, count)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Throttled(_retry_after(headers), " DAY " in _read_error(body).message.upper())
    if status in _PASSING:
        return Busy(status)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _TAKEN:
        return InDoubt(f"status {status}")
    error = _read_error(body)
    if status == HTTPStatus.UNAUTHORIZED:
        return TokenRefused(error.token_kind, masked(error.message))
    if status == HTTPStatus.UPGRADE_REQUIRED or error.code == "VERSION_MISSING":
        return VersionRefused(masked(error.message))
    if any(words in error.message for words in _RULE_WORDS):
        return RuleRefused(masked(error.message))
    if status == HTTPStatus.FORBIDDEN:
        return TokenRefused("scope", masked(error.message))
    if status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY} and error.message:
        return _refusal(status, error.message, count)
    if status in {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    }:
        return RequestRefused(status, masked(error.message))
    return Misdirected(status)


def _success(status: int, body: bytes, count: int) -> Answer:
    """A 200 holds a status an event; anything short of that is in doubt."""
    try:
        elements = _elements.decode(body).elements
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError):
        return InDoubt(f"status {status} with a body that is no list of statuses")
    if len(elements) != count:
        return InDoubt(f"status {status} for {len(elements)} of {count} events")
    failed = {index: element for index, element in enumerate(elements) if element.status not in _TAKEN}
    if not failed:
        return Taken()
    passing = tuple(index for index, element in failed.items() if element.status in _PASSING)
    refused: dict[int, tuple[str, ...]] = {
        index: (_words(element),) for index, element in failed.items() if index not in passing
    }
    unclear = [failed[index].status for index in refused if not _is_refusal(failed[index].status)]
    return InDoubt(f"status {unclear[0]} of an event") if unclear else PartlyTaken(refused, passing)


def _is_refusal(status: int) -> bool:
    return HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR


def _words(element: _Element) -> str:
    message = element.error.get("message") if isinstance(element.error, dict) else None
    return (masked(message) if isinstance(message, str) else "") or f"status {element.status}"


def _read_error(body: bytes) -> _Error:
    """Whatever of an error's fields can be read; each may be missing or of another type."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Error()
    if not isinstance(found, dict):
        return _Error()
    message, code, number = (found.get(name) for name in ("message", "code", "serviceErrorCode"))
    return _Error(
        message if isinstance(message, str) else "",
        code if isinstance(code, str) else "",
        number if isinstance(number, int) else 0,
    )


def _refusal(status: int, message: str, count: int) -> Answer:
    """The events a 400 or 422 names; none that is not in the batch."""
    refused: dict[int, tuple[str, ...]] = {}
    parts = _INDEX.split(message)
    for index, lines in zip(parts[1::2], parts[2::2], strict=True):
        found = tuple(masked(line) for line in lines.split(_LINE) if line.strip())
        refused[int(index)] = refused.get(int(index), ()) + (found or (f"status {status}",))
    before = 0
    for named in _INDICES.finditer(message):
        words = masked(message[before : named.start()]).strip(" .,")
        before = named.end()
        for number in _NUMBER.findall(named.group(1)):
            refused[int(number)] = (*refused.get(int(number), ()), words)
    for entry in _BATCH_INDEX.finditer(message):
        index = int(entry.group(1))
        refused[index] = (*refused.get(index, ()), masked(entry.group(0)))
    if not refused or any(index >= count for index in refused):
        return RequestRefused(status, masked(message))
    return ElementsRefused(refused)


_QUOTED = re.compile(r'".*"', re.DOTALL)
_PATH = re.compile(r"\s*(/\S* :: )?")
_SINGLE_QUOTED = re.compile(r"(?<!\w)'.*'(?!\w)", re.DOTALL)
_COERCED = re.compile(r"((?:^|:: )(?:/\S* :: )?).* cannot be coerced", re.DOTALL)
_PRIVATE = re.compile(
    r"[^\s\"'<>=,]+@[^\s\"'<>=,]+"  # an e-mail address
    r"|\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}\b|\b(?:[0-9a-fA-F]{0,4}:){2,}[0-9a-fA-F]{0,4}"  # an IP address
    r"|urn:li:\S+"  # a lead
    r"|\b[0-9a-fA-F]{32,}\b|\b(?=[\w-]*[0-9])[\w-]{20,}|\b[\w-]{40,}|\b[0-9]{9,}\b"  # a hash, an id
)


def masked(message: str) -> str:
    """LinkedIn's message without the values it echoes: quoted texts, numbers, addresses, hashes."""
    return "; ".join(hidden for line in message.split(_LINE) if (hidden := _masked_line(line)))[:_LONGEST_MESSAGE]


def _masked_line(line: str) -> str:
    """One error without its value: between the first and the last quote nothing is kept."""
    hidden = _COERCED.sub(r"\1… cannot be coerced", line)
    if hidden.count('"') % 2 and (path := _PATH.match(hidden)):
        return f"{path.group(1) or ''}…"  # a value holds a quote itself, so its end is anywhere
    hidden = _QUOTED.sub('"…"', hidden)
    hidden = _SINGLE_QUOTED.sub("'…'", hidden)
    return " ".join(_PRIVATE.sub("…", hidden).split())


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds of a `Retry-After` header, given as seconds or as a date."""
    text = (headers.get("Retry-After") or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()) if text else None
    except (TypeError, ValueError):
        return None

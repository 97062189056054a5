"""What LinkedIn's answer to a batch means: one table, total over every status and body.

Sources: the error catalogue of the Conversions API as documented and measured; messages may
change without notice, so nothing but an index is ever read from one with certainty.
"""

from __future__ import annotations

import re
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec

from target_linkedin_conversions.delivery.indices import with_few_indices
from target_linkedin_conversions.delivery.redaction import LINE, Redaction
from target_linkedin_conversions.delivery.response_fields import (
    decoded,
    has_own_headers,
    is_of_linkedin,
    retry_after,
    who_answered,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "SUCCESS",
    "Answer",
    "Busy",
    "EachRefused",
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
    "TooLarge",
    "VersionRefused",
    "read_answer",
]


class Taken(msgspec.Struct, frozen=True):
    """LinkedIn took every event."""


class PartlyTaken(msgspec.Struct, frozen=True, omit_defaults=True):
    """LinkedIn took some: index and LinkedIn's words for each event that it did not take.

    `passing` are those that were not taken for a passing cause: to be sent again; of the `doubtful`
    nobody knows. `blameless` are those of the passing that were refused for what no event is to blame for.
    """

    refused: dict[int, tuple[str, ...]]
    passing: tuple[int, ...] = ()
    doubtful: tuple[int, ...] = ()
    blameless: tuple[int, ...] = ()


class ElementsRefused(msgspec.Struct, frozen=True):
    """LinkedIn took none because of these events: index and LinkedIn's words for each."""

    refused: dict[int, tuple[str, ...]]


class RequestRefused(msgspec.Struct, frozen=True):
    """None was taken, and the answer names no event."""

    status: int
    message: str


class EachRefused(msgspec.Struct, frozen=True):
    """A list of statuses by which none was taken for what no event is to blame for: its words for each, and what it blames."""

    refused: dict[int, tuple[str, ...]]
    blames: TokenRefused | VersionRefused | RuleRefused


class TooLarge(msgspec.Struct, frozen=True):
    """None was taken, for the body is larger than LinkedIn, or whatever stands before it, allows (413)."""


class RuleRefused(msgspec.Struct, frozen=True):
    """None was taken because of the conversion rule."""

    message: str


class TokenRefused(msgspec.Struct, frozen=True):
    """LinkedIn refused the token: it is `expired`, `revoked`, `invalid`, or lacks the `scope`."""

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
    """Refused for a passing cause (408, 503): nothing was taken."""

    status: int


class NotConnected(msgspec.Struct, frozen=True):
    """No byte of the body left."""

    cause: str


class InDoubt(msgspec.Struct, frozen=True):
    """The body left and no complete answer came: taken or not, nobody knows."""

    cause: str


class Misdirected(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something answered that is not this endpoint: a redirect, a proxy, a captive portal, a wrong URL.

    `doubtful` says that it may have handed the events on; `who` is what it says of itself.
    """

    status: int
    who: str = ""
    doubtful: bool = False


Answer = (
    Taken
    | PartlyTaken
    | ElementsRefused
    | EachRefused
    | RequestRefused
    | TooLarge
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
_INDICES = re.compile(r"indices \[([0-9, ]+)\] \(0-indexed\)")
_NUMBER = re.compile(r"\b[0-9]{1,9}\b")
_BATCH_INDEX = re.compile(r"\{[^{}]*batchIndex=([0-9]{1,9})\b[^{}]*\}")
_MOST_MESSAGES = 20
"""Messages about one event that are kept."""
_RULE_WORDS = (
    "No ad accounts found",
    "marked as deleted",
    "Conversion enabled should be true",
    "method should be",
)
SUCCESS = range(200, 300)
"""Statuses of an answer that did what was asked."""
_PASSING = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_OF_NO_EVENT = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.UPGRADE_REQUIRED})
"""What says that a token, a role, a rule or a version failed: no event is bad for it."""
_TOKEN_KINDS = {
    65601: "revoked",
    65602: "expired",
    "REVOKED_ACCESS_TOKEN": "revoked",
    "EXPIRED_ACCESS_TOKEN": "expired",
}


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


def read_answer(  # noqa: C901, PLR0911 - one table, read top to bottom
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    sent: Sequence[bytes],
) -> Answer:
    """The meaning of an answer to a batch of such encoded events, whose values no message repeats."""
    redaction = Redaction(sent)
    if status in {HTTPStatus.OK, HTTPStatus.CREATED}:
        return _success(status, headers, body, redaction, len(sent))
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Throttled(retry_after(headers), " DAY " in _read_error(body).message.upper())
    if status in _PASSING:
        return Busy(status)
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return TooLarge()
    if status == HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED:  # RFC 6585: never LinkedIn's own
        return Misdirected(status, who_answered(headers))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return InDoubt(f"status {status}")
    if status in SUCCESS:
        return _without_statuses(f"status {status}", status, headers)
    if not is_of_linkedin(headers, body):
        return Misdirected(status, who_answered(headers))
    error = _read_error(body)
    if (refused := _of_all(status, error, redaction)) is not None:
        return refused
    if status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY} and error.message:
        return _refusal(status, error.message, redaction, len(sent))
    if status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}:
        return RequestRefused(status, redaction.of_all(error.message))
    return Misdirected(status)


def _of_all(status: int, error: _Error, redaction: Redaction) -> TokenRefused | VersionRefused | RuleRefused | None:
    """What no event is to blame for: token, version or rule; None where it is none of them."""
    if status == HTTPStatus.UNAUTHORIZED:
        return TokenRefused(error.token_kind, redaction.of_all(error.message))
    if status == HTTPStatus.UPGRADE_REQUIRED or error.code == "VERSION_MISSING":
        return VersionRefused(redaction.of_all(error.message))
    if any(words in error.message for words in _RULE_WORDS):
        return RuleRefused(redaction.of_all(with_few_indices(error.message)))
    if status == HTTPStatus.FORBIDDEN:
        return TokenRefused("scope", redaction.of_all(error.message))
    return None


def _success(status: int, headers: Mapping[str, str], body: bytes, redaction: Redaction, count: int) -> Answer:
    """A 200 holds a status an event; anything short of that is in doubt."""
    if body == _all_taken(count):
        return Taken()
    found = decoded(body, _Elements)
    if found is None:
        return _without_statuses(f"status {status} with a body that is no list of statuses", status, headers)
    if len(found.elements) != count:
        return InDoubt(f"status {status} for {len(found.elements)} of {count} events")
    return _of_statuses(found.elements, redaction)


def _without_statuses(what: str, status: int, headers: Mapping[str, str]) -> Answer:
    """A yes that says of no event that it was taken: in doubt if it is LinkedIn's, else of somebody who takes anything, in JSON too."""
    return InDoubt(what) if has_own_headers(headers) else Misdirected(status, who_answered(headers), doubtful=True)


def _of_statuses(elements: Sequence[_Element], redaction: Redaction) -> Answer:
    """What a status for each event means."""
    failed = {index: element for index, element in enumerate(elements) if element.status not in SUCCESS}
    if not failed:
        return Taken()
    unclear = next((e.status for e in failed.values() if e.status < HTTPStatus.BAD_REQUEST), None)
    if unclear is not None:
        return InDoubt(f"status {unclear} of an event")
    if all(_is_of_no_event(element) for element in elements):
        first = elements[0]
        if (blames := _of_all(first.status, _error_of(first.error), redaction)) is not None:
            return EachRefused(
                {index: (_words(index, element, redaction),) for index, element in failed.items()}, blames
            )
    return _partly(failed, redaction)


def _is_of_no_event(element: _Element) -> bool:
    """Whether an event was not taken for something that it shares with all others of its request."""
    return element.status in _OF_NO_EVENT or any(words in _error_of(element.error).message for words in _RULE_WORDS)


def _partly(failed: Mapping[int, _Element], redaction: Redaction) -> PartlyTaken:
    # What failed for no fault of its own is sent again, alone: the answer to that says what to blame.
    blameless = tuple(index for index, element in failed.items() if _is_of_no_event(element))
    busy = {index for index, element in failed.items() if element.status in _PASSING}
    passing = tuple(index for index in failed if index in {*busy, *blameless})
    doubtful = tuple(
        index
        for index, element in failed.items()
        if element.status >= HTTPStatus.INTERNAL_SERVER_ERROR and element.status not in _PASSING
    )
    refused: dict[int, tuple[str, ...]] = {
        index: (_words(index, element, redaction),)
        for index, element in failed.items()
        if index not in {*passing, *doubtful}
    }
    return PartlyTaken(refused, passing, doubtful, blameless)


@lru_cache(maxsize=2)
def _all_taken(count: int) -> bytes:
    """The exact body by which LinkedIn takes this many events, so that one comparison reads all statuses."""
    return b'{"elements":[' + b",".join([b'{"status":201}'] * count) + b"]}"


def _words(index: int, element: _Element, redaction: Redaction) -> str:
    return redaction.of_one(index, _error_of(element.error).message) or f"status {element.status}"


def _read_error(body: bytes) -> _Error:
    return _error_of(decoded(body, dict))


def _error_of(found: Any) -> _Error:  # noqa: ANN401 - whatever stands there
    """The readable fields of an error; each may be missing or of another type."""
    if not isinstance(found, dict):
        return _Error()
    message, code, number = (found.get(name) for name in ("message", "code", "serviceErrorCode"))
    return _Error(
        message if isinstance(message, str) else "",
        code if isinstance(code, str) else "",
        number if isinstance(number, int) else 0,
    )


def _refusal(status: int, message: str, redaction: Redaction, count: int) -> Answer:
    """The events a 400 or 422 names; none that is not in the batch."""
    refused: dict[int, list[str]] = {}
    parts = _INDEX.split(message)
    for number, lines in zip(parts[1::2], parts[2::2], strict=True):
        index = int(number)
        known = refused.setdefault(index, [])
        told = [line for line in lines.split(LINE, _MOST_MESSAGES) if line.strip()][: _MOST_MESSAGES - len(known)]
        known += [redaction.of_one(index, line) for line in told] or [f"status {status}"][len(known) :]
    before = 0
    for named in _INDICES.finditer(message):
        words = redaction.of_all(message[before : named.start()]).strip(" .,")
        before = named.end()
        for number in _NUMBER.findall(named.group(1)):
            refused.setdefault(int(number), []).append(words)
    for entry in _BATCH_INDEX.finditer(message):
        index = int(entry.group(1))
        known = refused.setdefault(index, [])
        if len(known) < _MOST_MESSAGES:
            known.append(redaction.of_one(index, entry.group(0)))
    if not refused or any(index >= count for index in refused):
        return RequestRefused(status, redaction.of_all(with_few_indices(message)))
    return ElementsRefused({index: tuple(words[:_MOST_MESSAGES]) for index, words in refused.items()})

"""LinkedIn's messages without the personal values they repeat.

Two ways, both always: what looks like a value (quoted, an address, a hash, a long number), and
what is one, because it was sent.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["LINE", "Redaction", "redacted"]

LINE = "ERROR :: "
"""What each line of an error's message begins with."""

_LONGEST_MESSAGE = 300
_SHORTEST_VALUE = 3
"""Characters from which on a sent value is looked for: a country or an abbreviation is nobody's."""

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


class _UserId(msgspec.Struct, rename="camel"):
    id_value: str


class _User(msgspec.Struct, rename="camel"):
    user_ids: list[_UserId]
    user_info: dict[str, str] = {}
    external_ids: list[str] = []
    lead: str = ""


class _Sent(msgspec.Struct):
    user: _User


_read = msgspec.json.Decoder(_Sent).decode


class Redaction:
    """Redacts the messages of the answer to some events."""

    def __init__(self, payloads: Sequence[bytes]) -> None:
        """Nothing is read from the encoded events before a message must be redacted."""
        self._payloads = payloads

    def of_one(self, index: int, message: str) -> str:
        """A message about one event, by its place in the request."""
        known = index < len(self._payloads)
        return redacted(message, _longest_first(_values(self._payloads[index])) if known else ())

    def of_all(self, message: str) -> str:
        """A message about the request."""
        return redacted(message, self._all) if message else ""

    @cached_property
    def _all(self) -> list[str]:
        return _longest_first(value for payload in self._payloads for value in _values(payload))


def redacted(message: str, sent: Iterable[str] = ()) -> str:
    """A message of LinkedIn's without quoted texts, numbers, addresses, hashes, and these values."""
    for value in sent:
        if value in message:
            message = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", "…", message)
    return "; ".join(hidden for line in message.split(LINE) if (hidden := _redacted_line(line)))[:_LONGEST_MESSAGE]


def _redacted_line(line: str) -> str:
    """One error without its value: between the first and the last quote nothing is kept."""
    hidden = _COERCED.sub(r"\1… cannot be coerced", line)
    if hidden.count('"') % 2 and (path := _PATH.match(hidden)):
        return f"{path.group(1) or ''}…"  # a value holds a quote itself, so its end is anywhere
    hidden = _QUOTED.sub('"…"', hidden)
    hidden = _SINGLE_QUOTED.sub("'…'", hidden)
    return " ".join(_PRIVATE.sub("…", hidden).split())


def _values(payload: bytes) -> Iterator[str]:
    """What of a person stands in an encoded event."""
    user = _read(payload).user
    yield from (user_id.id_value for user_id in user.user_ids)
    yield from user.user_info.values()
    yield from user.external_ids
    yield user.lead
    yield user.lead.rpartition(":")[2]  # the id alone


def _longest_first(values: Iterable[str]) -> list[str]:
    """Values in an order in which none hides only a part of another."""
    return sorted({value for value in values if len(value) >= _SHORTEST_VALUE}, key=len, reverse=True)

"""LinkedIn's messages without the personal values they repeat.

Two ways, both always: what looks like a value (quoted, an address, a hash, a long number), and
what is one, because it was sent.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.records.looks import without_telephones
from target_linkedin_conversions.records.unescaped import folded, unescaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["LINE", "Redaction", "redacted"]

LINE = "ERROR :: "
"""What each line of an error's message begins with."""

_LONGEST_MESSAGE = 300
_LONGEST_LOOKED_AT = 10_000
"""Characters of a message that are read at most; only a part of these is shown."""
_CUT_OFF = 1000
"""Characters before that limit that are never shown: a value may be cut there, and half a value is not recognised."""
_SHORTEST_VALUE = 3
"""Sent values shorter than this are not redacted: a country code or an abbreviation identifies nobody."""

_QUOTED = re.compile(r'".*"', re.DOTALL)
_PATH = re.compile(r"\s*(/\S* :: )?")
_SINGLE_QUOTED = re.compile(r"(?<!\w)'.*'(?!\w)", re.DOTALL)
_COERCED = " cannot be coerced"
_URN = re.compile(r"urn:li:\S+", re.IGNORECASE)
_WORD = re.compile(r"[^\s\"'<>=,]+")
_PRIVATE = re.compile(
    r"\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}\b|\b(?:[0-9a-fA-F]{0,4}:){2,}+[0-9a-fA-F]{0,4}"  # an IP address
    r"|\b[0-9a-fA-F]{32,}+\b|\b[0-9]{9,}+\b"  # a hash, an id
)
_ID = re.compile(r"(?<![\w-])[\w-]{20,}+")
_ENCODED = re.compile(r"(?<![\w+/-])(?:[\w-]{6,}+|[A-Za-z0-9+/]{6,}+)={0,2}(?![\w+/-])", re.ASCII)
"""What may be text in hexadecimal digits or base64."""
_AT = ("@", "\uff20", "\ufe6b")
_URL_SAFE = str.maketrans("+/", "-_")
_LONGEST_WORD = 40
"""A longer word counts as an id even without a digit."""


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


def redacted(message: str, sent: Sequence[str] = ()) -> str:
    """A message of LinkedIn's, printable, without quoted texts, numbers, addresses, hashes, and these values in any case or escape."""
    text = unescaped(message[:_LONGEST_LOOKED_AT])[-1]
    text = _without(_without_encoded(text, sent), sent)
    if len(message) > _LONGEST_LOOKED_AT:
        text = text[:-_CUT_OFF]
    return printable(
        "; ".join(hidden for line in text.split(LINE) if (hidden := _redacted_line(line))), _LONGEST_MESSAGE
    )


def _without_encoded(text: str, sent: Sequence[str]) -> str:
    """The text without words that say one of these values, or an address, in base64 or hexadecimal digits."""
    if not sent:
        return text
    said = {word: list(map(folded, _decoded(word))) for word in _ENCODED.findall(text)}
    whole = "\n".join(one for texts in said.values() for one in texts)
    if not whole:
        return text
    values = [value for value in map(folded, sent) if value in whole]
    hidden = {
        word for word, texts in said.items() for one in texts if "@" in one or any(value in one for value in values)
    }
    return _ENCODED.sub(lambda found: "…" if found[0] in hidden else found[0], text)


def _decoded(word: str) -> Iterator[str]:
    """What a word says in each of these encodings, where it says a text."""
    whole = word.rstrip("=")
    for decode in (bytes.fromhex, lambda one: urlsafe_b64decode(one.translate(_URL_SAFE) + "=" * (-len(one) % 4))):
        try:
            said = decode(whole).decode()
        except ValueError:
            continue
        if said.isprintable():
            yield said


def _without(text: str, sent: Iterable[str]) -> str:
    """The text without these values; empty where one is in it in a form that cannot be located."""
    form = folded(text)
    for value in sent:
        for known in dict.fromkeys((value, folded(value), value.replace(" ", "+"))):
            if folded(known) not in form:
                continue
            text = re.sub(rf"(?<!\w){re.escape(known)}(?!\w)", "…", text, flags=re.IGNORECASE)
            form = folded(text)
            if re.search(rf"(?<!\w){re.escape(folded(known))}(?!\w)", form):
                return "…"
    return text


def _redacted_line(line: str) -> str:
    """One error without its value: everything between the first and the last quote is removed."""
    path = _PATH.match(line)
    prefix = (path and path.group(1)) or ""
    before, coerced, after = line.rpartition(_COERCED)
    hidden = f"{prefix}…{coerced}{after}" if before else line
    if hidden.count('"') % 2:
        return f"{prefix}…"  # the value holds a quote itself, so its end is unknown
    hidden = _QUOTED.sub('"…"', hidden)
    hidden = _SINGLE_QUOTED.sub("'…'", hidden)
    return " ".join(_WORD.sub(_redacted_word, without_telephones(_URN.sub("…", hidden))).split())


def _redacted_word(found: re.Match[str]) -> str:
    word = found[0]
    if any(sign in word for sign in _AT):
        return "…"
    return _ID.sub(_redacted_id, _PRIVATE.sub("…", word))


def _redacted_id(found: re.Match[str]) -> str:
    word = found[0]
    return "…" if len(word) >= _LONGEST_WORD or any(mark.isdigit() for mark in word) else word


def _values(payload: bytes) -> Iterator[str]:
    """The personal values in an encoded event."""
    user = _read(payload).user
    yield from (user_id.id_value for user_id in user.user_ids)
    yield from user.user_info.values()
    yield from user.external_ids
    yield user.lead
    yield user.lead.rpartition(":")[2]  # the id alone


def _longest_first(values: Iterable[str]) -> list[str]:
    """Values, the longest first, so that none leaves the rest of a longer one behind."""
    return sorted({value for value in values if len(value) >= _SHORTEST_VALUE}, key=len, reverse=True)

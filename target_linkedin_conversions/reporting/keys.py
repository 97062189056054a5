"""What may stand in a file for people of a record's key: the one place that decides it for the rejects and the results.

A value that the record also uses as an identifier, or that looks like one, is a keyed digest: only the ledger can find it again.
"""

from __future__ import annotations

import re
import unicodedata
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.records.identifying import identifies
from target_linkedin_conversions.records.looks import looks_personal, told

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from target_linkedin_conversions.delivery.batch import Batch
    from target_linkedin_conversions.records.event import Event, Refusal

__all__ = ["DIGEST", "PublicKeys"]

DIGEST = "digest:"
"""What a key value begins with that is told only as a keyed digest."""

_LONGEST_PLAIN = 64
_NUMBERS = re.compile(r"[1-9][0-9]{0,18}(?:,[1-9][0-9]{0,18})*", re.ASCII).fullmatch
"""Numbers with commas between: a longer one may be a hash in decimal digits, and one that begins with 0, a telephone's."""
_WORD = re.compile(r"(?=[0-9_-]*[A-Za-z])[A-Za-z0-9_-]{3,42}", re.ASCII).fullmatch
"""With a letter, so that it is no telephone's number; shorter than a hash in base64."""
_LOOKS = re.compile(r"[0-9a-fA-F]{32}|(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}[A-Za-z0-9-]{11}").search
"""What in such a word may be a hash, or an account's number: then it is looked at more closely."""
_BETWEEN = re.compile(r"[_-]+")
_ID = re.compile(r"[A-Za-z0-9._:-]+", re.ASCII).fullmatch
"""An event id that is one word; a URL or a sentence may hold anything."""
_SHORTEST_PART = 3
_NO_PUNCTUATION = {code: None for code in range(128) if not chr(code).isalnum()}
_OWN_ID, _UUID = 32, 36
_QUOTE_AND_BRACE = 2

_encode = msgspec.json.Encoder().encode


class PublicKeys:
    """Keys and event ids as they may be shown."""

    def __init__(self, pseudonym: Callable[[str], str]) -> None:
        """`pseudonym` makes the keyed digest of a text."""
        self._pseudonym = pseudonym

    def of_refusal(self, refusal: Refusal) -> dict[str, str | None]:
        """The key of a record that yielded no event."""
        return {told(name): self._public(text, private=name in refusal.private) for name, text in refusal.key}

    def of_event(self, event: Event, personal_columns: frozenset[str]) -> dict[str, str | None]:
        """The key of the record that an event was made of."""
        user = _user_of(event)
        return {
            told(name): self._public(
                text, private=name in personal_columns or name in event.private or identifies(text, user)
            )
            for name, text in event.key
        }

    def of_batch(self, batch: Batch) -> list[str]:
        """The same for each event of a batch, as JSON: keys of one plain number or word at a hundredth of the cost."""
        events, personal = batch.events, batch.personal_columns
        head = self._head(events, personal)
        if not head:
            return [_encode(self.of_event(event, personal)).decode() for event in events]
        texts = [event.key[0][1] or "" for event in events]
        if _are_numbers(texts):
            return [
                f'{head}{text}"}}'
                if (text.encode() not in event.payload if event.payload.isascii() else _is_nowhere(text, event.payload))
                else _encode(self.of_event(event, personal)).decode()
                for text, event in zip(texts, events, strict=True)
            ]
        return [
            f'{head}{text}"}}'
            if _is_no_number(text, event.payload)
            else _encode(self.of_event(event, personal)).decode()
            for text, event in zip(texts, events, strict=True)
        ]

    def _head(self, events: Sequence[Event], personal: frozenset[str]) -> str:
        """How the JSON of each key begins where all are of the same column, which may be shown; else empty."""
        keys = [event.key for event in events]
        if set(map(len, keys)) != {1} or any(event.private for event in events):
            return ""
        names = {key[0][0] for key in keys}
        name = names.pop()
        return "" if names or name in personal else f'{{{_encode(told(name)).decode()}:"'

    def ids_of_batch(self, batch: Batch) -> list[str]:
        """The event id of each event of a batch: as LinkedIn has it, unless it says who somebody is."""
        ids = [event.identity for event in batch.events]
        if not _are_hexadecimal(ids):
            return [self._public_id(event) for event in batch.events]
        behind = -len(ids[0]) - _QUOTE_AND_BRACE
        return [
            identity if event.payload.find(identity.encode(), 0, behind) < 0 else self._public_id(event)
            for identity, event in zip(ids, batch.events, strict=True)
        ]

    def _public_id(self, event: Event) -> str:
        identity = event.identity
        before = event.payload[: -len(identity) - _QUOTE_AND_BRACE]
        if (_are_numbers([identity]) and _is_nowhere(identity, before)) or _is_mere_word(identity, before):
            return identity
        is_odd = not _ID(identity)
        return self._public(identity, private=is_odd or identifies(identity, _user_of(event))) or ""

    def _public(self, text: str | None, *, private: bool) -> str | None:
        if text is None:
            return None
        if private or len(text) > _LONGEST_PLAIN or looks_personal(text) or printable(text) != text:
            return DIGEST + self._pseudonym(text)
        return text


def _user_of(event: Event) -> bytes:
    return event.payload.partition(b'"user":')[2]


def _are_numbers(texts: Sequence[str]) -> bool:
    """Whether each of the texts is one plain number: seen of all of them at once."""
    joined = ",".join(texts)
    return joined.count(",") == len(texts) - 1 and _NUMBERS(joined) is not None


def _is_no_number(text: str, payload: bytes) -> bool:
    """Whether a text of a batch that holds more than numbers may be shown, as far as that is seen at once."""
    return (_are_numbers([text]) and _is_nowhere(text, payload)) or _is_mere_word(text, payload)


def _is_nowhere(number: str, payload: bytes) -> bool:
    """Whether a number stands nowhere in a payload, in whatever script: then it identifies nobody of it, for a number has no other form."""
    if payload.isascii():
        return number.encode() not in payload
    return number not in unicodedata.normalize("NFKC", payload.decode())


def _is_mere_word(text: str, payload: bytes) -> bool:
    """Whether a word such as a UUID or `A-100` certainly identifies nobody of a payload: neither it nor a part of it is there, nor the hash of one."""
    if not _WORD(text) or _LOOKS(text):
        return False
    held = _letters_and_digits(_user_in(payload))
    for part in (text, *_BETWEEN.split(text)):
        core = _letters_and_digits(part)
        if len(part) >= _SHORTEST_PART and (core in held or sha256(core.encode()).hexdigest().encode() in payload):
            return False
    return True


def _user_in(payload: bytes) -> str:
    user = payload.partition(b'"user":')[2].decode()
    return user if user.isascii() else unicodedata.normalize("NFKC", user).casefold()


def _letters_and_digits(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower())) if not text.isascii() else text.lower().translate(_NO_PUNCTUATION)


def _are_hexadecimal(ids: Sequence[str]) -> bool:
    """Whether all ids have the form of our own, or of a UUID: seen of all of them at once."""
    lengths = set(map(len, ids))
    digits = "".join(ids)
    if lengths == {_UUID} and digits.count("-") == 4 * len(ids):
        digits = digits.replace("-", "")
    elif lengths != {_OWN_ID}:
        return False
    try:
        return len(bytes.fromhex(digits)) * 2 == len(digits)
    except ValueError:
        return False

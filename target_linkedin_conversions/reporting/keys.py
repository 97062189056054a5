"""What may stand in a file for people of a record's key: the one place that decides it for the rejects and the results.

A value that the record also uses as an identifier, or that looks like one, is a keyed digest: only the ledger can find it again.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.records.identifying import identifies
from target_linkedin_conversions.records.looks import looks_personal, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from target_linkedin_conversions.delivery.batch import Batch
    from target_linkedin_conversions.records.event import Event, Refusal

__all__ = ["DIGEST", "PublicKeys"]

DIGEST = "digest:"
"""What a key value begins with that is told only as a keyed digest."""

_LONGEST_PLAIN = 64
_MOST_DIGITS = 19
"""A longer number may be a hash in decimal digits; one that begins with 0, a telephone's."""
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
        """The same for each event of a batch, as JSON: a key of one plain number at a hundredth of the cost."""
        personal = batch.personal_columns
        heads = {name: f'{{{_encode(told(name)).decode()}:"' for name, _ in batch.events[0].key if name not in personal}
        found = []
        for event in batch.events:
            key = event.key
            if len(key) == 1:
                name, text = key[0]
                if name in heads and text is not None and not event.private and _is_mere_number(text, event.payload):
                    found.append(f'{heads[name]}{text}"}}')
                    continue
            found.append(_encode(self.of_event(event, personal)).decode())
        return found

    def ids_of_batch(self, batch: Batch) -> list[str]:
        """The event id of each event of a batch: as LinkedIn has it, unless it says who somebody is."""
        return [
            identity if is_plain and _is_nowhere_else(identity, event.payload) else self._public_id(event)
            for event, identity, is_plain in _with_their_looks(batch.events)
        ]

    def _public_id(self, event: Event) -> str:
        identity = event.identity
        if _is_mere_number(identity, event.payload[: -len(identity) - _QUOTE_AND_BRACE]):
            return identity
        return self._public(identity, private=identifies(identity, _user_of(event))) or ""

    def _public(self, text: str | None, *, private: bool) -> str | None:
        if text is None:
            return None
        if private or len(text) > _LONGEST_PLAIN or looks_personal(text) or printable(text) != text:
            return DIGEST + self._pseudonym(text)
        return text


def _user_of(event: Event) -> bytes:
    return event.payload.partition(b'"user":')[2]


def _is_mere_number(text: str, payload: bytes) -> bool:
    """Whether a text is digits that certainly identify nobody of a payload: they stand nowhere in it, in whatever script."""
    if not (text.isascii() and text.isdecimal() and text[0] != "0" and len(text) <= _MOST_DIGITS):
        return False
    if payload.isascii():
        return text.encode() not in payload
    return text not in unicodedata.normalize("NFKC", payload.decode())


def _with_their_looks(events: Sequence[Event]) -> Iterator[tuple[Event, str, bool]]:
    """Each event with its id, and whether all ids have the form of our own, or of a UUID: seen of all of them at once."""
    ids = [event.identity for event in events]
    lengths = set(map(len, ids))
    digits = "".join(ids)
    if lengths == {_UUID} and digits.count("-") == 4 * len(ids):
        digits = digits.replace("-", "")
    elif lengths != {_OWN_ID}:
        digits = "?"
    is_plain = _is_hexadecimal(digits)
    return ((event, identity, is_plain) for event, identity in zip(events, ids, strict=True))


def _is_hexadecimal(text: str) -> bool:
    try:
        return len(bytes.fromhex(text)) * 2 == len(text)
    except ValueError:
        return False


def _is_nowhere_else(identity: str, payload: bytes) -> bool:
    """Whether an id is no other value of the payload too, which ends with it where it is sent."""
    return payload.find(identity.encode(), 0, -len(identity) - _QUOTE_AND_BRACE) < 0

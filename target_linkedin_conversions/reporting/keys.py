"""Decides how a record's key is shown in rejects and results.

A value that the record also uses as an identifier, or that looks like one, is a keyed digest: only the ledger can find it again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.records.identifying import identifies
from target_linkedin_conversions.records.looks import looks_personal, name_shown
from target_linkedin_conversions.records.plain_ids import Users, are_numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from target_linkedin_conversions.delivery.batch import Batch
    from target_linkedin_conversions.records.event import Event, Refusal

__all__ = ["DIGEST", "PublicKeys"]

DIGEST = "digest:"
"""The prefix of a key value that is replaced by a keyed digest."""

_LONGEST_PLAIN = 64
_ID = re.compile(r"[A-Za-z0-9._:-]+", re.ASCII).fullmatch
"""An event id that is one word; a URL or a sentence may hold anything."""
_OWN_ID, _UUID = 32, 36

_encode = msgspec.json.Encoder().encode


class PublicKeys:
    """Keys and event ids as they may be shown."""

    def __init__(self, pseudonym: Callable[[str], str]) -> None:
        """`pseudonym` makes the keyed digest of a text."""
        self._pseudonym = pseudonym

    def of_refusal(self, refusal: Refusal) -> dict[str, str | None]:
        """The key of a record that yielded no event."""
        return {name_shown(name): self._public(text, private=name in refusal.private) for name, text in refusal.key}

    def of_event(self, event: Event, personal_columns: frozenset[str]) -> dict[str, str | None]:
        """The key of the record that an event was made of."""
        user = _user_of(event)
        return {
            name_shown(name): self._public(text, private=name in personal_columns or name in event.private, user=user)
            for name, text in event.key
        }

    def of_batch(self, batch: Batch) -> tuple[list[str], list[str]]:
        """The key, as JSON, and the event id of each event of a batch: plain ids at a hundredth of the cost."""
        users = Users([event.payload for event in batch.events])
        return self._keys(batch, users), self._ids(batch, users)

    def _keys(self, batch: Batch, users: Users) -> list[str]:
        events, personal = batch.events, batch.personal_columns
        head = self._head(events, personal)
        if not head:
            return [_encode(self.of_event(event, personal)).decode() for event in events]
        texts = [event.key[0][1] or "" for event in events]
        if are_numbers(texts):
            shown = users.without_numbers(texts)
        else:
            of_nobody = users.without(texts)
            shown = [is_nobody and not looks_personal(text) for text, is_nobody in zip(texts, of_nobody, strict=True)]
        return [
            f'{head}{text}"}}' if is_shown else _encode(self.of_event(event, personal)).decode()
            for text, is_shown, event in zip(texts, shown, events, strict=True)
        ]

    def _head(self, events: Sequence[Event], personal: frozenset[str]) -> str:
        """How the JSON of each key begins where all are of the same column, which may be shown; else empty."""
        keys = [event.key for event in events]
        if set(map(len, keys)) != {1} or any(event.private for event in events):
            return ""
        names = {key[0][0] for key in keys}
        name = names.pop()
        return "" if names or name in personal else f'{{{_encode(name_shown(name)).decode()}:"'

    def _ids(self, batch: Batch, users: Users) -> list[str]:
        """Each event id as LinkedIn has it, unless it says who somebody is; ids that were made of digests never do."""
        ids = [event.identity for event in batch.events]
        if all(event.has_own_id for event in batch.events):
            return ids
        if not _are_hexadecimal(ids):
            return [event.identity if event.has_own_id else self._public_id(event) for event in batch.events]
        return [
            identity if of_nobody or event.has_own_id else self._public_id(event)
            for identity, of_nobody, event in zip(ids, users.without_digits(ids), batch.events, strict=True)
        ]

    def _public_id(self, event: Event) -> str:
        identity = event.identity
        return self._public(identity, private=not _ID(identity), user=_user_of(event)) or ""

    def _public(self, text: str | None, *, private: bool, user: bytes = b"") -> str | None:
        if text is None:
            return None
        is_told = not private and len(text) <= _LONGEST_PLAIN and not looks_personal(text) and printable(text) == text
        return text if is_told and not identifies(text, user) else DIGEST + self._pseudonym(text)


def _user_of(event: Event) -> bytes:
    return event.payload.partition(b'"user":')[2]


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

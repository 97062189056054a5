"""Decides how a record's key is shown in rejects and results.

A value that the record also uses as an identifier, or that looks like one, is a keyed digest: only the ledger can find it again.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain
from operator import attrgetter, itemgetter
from statistics import mode
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.records.identifying import identifies
from target_linkedin_conversions.records.looks import look_personal, looks_personal, name_shown
from target_linkedin_conversions.records.plain_ids import Users, are_numbers, is_uuid, is_word

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from target_linkedin_conversions.delivery.batch import Batch
    from target_linkedin_conversions.records.event import Event, Refusal

__all__ = ["DIGEST", "PublicKeys", "shown_name"]

DIGEST = "digest:"
"""The prefix of a key value that is replaced by a keyed digest."""

_LONGEST_PLAIN = 64
_ID = re.compile(r"[A-Za-z0-9._:-]+", re.ASCII).fullmatch
"""An event id that is one word; a URL or a sentence may hold anything."""
_OWN_ID, _UUID, _HYPHENS = 32, 36, 4

_NAME, _PRIVATE = itemgetter(0), attrgetter("private")
shown_name = lru_cache(maxsize=256)(name_shown)
"""The name of a stream or of a key's column as it may be shown: the same few again and again, and to look at one takes as long as all else of a refusal."""

_encode = msgspec.json.Encoder().encode


class PublicKeys:
    """Keys and event ids as they may be shown."""

    def __init__(self, pseudonym: Callable[[str], str]) -> None:
        """`pseudonym` makes the keyed digest of a text."""
        self._pseudonym = pseudonym

    def of_refusal(self, refusal: Refusal) -> dict[str, str | None]:
        """The key of a record that yielded no event."""
        return {shown_name(name): self._public(text, private=name in refusal.private) for name, text in refusal.key}

    def of_event(self, event: Event, personal_columns: frozenset[str]) -> dict[str, str | None]:
        """The key of the record that an event was made of."""
        user = _user_of(event)
        return {
            shown_name(name): self._public(text, private=name in personal_columns or name in event.private, user=user)
            for name, text in event.key
        }

    def of_batch(self, batch: Batch) -> tuple[str, list[str]]:
        """The key, as JSON and one a line, and the event id of each event of a batch: plain ids at a hundredth of the cost."""
        events, personal = batch.events, batch.personal_columns
        users = Users([event.payload for event in events])
        ids = [event.identity for event in events]
        head, singular = self._head(events, personal)
        if not head:
            keys = [_encode(self.of_event(event, personal)).decode() for event in events]
            return "\n".join(keys), self._ids(events, ids, users)
        texts = [event.key[0][1] or "" for event in events]
        for index in singular:
            texts[index] = ""
        plain = _plain(texts, users)
        others = _others(plain)
        if others:
            keys = [f'{head}{text}"}}' for text in texts]
            for index in others:
                keys[index] = _encode(self.of_event(events[index], personal)).decode()
            lines = "\n".join(keys)
        else:
            lines = head + f'"}}\n{head}'.join(texts) + '"}'
        return lines, self._ids(events, ids, users, plain if ids == texts else None)

    def _head(self, events: Sequence[Event], personal: frozenset[str]) -> tuple[str, list[int]]:
        """How the JSON of each key begins, but for the events named, where most are of one column, which may be shown; else empty."""
        keys = [event.key for event in events]
        singular: list[int] = []
        names = set(map(_NAME, chain.from_iterable(keys)))
        if len(names) == 1 and set(map(len, keys)) == {1} and not any(map(_PRIVATE, events)):
            name = names.pop()
        else:
            each = ["" if len(event.key) != 1 or event.private else event.key[0][0] for event in events]
            name = mode(each)
            singular = [index for index, one in enumerate(each) if one != name]
        return f'{{{_encode(shown_name(name)).decode()}:"' if name and name not in personal else "", singular

    def _ids(
        self, events: Sequence[Event], ids: list[str], users: Users, plain: Sequence[bool] | None = None
    ) -> list[str]:
        """Each event id as LinkedIn has it, unless it says who somebody is; ids that were made of digests never do.

        `plain` says of each whether it is no person's, where that is known.
        """
        if False not in [event.has_own_id for event in events]:
            return ids
        if plain is None:
            plain = users.without_digits(ids) if _are_hexadecimal(ids) else _plain(ids, users)
        shown = ids.copy()
        for index in _others(plain):
            if not events[index].has_own_id:
                shown[index] = self._public_id(events[index])
        return shown

    def _public_id(self, event: Event) -> str:
        identity = event.identity
        return self._public(identity, private=not _ID(identity), user=_user_of(event)) or ""

    def _public(self, text: str | None, *, private: bool, user: bytes = b"") -> str | None:
        if text is None or (not private and not user and are_numbers([text])):
            return text
        is_told = not private and len(text) <= _LONGEST_PLAIN and not looks_personal(text) and printable(text) == text
        return text if is_told and not identifies(text, user) else DIGEST + self._pseudonym(text)


def _plain(texts: Sequence[str], users: Users) -> list[bool]:
    """Of each text whether it may certainly be shown beside its user; False says nothing."""
    if are_numbers(texts):
        return users.without_numbers(texts)
    if all(map(is_uuid, texts)):
        return users.without_digits(texts)
    kinds = [_kind(text) for text in texts]
    if len(set(kinds)) > 1:  # each kind at once: one key of another would make all be looked at one by one
        plain = [False] * len(texts)
        for kind in set(kinds):
            places = [index for index, one in enumerate(kinds) if one == kind]
            for index, is_plain in zip(
                places, _plain([texts[index] for index in places], users.only(places)), strict=True
            ):
                plain[index] = is_plain
        return plain
    of_nobody = users.without(texts)
    return [is_nobody and not looks for looks, is_nobody in zip(look_personal(texts), of_nobody, strict=True)]


def _kind(text: str) -> str:
    """Which texts are looked at together."""
    if is_uuid(text):
        return "UUID"
    return "number" if are_numbers([text]) else "word" if is_word(text) else ""


def _others(are_plain: Sequence[bool]) -> list[int]:
    """The places of those that are not plain: mostly none, which is seen of all at once."""
    return [] if False not in are_plain else [index for index, is_plain in enumerate(are_plain) if not is_plain]


def _user_of(event: Event) -> bytes:
    return event.payload.partition(b'"user":')[2]


def _are_hexadecimal(ids: Sequence[str]) -> bool:
    """Whether all ids have the form of our own, or of a UUID: seen of all of them at once."""
    length, digits = len(ids[0]), "".join(ids)
    if set(map(len, ids)) != {length}:
        return False
    if length == _UUID and digits.count("-") == _HYPHENS * len(ids):
        digits = digits.replace("-", "")
    elif length != _OWN_ID:
        return False
    try:
        return len(bytes.fromhex(digits)) * 2 == len(digits)
    except ValueError:
        return False

"""Ids of which it is seen at once that they name nobody: numbers, UUIDs, and words such as `cus_Nff9x` or `spring-sale-7`.

Most keys and event ids are such, and to make every form of one takes longer than to map its row (measured). So this is the first
look of `identifies`; where it sees nothing, nothing is there, and where it is not sure the forms decide.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property
from itertools import compress, count, repeat
from operator import contains, ne, not_
from typing import TYPE_CHECKING

from target_linkedin_conversions.records.plain_words import (
    BUT_QUOTES,
    PUNCTUATION,
    SHORTEST_PART,
    are_words,
    hash_of,
    perhaps_in_users,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

__all__ = [
    "SeenUser",
    "Users",
    "are_numbers",
    "is_number_of_nobody",
    "is_uuid",
    "is_word",
    "names_nobody",
    "seen",
]

SeenUser = bytes | None
"""An event's user as ids are looked for in it: in lower case and one Unicode form; None where that is not its text."""

is_uuid = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", re.ASCII).fullmatch
"""A UUID is one word, and nobody's name: that a part of it reads like one is chance. With or without its hyphens it is the same."""
is_word = re.compile(r"(?=[0-9_-]*[A-Za-z])[A-Za-z0-9_-]{3,42}", re.ASCII).fullmatch
"""With a letter, so that it is no telephone's number; shorter than a hash in base64."""
_NUMBERS = re.compile(r"(?:0|[1-9][0-9]{0,18})(?:,(?:0|[1-9][0-9]{0,18}))*", re.ASCII).fullmatch
"""Numbers with commas between: a longer one may be a hash in decimal digits, and one of several that begins with 0, a telephone's."""
_BETWEEN = re.compile(r"[_-]+")

_USER, _BEHIND, _ID = b'"user":', b',"conversionValue":', b',"eventId":'
"""Where an event's user begins and ends; in a text of it their quotes would be escaped."""
_HASH = re.compile(rb'"[0-9a-f]{64}"')
_NO_LETTERS = re.compile(r'(?:[^\w"]|_)+')
_BEGINS = 8
"""Digits before the first hyphen of a UUID."""
_ESCAPE = ord("\\")
"""As a number, which is looked for in a fifth of the time that the text of it takes (measured)."""
_CLOSING = len('"}')
"""What stands behind an event's own id in its payload."""


class Users:
    """The user of each event of a batch, in which ids are looked for: in all payloads at once, and in a single user where that finds something.

    The payloads, at least one, all begin alike: a rule and thirteen digits of time stand before the user.
    """

    def __init__(self, payloads: Sequence[bytes]) -> None:
        """Only what is asked for is looked at."""
        self._payloads = payloads
        self._begin = payloads[0].find(_USER) + len(_USER)

    def __getitem__(self, index: int) -> SeenUser:
        """One user, so that ids can be looked for in it."""
        payload = self._payloads[index]
        end = payload.rfind(_BEHIND)
        end = payload.rfind(_ID) if end < 0 else end
        return seen(payload[self._begin : end if end >= 0 else None])

    def only(self, places: Sequence[int]) -> Users:
        """The users of some of the events, at least one."""
        return Users([self._payloads[place] for place in places])

    def without_numbers(self, numbers: Sequence[str]) -> list[bool]:
        """Of each of these plain numbers whether it certainly names nobody of the user beside it."""
        found = list(map(bytes.find, self._payloads, _bytes_of_each(numbers), repeat(self._begin)))
        unsure = () if found.count(-1) == len(found) else compress(count(), map((-1).__lt__, found))
        return self._nowhere_but(unsure, numbers, is_number_of_nobody)

    def without_digits(self, ids: Sequence[str]) -> list[bool]:
        """Of each UUID, or of each id of 32 hex digits, whether the user beside it certainly holds it nowhere; the event's own one stands behind."""
        # All of one length, as ids of one source are, they are cut at once.
        length, joined = len(ids[0]), "".join(ids).lower().encode()
        begins = [joined[at : at + _BEGINS] for at in range(0, len(joined), length)]
        found = list(map(bytes.find, map(bytes.lower, self._payloads), begins, repeat(self._begin)))
        behind = map(int.__sub__, map(len, self._payloads), repeat(length + _CLOSING))
        unsure = [index for index in compress(count(), map(ne, found, behind)) if found[index] >= 0]
        return self._nowhere_but(unsure, ids, _stands_nowhere)

    def without(self, texts: Sequence[str]) -> list[bool]:
        """Of each text whether it certainly names nobody of the user beside it."""
        if are_words(texts):
            ends = map(bytes.rfind, self._payloads, repeat(_ID))
            users = [payload[self._begin : end] for payload, end in zip(self._payloads, ends, strict=True)]
            return self._nowhere_but(perhaps_in_users(texts, users), texts, names_nobody)
        return [names_nobody(text, self[index]) for index, text in enumerate(texts)]

    def _nowhere_but(
        self, unsure: Iterable[int], texts: Sequence[str], is_nowhere: Callable[[str, bytes], bool]
    ) -> list[bool]:
        """Whether each text stands nowhere, which only those must be asked that are unsure, and those beside a user that is not plain."""
        nowhere = [True] * len(texts)
        for index in {*unsure, *self._not_plain}:
            user = self[index]
            nowhere[index] = user is not None and is_nowhere(texts[index], user)
        return nowhere

    @cached_property
    def _not_plain(self) -> list[int]:
        """The payloads in which an id may stand in other characters than its own, for they are not ASCII or escape something."""
        are_ascii = list(map(bytes.isascii, self._payloads))
        are_escaped = list(map(contains, self._payloads, repeat(_ESCAPE)))
        others = compress(count(), map(not_, are_ascii)) if False in are_ascii else ()
        escaped = compress(count(), are_escaped) if True in are_escaped else ()
        return [*others, *escaped]


def _bytes_of_each(texts: Sequence[str]) -> list[bytes]:
    """Texts without line breaks as bytes, all at once."""
    return "\n".join(texts).encode().split(b"\n")


def seen(user: bytes) -> SeenUser:
    """A user's JSON so that ids can be looked for in it; what escapes something in it keeps it from being its text."""
    if user.find(b"\\") >= 0:
        return None
    if user.isascii():
        return user.lower()
    return unicodedata.normalize("NFKC", user.decode(errors="replace")).casefold().encode(errors="replace")


def are_numbers(texts: Sequence[str]) -> bool:
    """Whether each of the texts is one plain number: seen of all of them at once."""
    joined = ",".join(texts)
    return joined.count(",") == len(texts) - 1 and _NUMBERS(joined) is not None


def names_nobody(text: str, user: SeenUser) -> bool:
    """Whether neither a text, nor a part of it, nor the hash of one is certainly in a user, in whatever form; False says nothing."""
    if user is None:
        return False
    if is_uuid(text):
        return _stands_nowhere(text, user)
    if is_word(text):
        parts = {text, *(part for part in _BETWEEN.split(text) if len(part) >= SHORTEST_PART)}
        return _holds_none(parts, user) and not any(
            user.find(_hash_of(part)) >= 0 for part in parts if not part.isdecimal()
        )
    return are_numbers([text]) and is_number_of_nobody(text, user)


def _stands_nowhere(one: str, user: bytes) -> bool:
    digits = one.lower().replace("-", "").encode()
    return user.find(digits[:_BEGINS]) < 0 or user.replace(b"-", b"").find(digits) < 0


def is_number_of_nobody(number: str, user: bytes) -> bool:
    """Whether a number stands in a user within other words only, as the digits of a hash: it has no other form."""
    digits = number.encode()
    at = user.find(digits)
    while at >= 0:
        end = at + len(digits)
        if not (user[at - 1 : at].isalnum() or user[end : end + 1].isalnum()):
            return False
        at = user.find(digits, at + 1)
    return True


def _holds_none(parts: Collection[str], user: bytes) -> bool:
    """Whether no part stands in a user, whatever its punctuation; what is sent hashed is compared as a hash."""
    cores = [part.lower().encode().translate(None, PUNCTUATION) for part in parts]
    held = _letters_and_digits(user)
    if all(held.find(core) < 0 for core in cores):
        return True
    held = _HASH.sub(b'"', held)  # four hex digits stand in many a hash
    return all(held.find(core) < 0 for core in cores)


def _letters_and_digits(user: bytes) -> bytes:
    """A user without punctuation, but for the quotes between its values."""
    if user.isascii():
        return user.translate(None, BUT_QUOTES)
    return _NO_LETTERS.sub("", user.decode()).encode()


def _hash_of(part: str) -> bytes:
    """The SHA-256 of a word as the name of a person is hashed."""
    return hash_of(part.replace("-", "").replace("_", "").lower().encode())

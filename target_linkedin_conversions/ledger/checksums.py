"""The check sum of an identity: of time and value, and of the record's key and person where these differ from the identity."""

from __future__ import annotations

from hashlib import blake2b
from struct import unpack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["CONTENT", "contents_of_records", "is_other_record", "is_same_content", "with_record"]

_CONTENT_BITS, _KEY_BITS, _PERSON_BITS = 32, 16, 15
CONTENT, _KEY, _PERSON = ((1 << bits) - 1 for bits in (_CONTENT_BITS, _KEY_BITS, _PERSON_BITS))
"""The bits of time and value, of a record's key and of its person."""
_PERSON_SHIFT = _CONTENT_BITS + _KEY_BITS
_SUM_BYTES, _SECRET_BYTES = 4, 32


def contents_of_records(
    secret: bytes, digests: Sequence[bytes], contents: Sequence[int], keys: Sequence[str], people: Sequence[str]
) -> list[int]:
    """The check sums of time and value, each with those of its record's key and person above it; an empty text has none.

    Keyed and salted with the digest, so that no row tells of another that it has the same key or person.
    """
    return [
        with_record(content, key, person)
        for content, key, person in zip(
            contents, _sums(secret, digests, keys), _sums(secret, digests, people), strict=True
        )
    ]


def with_record(content: int, key: int, person: int) -> int:
    """A check sum of time and value with numbers of a record's key and person above it; 0 is for none.

    Of the key's the lower bits stand there, of the person's the upper ones: where a row of an earlier release holds one
    number of either, it is still told whether it is another.
    """
    if key:
        content |= (key & _KEY or 1) << _CONTENT_BITS
    if person:
        content |= (person >> _KEY_BITS & _PERSON or 1) << _PERSON_SHIFT
    return content


def is_same_content(one: int, other: int) -> bool:
    """Whether two check sums are of the same time and value."""
    return (one ^ other) & CONTENT == 0


def is_other_record(one: int, other: int) -> bool:
    """Whether two check sums are of different records: by their keys if both have one, else by their people."""
    key, other_key = one >> _CONTENT_BITS & _KEY, other >> _CONTENT_BITS & _KEY
    if key and other_key:
        return key != other_key
    person, other_person = one >> _PERSON_SHIFT, other >> _PERSON_SHIFT
    return person != other_person and person != 0 != other_person


def _sums(secret: bytes, digests: Sequence[bytes], texts: Sequence[str]) -> Sequence[int]:
    """A number of each text, 0 for one that is empty."""
    if not any(texts):
        return [0] * len(texts)
    # A key of their own before each: with the digest and a usual key it fits into one block (see `Ledger.digests`).
    start = blake2b(
        blake2b(digest_size=_SECRET_BYTES, key=secret, person=b"content-key").digest(), digest_size=_SUM_BYTES
    ).copy
    hashed = []
    for digest, text in zip(digests, _encoded(texts), strict=True):
        state = start()
        state.update(digest + text)
        hashed.append(state.digest())
    numbers = unpack(f">{len(hashed)}I", b"".join(hashed))
    return [(number or 1) if text else 0 for text, number in zip(texts, numbers, strict=True)]


def _encoded(texts: Sequence[str]) -> list[bytes]:
    try:
        return [text.encode() for text in texts]
    except UnicodeEncodeError:  # half a character, which rows of Python's may hold
        return [text.encode("utf-8", "surrogatepass") for text in texts]

"""The check sum of an identity: of time and value, and of the record's key where that differs from the identity."""

from __future__ import annotations

from hashlib import blake2b
from struct import unpack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["contents_with_keys", "is_other_key", "is_same_content"]

_KEY_SHIFT = 32
_CONTENT = (1 << _KEY_SHIFT) - 1
_KEY_BITS = (1 << 31) - 1
_KEY_BYTES, _SECRET_BYTES = 4, 32


def contents_with_keys(
    secret: bytes, digests: Sequence[bytes], contents: Sequence[int], keys: Sequence[str]
) -> list[int]:
    """The check sums of time and value, each with that of its record's key above it; an empty key has none.

    Keyed and salted with the digest, so that no row tells of another that it has the same key.
    """
    # A key of their own before each: with the digest and a usual key it fits into one block (see `Ledger.digests`).
    start = blake2b(
        blake2b(digest_size=_SECRET_BYTES, key=secret, person=b"content-key").digest(), digest_size=_KEY_BYTES
    ).copy
    hashed = []
    for digest, key in zip(digests, _encoded(keys), strict=True):
        state = start()
        state.update(digest + key)
        hashed.append(state.digest())
    return [
        content | ((number & _KEY_BITS) or 1) << _KEY_SHIFT if key else content
        for content, key, number in zip(contents, keys, unpack(f">{len(hashed)}I", b"".join(hashed)), strict=True)
    ]


def _encoded(keys: Sequence[str]) -> list[bytes]:
    try:
        return [key.encode() for key in keys]
    except UnicodeEncodeError:  # half a character, which rows of Python's may hold
        return [key.encode("utf-8", "surrogatepass") for key in keys]


def is_same_content(one: int, other: int) -> bool:
    """Whether two check sums are of the same time and value."""
    return (one ^ other) & _CONTENT == 0


def is_other_key(one: int, other: int) -> bool:
    """Whether two check sums are certainly of different keys."""
    keys = {one >> _KEY_SHIFT, other >> _KEY_SHIFT}
    return len(keys) > 1 and 0 not in keys

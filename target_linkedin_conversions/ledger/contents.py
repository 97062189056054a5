"""The check sum of an identity: what time and value are known by, and the record's key where that tells something."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["contents_with_keys", "is_other_key", "is_same_content"]

_KEY_SHIFT = 32
_CONTENT = (1 << _KEY_SHIFT) - 1
_KEY_BITS = (1 << 31) - 1
_KEY_BYTES = 4


def contents_with_keys(
    secret: bytes, digests: Sequence[bytes], contents: Sequence[int], keys: Sequence[str]
) -> list[int]:
    """The check sums of time and value, each with that of its record's key above it; an empty key has none.

    Keyed and salted with the digest, so that no row tells of another that it has the same key.
    """
    return [
        content | (_key_sum(secret, digest, key) << _KEY_SHIFT) if key else content
        for digest, content, key in zip(digests, contents, keys, strict=True)
    ]


def is_same_content(one: int, other: int) -> bool:
    """Whether two check sums are of the same time and value."""
    return (one ^ other) & _CONTENT == 0


def is_other_key(one: int, other: int) -> bool:
    """Whether two check sums are certainly of different keys."""
    keys = {one >> _KEY_SHIFT, other >> _KEY_SHIFT}
    return len(keys) > 1 and 0 not in keys


def _key_sum(secret: bytes, digest: bytes, key: str) -> int:
    state = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=_KEY_BYTES, key=secret, salt=digest)
    return (int.from_bytes(state.digest(), "big") & _KEY_BITS) or 1

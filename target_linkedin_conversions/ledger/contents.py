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
    )
    sums = []
    for digest, content, key in zip(digests, contents, keys, strict=True):
        if not key:
            sums.append(content)
            continue
        state = start.copy()
        state.update(digest + key.encode("utf-8", "surrogatepass"))
        sums.append(content | ((int.from_bytes(state.digest(), "big") & _KEY_BITS) or 1) << _KEY_SHIFT)
    return sums


def is_same_content(one: int, other: int) -> bool:
    """Whether two check sums are of the same time and value."""
    return (one ^ other) & _CONTENT == 0


def is_other_key(one: int, other: int) -> bool:
    """Whether two check sums are certainly of different keys."""
    keys = {one >> _KEY_SHIFT, other >> _KEY_SHIFT}
    return len(keys) > 1 and 0 not in keys

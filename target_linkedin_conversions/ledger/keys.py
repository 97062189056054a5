"""The key that a ledger's digests are made with: in the ledger itself, or apart from it.

A ledger that holds its key is of use wherever it is put, also to whoever steals it: with the key they can try whether an
address that they think of was reported. Of a key that is kept apart the ledger holds a check value only, so that it is
opened with no other.
"""

from __future__ import annotations

import hmac
from hashlib import blake2b
from typing import TYPE_CHECKING

from target_linkedin_conversions.errors import ConfigError, LedgerError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CHECK", "KEY_BYTES", "check_of", "key_of"]

CHECK = "key_check"
"""The row that stands in the place of the key's own."""
KEY_BYTES = 32
_CHECK_BYTES = 16


def check_of(key: bytes) -> bytes:
    """The check value of a key, from which neither key nor digests can be found."""
    return blake2b(key, digest_size=_CHECK_BYTES, person=b"ledger-check").digest()


def key_of(meta: Mapping[str, bytes], apart: bytes | None, place: str) -> bytes:
    """The key of a ledger with these rows; raises `ConfigError` where `apart` is not its own, or is missing."""
    if CHECK not in meta:
        if apart is not None:
            raise ConfigError(
                "ledger_key",
                f"the ledger {place} was made without it and holds a key of its own",
                "leave it unset for this ledger, or begin a new one with it: name another state_dir or ledger_url",
            )
        return _whole(meta["key"], KEY_BYTES, place)
    if apart is None:
        raise ConfigError("ledger_key", f"the ledger {place} was made with one and needs it", "set it to the same one")
    if not hmac.compare_digest(check_of(apart), _whole(meta[CHECK], _CHECK_BYTES, place)):
        raise ConfigError(
            "ledger_key", f"the ledger {place} was made with another one", "set it to the one that it was made with"
        )
    return apart


def _whole(found: object, length: int, place: str) -> bytes:
    """A value of so many bytes; raises `LedgerError` for what somebody else has put in its place."""
    if not isinstance(found, bytes) or len(found) != length:
        message = f"the key of the ledger {place} is damaged; restore the ledger from a copy"
        raise LedgerError(message)
    return found

"""Ids that are words, as `cus_Nff9x` or `0065g00000AbCdE`, looked for in the users of a whole batch at once.

One by one that takes half as long as mapping their rows (measured), for each user is brought to letters and digits, and each part of an id is hashed.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from itertools import compress, count, repeat, zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["BUT_QUOTES", "LONGEST_WORD", "PUNCTUATION", "SHORTEST_PART", "are_words", "hash_of", "perhaps_in_users"]

PUNCTUATION = bytes(code for code in range(128) if not chr(code).isalnum())
BUT_QUOTES = PUNCTUATION.replace(b'"', b"")
SHORTEST_PART, LONGEST_WORD = 3, 42
"""Letters of a part that may name somebody, and of a word: a hash in base64 is longer."""

_LOWER = bytes(range(256)).lower()


def are_words(texts: Sequence[str]) -> bool:
    """Whether each of the texts is one word with a letter in it: seen of all of them at once."""
    joined = "\n".join(texts)
    if not joined.isascii() or joined.count("\n") != len(texts) - 1:
        return False
    if not joined.replace("_", "").replace("-", "").replace("\n", "").isalnum():
        return False
    lengths = set(map(len, texts))
    return (
        min(lengths) >= SHORTEST_PART and max(lengths) <= LONGEST_WORD and all(map(str.islower, map(str.lower, texts)))
    )


def perhaps_in_users(words: Sequence[str], users: Sequence[bytes]) -> set[int]:
    """The places of those words of which a part, or the hash of one, may stand in the user beside it; the users are ASCII."""
    written = "\n".join(words).lower().replace("_", "-").encode()
    wholes = written.replace(b"-", b"").split(b"\n")
    held = list(map(bytes.translate, users, repeat(_LOWER), repeat(BUT_QUOTES)))
    found = _standing(held, _hashes_of(wholes))
    if b"-" not in written:
        return found | _standing(held, wholes)
    for parts in zip_longest(*map(bytes.split, written.split(b"\n"), repeat(b"-")), fillvalue=b""):
        # Where a part stands nowhere, the whole does not either; one that is too short names nobody.
        wanted = [part if len(part) >= SHORTEST_PART else whole for part, whole in zip(parts, wholes, strict=True)]
        found |= _standing(held, wanted)
        if not b"".join(parts).isdigit():
            found |= _standing(held, _hashes_of(wanted))
    return found


def _standing(texts: Iterable[bytes], wanted: Iterable[bytes]) -> set[int]:
    """The places of the texts that hold what is wanted beside them."""
    return set(compress(count(), map((-1).__lt__, map(bytes.find, texts, wanted))))


def _hashes_of(cores: Sequence[bytes]) -> list[bytes]:
    """The hash of each; most often a prefix is the same in all."""
    if cores.count(cores[0]) == len(cores):
        return [hash_of(cores[0])] * len(cores)
    return "\n".join([sha256(core).hexdigest() for core in cores]).encode().split(b"\n")


def hash_of(core: bytes) -> bytes:
    """The SHA-256 of a word's letters and digits in lower case, as the name of a person is hashed."""
    return _hash_of_name(core) if core.isalpha() else sha256(core).hexdigest().encode()


@lru_cache(maxsize=10_000)
def _hash_of_name(core: bytes) -> bytes:
    """The words of slugs and prefixes come again and again."""
    return sha256(core).hexdigest().encode()

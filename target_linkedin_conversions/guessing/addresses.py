"""The e-mail addresses of the person: every column that adds some, hashes where there are none in plain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.guessing import looks
from target_linkedin_conversions.guessing.candidates import MOSTLY, Columns, Labels, candidates, names_of
from target_linkedin_conversions.guessing.guess import FieldGuess
from target_linkedin_conversions.guessing.labels import rank
from target_linkedin_conversions.records.normalise import email
from target_linkedin_conversions.records.staff_columns import is_staff_column

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from target_linkedin_conversions.guessing.samples import Value

__all__ = ["guess_addresses"]

_MOST = 5
_UNNAMED = 99
"""The rank of a column that only its values speak for."""
_COPIES = frozenset({"cc", "bcc"})
"""Words of addresses that a message goes to as well, such as a deal's mailbox."""
_FEWEST_SHARED, _SHARE_OF_OWN = 2, 0.25
"""Addresses from which on it tells something how many of them are different, and the part that are where few people share them."""
_MOSTLY_OWN = 0.5


def guess_addresses(columns: Columns, labels: Labels) -> Iterator[tuple[str, FieldGuess]]:
    """The field `email`, if there is one."""
    plain, hashed = _by_looks(columns, labels)
    plain = _of_the_person(plain, columns)
    kept = _that_add_something(plain or hashed, columns)
    if kept:
        what = "holds e-mail addresses" if plain else "holds SHA-256 hashes, and no column plain addresses"
        more = "; the others hold more of the same person's" if len(kept) > 1 else ""
        left = tuple(path for path in (*plain, *hashed) if path not in kept)
        yield "email", FieldGuess(tuple(map(_every, kept)), what + more, tuple(map(_every, left)))
    elif empty := candidates(columns, labels, "email", looks.is_address, unseen=True):
        yield "email", FieldGuess(empty[:1], "by its name; it was empty in all that was seen", confirm=True)


def _by_looks(columns: Columns, labels: Labels) -> tuple[list[str], list[str]]:
    """Columns of plain addresses, and those of hashes whose name speaks of mail; the best names first."""
    names = names_of("email")
    plain, hashed = [], []
    for order, (path, sample) in enumerate(columns.items()):
        if is_staff_column(path) or not _COPIES.isdisjoint(labels[path].words):
            continue
        at = rank(labels[path], names)
        is_named = at is not None or "mail" in "".join(labels[path].all_words)
        sort_key = (not is_named, (_UNNAMED if at is None else at) + 2 * labels[path].depth, order, path)
        if looks.share(sample.values, looks.is_address) >= MOSTLY:
            plain.append(sort_key)
        elif is_named and looks.share(sample.values, looks.is_hash) >= MOSTLY:
            hashed.append(sort_key)
    return [path for *_, path in sorted(plain)], [path for *_, path in sorted(hashed)]


def _of_the_person(paths: list[str], columns: Columns) -> list[str]:
    """All columns but those of a few addresses, which are the sales reps', where another has one for most rows."""
    own = {path: _share_of_own(columns[path].values) for path in paths}
    if all(share is None or share < _MOSTLY_OWN for share in own.values()):
        return paths
    return [path for path in paths if (share := own[path]) is None or share > _SHARE_OF_OWN]


def _share_of_own(values: Sequence[Value]) -> float | None:
    """Which part of some addresses are different ones; None where they are too few to tell. One alone counts as none."""
    if len(values) < _FEWEST_SHARED:
        return None
    different = len({str(value).strip().casefold() for value in values})
    return 0.0 if different == 1 else different / len(values)


def _that_add_something(paths: list[str], columns: Columns) -> list[str]:
    """Those of several columns that hold an address which none before them has."""
    known: set[str] = set()
    kept = []
    for path in paths:
        made = [found for value in columns[path].values for found in _each(email(value))]
        if not known.issuperset(made):
            kept.append(path)
            known.update(made)
    return kept[:_MOST]


def _each(found: object) -> list[str]:
    return [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, str)]


def _every(path: str) -> str:
    """The path with every element of its last list in place of the first."""
    before, last, after = path.rpartition("[0]")
    return f"{before}[]{after}" if last and "[]" not in after else path

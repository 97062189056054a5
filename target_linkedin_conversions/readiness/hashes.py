"""Compares a mapped hash with the plain address in the same record: whether LinkedIn would make the same hash."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING

from target_linkedin_conversions.nearest import folded_name
from target_linkedin_conversions.readiness.batch import text_of_all
from target_linkedin_conversions.readiness.finding import finding
from target_linkedin_conversions.records.cache import Cache
from target_linkedin_conversions.records.json_text import entered
from target_linkedin_conversions.records.normalise import read_addresses
from target_linkedin_conversions.records.staff_columns import is_staff_column

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from target_linkedin_conversions.readiness.batch import Addresses, Batch, Record
    from target_linkedin_conversions.readiness.finding import Finding
    from target_linkedin_conversions.records.rows import Place, Value

__all__ = ["Hashes"]

_APART = re.compile(r"[;,\s]+")
_SIGNS = ("@", "{", "[", "\\u0040")
"""Signs of an address, or of JSON, in which one may be escaped."""
_DEEPEST, _MOST_TEXTS = 4, 200
"""How far into a record, and in how many of its texts, an address is looked for."""


class Hashes:
    """Compares the hashes of one column with the plain addresses of the same record."""

    def __init__(self, column: str, place: Place) -> None:
        """Nothing is seen yet."""
        self._column, self._place = column, place
        self._of_person = Cache(_is_of_the_person)
        self._unnormalised = self._disagree = 0

    def see(self, batch: Batch) -> None:
        """Look at the records that have a hash."""
        hashed = [
            (digests, record)
            for found, record in zip(batch.addresses(self._place), batch.records, strict=True)
            if found is not None and not (type(found) is str and "@" in found) and (digests := _digests(found))
        ]
        if hashed:
            columns = [name for name, values in batch.values.items() if _may_hold_an_address(values)]
            for digests, record in hashed:
                self._see(digests, record, columns)

    def _see(self, digests: set[str], record: Record, columns: Sequence[str]) -> None:
        """Compare with every address that the record holds; one disagrees only with those that are the person's."""
        beside: list[tuple[str, str]] = []
        is_any = False
        for name in columns:
            for text in _texts_with_at(record.get(name), _DEEPEST):
                addresses = _plain(text)
                if any(_sha256(address) in digests for address in addresses):
                    return
                beside.append((name, text))
                is_any = is_any or bool(addresses)
        if not is_any:
            return
        if any(form in digests for _, text in beside[:_MOST_TEXTS] for form in _as_it_stands(text)):
            self._unnormalised += 1
        elif any(self._of_person[name] and _is_an_address(text) for name, text in beside):
            self._disagree += 1

    def findings(self) -> Iterator[Finding]:
        """At most one of each kind."""
        if self._unnormalised:
            yield finding("hash_unnormalised", self._unnormalised, field="email", column=self._column)
        if self._disagree:
            yield finding("hash_disagrees", self._disagree, field="email", column=self._column)


def _is_of_the_person(column: str) -> bool:
    """Whether a column may hold the person's own address, whatever language names it; an invoice may go to somebody else's."""
    return "billing" not in folded_name(column) and not is_staff_column(column)


def _may_hold_an_address(values: Sequence[Value]) -> bool:
    """Whether a column needs a look at each value."""
    text = text_of_all(values)
    return text is None or any(sign in text for sign in _SIGNS)


def _digests(found: Addresses) -> set[str]:
    """The hashes among the addresses of a value; those of nothing are none."""
    return {one for one in (found if isinstance(found, list) else [found]) if isinstance(one, str) and "@" not in one}


def _plain(text: str) -> list[str]:
    """The addresses of a text in their normal form."""
    found = read_addresses(text)
    return [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, str) and "@" in one]


def _is_an_address(text: str) -> bool:
    """Whether a text is an address and nothing else: one within a note may be anybody's."""
    return len(text.split()) == 1 and bool(_plain(text))


def _texts_with_at(value: Value, depth: int) -> Iterator[str]:
    """Every text within a column that may hold an address."""
    inside = entered(value)
    if isinstance(inside, str):
        if "@" in inside:
            yield inside
    elif isinstance(inside, dict | list) and depth:
        for part in inside.values() if isinstance(inside, dict) else inside:
            yield from _texts_with_at(part, depth - 1)


def _as_it_stands(text: str) -> set[str]:
    """The hashes of a text, and of its parts, in the forms that people hash them in without making them LinkedIn's."""
    parts = {text, *(part for part in _APART.split(text) if "@" in part)}
    forms = {form for part in parts for form in (part, part.strip(), part.lower(), part.upper(), part.strip().upper())}
    forms |= {f"{text}\n", f"{text.strip().lower()}\n", f"{text.strip()}\n"}
    return {_sha256(form) for form in forms}


def _sha256(text: str) -> str:
    return sha256(text.encode(errors="replace")).hexdigest()

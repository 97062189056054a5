"""A mapped hash beside the plain address: whether it is the hash of that address as LinkedIn hashes it."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from target_linkedin_conversions.readiness.finding import finding
from target_linkedin_conversions.records.cache import Cache
from target_linkedin_conversions.records.columns import plain_name
from target_linkedin_conversions.records.normalise import hex_digest
from target_linkedin_conversions.records.normalise.digests import HASHES_OF_NOTHING
from target_linkedin_conversions.records.normalise.emails import normal_email
from target_linkedin_conversions.records.somebody_else import is_of_somebody_else

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_linkedin_conversions.readiness.finding import Batch, Finding, Record
    from target_linkedin_conversions.records.columns import Place

__all__ = ["Hashes"]


def _is_of_the_person(column: str) -> bool:
    """Whether a column holds an address of the person; an invoice may go to somebody else's."""
    name = plain_name(column)
    return "mail" in name and "billing" not in name and not is_of_somebody_else(column)


class Hashes:
    """Compares the hashes of one column with the plain addresses of the same record."""

    def __init__(self, column: str, place: Place) -> None:
        """Nothing is seen yet."""
        self._column, self._place = column, place
        self._of_person = Cache(_is_of_the_person)
        self._unnormalised = self._disagree = 0

    def see(self, batch: Batch) -> None:
        """Look at the records that have a hash."""
        place = self._place
        for row, record in zip(batch.rows, batch.records, strict=True):
            value = row[place]
            if type(value) is str and "@" not in value and (digest := hex_digest(value.strip())) is not None:
                self._see(digest, record)

    def _see(self, digest: str, record: Record) -> None:
        if digest in HASHES_OF_NOTHING:
            return
        beside = [
            (text, address)
            for name, text in record.items()
            if type(text) is str and "@" in text and self._of_person[name] and (address := normal_email(text))
        ]
        if not beside or any(_sha256(address) == digest for _, address in beside):
            return
        if any(digest in _as_it_stands(text) for text, _ in beside):
            self._unnormalised += 1
        else:
            self._disagree += 1

    def findings(self) -> Iterator[Finding]:
        """At most one of each kind."""
        if self._unnormalised:
            yield finding("hash_unnormalised", self._unnormalised, field="email", column=self._column)
        if self._disagree:
            yield finding("hash_disagrees", self._disagree, field="email", column=self._column)


def _as_it_stands(text: str) -> set[str]:
    """The hashes of a text in the forms that people hash it in without making it LinkedIn's."""
    forms = {
        text,
        text.strip(),
        text.lower(),
        text.upper(),
        text.strip().upper(),
        f"{text}\n",
        f"{text.strip().lower()}\n",
    }
    return {_sha256(form) for form in forms}


def _sha256(text: str) -> str:
    return sha256(text.encode(errors="replace")).hexdigest()

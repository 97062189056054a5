"""Findings on a mapped column of e-mail addresses: their form, their domains, and addresses on many records."""

from __future__ import annotations

from collections import Counter as Counts
from typing import TYPE_CHECKING

from target_linkedin_conversions.readiness.domains import domain_of
from target_linkedin_conversions.readiness.finding import finding
from target_linkedin_conversions.readiness.roles import is_role
from target_linkedin_conversions.records.cache import Cache
from target_linkedin_conversions.records.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from target_linkedin_conversions.readiness.batch import Batch
    from target_linkedin_conversions.readiness.finding import Finding
    from target_linkedin_conversions.records.columns import Place
    from target_linkedin_conversions.records.normalise import Normalised

__all__ = ["Addresses", "WorkAddresses"]

MOST_ADDRESSES = 1_000_000
"""Different addresses of a column that are counted, by a keyed digest each; later ones are not counted as shared."""
_SHARED_BY, _SHARED_PART = 20, 100
"""An address is shared on more records than this, and on more than a hundredth of them."""


class Addresses:
    """Counts what is wrong with the addresses of one column; each kind once a record."""

    def __init__(self, column: str, place: Place) -> None:
        """Nothing is seen yet."""
        self._column, self._place = column, place
        self._domains = Cache(domain_of)
        self._codes: Counts[str] = Counts()
        self._by_address: Counts[int] = Counts()
        self._records = 0
        self.all_at_work = True
        """Whether no address that was seen is anywhere but at a company."""

    def see(self, batch: Batch) -> None:
        """Look at the value of each record."""
        self._records += len(batch.rows)
        codes_of, codes, column = self._codes_of, self._codes, batch.columns[self._place]
        addresses = batch.addresses(self._place)
        self._count([one for one in addresses if type(one) is str])
        for value, found in zip(column, addresses, strict=True):
            if type(found) is str:
                for code in codes_of(found):
                    codes[code] += 1
            elif type(found) is list:
                codes.update(self._of_several(found))
            elif found is not None and found is not value:
                codes[found.finding] += 1  # type: ignore[union-attr]  # no list

    def _count(self, addresses: Iterable[str]) -> None:
        """Count how often each comes, by digests that are keyed anew in each process."""
        by_address, digests = self._by_address, [*map(hash, addresses)]
        by_address.update(digests if len(by_address) < MOST_ADDRESSES else filter(by_address.__contains__, digests))

    def _codes_of(self, address: str) -> tuple[str, ...]:
        """What is wrong with an address in its normal form, or with a hash of one."""
        local, at, name = address.rpartition("@")
        if not at:
            self.all_at_work = False
            return ()
        domain = self._domains[name]
        if self.all_at_work and not domain.is_company and "reserved_domain" not in domain.codes:
            self.all_at_work = False
        return ("role_address", *domain.codes) if is_role(local) else domain.codes

    def _of_several(self, found: list[Normalised]) -> set[str]:
        """Each code once, of a person with several addresses; one that stands twice is on one record."""
        addresses = {one for one in found if type(one) is str}
        self._count(addresses)
        codes = {code for address in addresses for code in self._codes_of(address)}
        return codes | {one.finding for one in found if isinstance(one, Reason)}

    def findings(self) -> Iterator[Finding]:
        """One for each kind."""
        for code, records in self._codes.items():
            yield finding(code, records, field="email", column=self._column)
        least = max(_SHARED_BY, self._records / _SHARED_PART)
        if shared := sum(records for records in self._by_address.values() if records > least):
            yield finding("shared_address", shared, field="email", column=self._column)


class WorkAddresses:
    """Counts the records with an address, as long as none of a stream is a private one."""

    def __init__(self, columns: list[Addresses], places: Sequence[Place]) -> None:
        """`columns` must have seen each batch before this does; `places` are where their values stand in a row."""
        self._columns, self._places = columns, tuple(places)
        self._records = 0

    def see(self, batch: Batch) -> None:
        """Look at all columns of each record together."""
        if self._columns and self._all_at_work:
            columns = [batch.addresses(place) for place in self._places]
            self._records += sum(any(map(_is_address, found)) for found in zip(*columns, strict=True))

    @property
    def _all_at_work(self) -> bool:
        return all(column.all_at_work for column in self._columns)

    def findings(self) -> Iterator[Finding]:
        """One, where there are addresses and all are at company domains."""
        if self._records and self._all_at_work:
            yield finding("work_only", self._records, field="email")


def _is_address(found: Normalised | list[Normalised]) -> bool:
    """Whether a value is an address, or several."""
    return any(map(_is_address, found)) if isinstance(found, list) else isinstance(found, str) and "@" in found

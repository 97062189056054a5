"""Findings on a mapped column of e-mail addresses: their form, their domains, and addresses on many records."""

from __future__ import annotations

from collections import Counter as Counts
from itertools import chain
from typing import TYPE_CHECKING

from target_linkedin_conversions.readiness.domains import domain_of
from target_linkedin_conversions.readiness.finding import finding
from target_linkedin_conversions.readiness.roles import FIRST_LETTERS, is_role
from target_linkedin_conversions.records.cache import Cache
from target_linkedin_conversions.records.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from target_linkedin_conversions.readiness.batch import Addresses as ReadAddresses
    from target_linkedin_conversions.readiness.batch import Batch
    from target_linkedin_conversions.readiness.finding import Finding
    from target_linkedin_conversions.records.normalise import Normalised
    from target_linkedin_conversions.records.rows import Place

__all__ = ["Addresses", "AddressesOfRecords"]

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
        self.all_at_work = True
        """Whether no address that was seen is anywhere but at a company."""

    def see(self, batch: Batch) -> None:
        """Look at the value of each record; at single addresses by their domains, which repeat."""
        addresses = batch.addresses(self._place)
        parts = [found.rpartition("@") for found in addresses if type(found) is str]
        for name, records in Counts([name for _, at, name in parts if at]).items():
            for code in self._codes_of_domain(name):
                self._codes[code] += records
        self._codes["role_address"] += sum(
            map(is_role, [local for local, at, _ in parts if at and local[:3] in FIRST_LETTERS])
        )
        if len(parts) == len(addresses):
            return
        for value, found in zip(batch.columns[self._place], addresses, strict=True):
            if type(found) is list:
                self._codes.update(self._of_several(found))
            elif isinstance(found, Reason) and found is not value:
                self._codes[found.finding] += 1

    def _codes_of_domain(self, name: str) -> tuple[str, ...]:
        """What is wrong with a domain, which is also looked at for whether it is a company's."""
        domain = self._domains[name]
        if self.all_at_work and not domain.is_company and "reserved_domain" not in domain.codes:
            self.all_at_work = False
        return domain.codes

    def _codes_of(self, address: str) -> tuple[str, ...]:
        """What is wrong with an address in its normal form; nothing can be told of a hash of one."""
        local, at, name = address.rpartition("@")
        if not at:
            return ()
        codes = self._codes_of_domain(name)
        return ("role_address", *codes) if is_role(local) else codes

    def _of_several(self, found: list[Normalised]) -> set[str]:
        """Each code once, of a person with several addresses."""
        codes = {code for address in {one for one in found if type(one) is str} for code in self._codes_of(address)}
        return codes | {one.finding for one in found if isinstance(one, Reason)}

    def findings(self) -> Iterator[Finding]:
        """One for each kind."""
        for code, records in (+self._codes).items():
            yield finding(code, records, field="email", column=self._column)


class AddressesOfRecords:
    """Counts the addresses of each record, in whichever columns they stand: those on many records, and whether all are at work.

    A hash counts only where its record has no address that can be read, which it is most often the hash of.
    """

    def __init__(self, columns: Sequence[Addresses], placed: Sequence[tuple[str, Place]]) -> None:
        """`columns` must have seen each batch before this does; `placed` are their names, and where their values stand in a row."""
        self._columns = columns
        self._names = ", ".join(name for name, _ in placed)
        self._places = tuple(place for _, place in placed)
        self._by_address: Counts[int] = Counts()
        self._records = self._with_address = 0
        self._only_hashes = False
        """Whether a record came of whose addresses only hashes are known."""

    def see(self, batch: Batch) -> None:
        """Look at all columns of each record together."""
        if not self._places:
            return
        self._records += len(batch.rows)
        columns = [batch.addresses(place) for place in self._places]
        records = columns[0] if len(columns) == 1 else [*zip(*columns, strict=True)]
        single = [found for found in records if type(found) is str]
        rest = records if len(single) < len(records) else ()
        several = [_addresses_in(found) for found in rest if isinstance(found, list | tuple)]
        self._count(chain(single, *several))
        if self._all_at_work:
            firsts = [*single, *(found[0] for found in several if found)]
            with_address = sum("@" in first for first in firsts)
            self._with_address += with_address
            self._only_hashes = with_address < len(firsts)

    def _count(self, addresses: Iterable[str]) -> None:
        """Count how often each comes, by digests that are keyed anew in each process."""
        by_address, digests = self._by_address, [*map(hash, addresses)]
        by_address.update(digests if len(by_address) < MOST_ADDRESSES else filter(by_address.__contains__, digests))

    @property
    def _all_at_work(self) -> bool:
        return not self._only_hashes and all(column.all_at_work for column in self._columns)

    def findings(self) -> Iterator[Finding]:
        """One for the addresses on many records, and one where there are addresses and all are at company domains."""
        least = max(_SHARED_BY, self._records / _SHARED_PART)
        if shared := sum(records for records in self._by_address.values() if records > least):
            yield finding("shared_address", shared, field="email", column=self._names)
        if self._with_address and self._all_at_work:
            yield finding("work_only", self._with_address, field="email")


def _addresses_in(found: Iterable[ReadAddresses]) -> list[str]:
    """The different addresses of one record; their hashes where there is none that can be read."""
    flat = chain.from_iterable(one if isinstance(one, list) else (one,) for one in found)
    texts = list(dict.fromkeys(one for one in flat if isinstance(one, str)))
    return [one for one in texts if "@" in one] or texts

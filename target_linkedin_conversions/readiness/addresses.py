"""A mapped column of e-mail addresses: what each is, at which domain, and how often it comes."""

from __future__ import annotations

import re
from collections import Counter as Counts
from typing import TYPE_CHECKING

from target_linkedin_conversions.readiness.domains import domain_of
from target_linkedin_conversions.readiness.finding import finding
from target_linkedin_conversions.readiness.roles import is_role
from target_linkedin_conversions.records.cache import Cache
from target_linkedin_conversions.records.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from target_linkedin_conversions.readiness.batch import Batch
    from target_linkedin_conversions.readiness.finding import Finding
    from target_linkedin_conversions.records.columns import Place, Value
    from target_linkedin_conversions.records.normalise import Normalised

__all__ = ["Addresses", "WorkAddresses"]

MOST_ADDRESSES = 1_000_000
"""Different addresses of a column that are counted, by a keyed digest each; later ones are not counted as shared."""
_SHARED_BY, _SHARED_PART = 20, 100
"""An address is shared on more records than this, and on more than a hundredth of them."""
_OTHER_HASH = re.compile(
    r"(?:\\x|0[xX])?(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{56}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128})"
).fullmatch
"""MD5, SHA-1, SHA-224, SHA-384, SHA-512 in hex."""


class Addresses:
    """Counts what is wrong with the addresses of one column; each kind once a record."""

    def __init__(self, column: str, place: Place) -> None:
        """Nothing is seen yet."""
        self._column, self._place = column, place
        self._domains = Cache(domain_of)
        self._codes: Counts[str] = Counts()
        self._by_address: Counts[int] = Counts()
        self._records = self._plain = 0
        self._all_at_work = True

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
                codes.update(self._of_several(value, found))
            elif found is not None and found is not value:
                codes[_why(value, found)] += 1  # type: ignore[arg-type]  # no list

    def _count(self, addresses: Iterable[str]) -> None:
        """Count how often each comes, by digests that are keyed anew in each process."""
        by_address, digests = self._by_address, [*map(hash, addresses)]
        by_address.update(digests if len(by_address) < MOST_ADDRESSES else filter(by_address.__contains__, digests))

    def _codes_of(self, address: str) -> tuple[str, ...]:
        """What is wrong with an address in its normal form, or with a hash of one."""
        local, at, name = address.rpartition("@")
        if not at:
            self._all_at_work = False
            return ()
        domain = self._domains[name]
        self._plain += 1
        if self._all_at_work and not domain.is_company and "reserved_domain" not in domain.codes:
            self._all_at_work = False
        return ("role_address", *domain.codes) if is_role(local) else domain.codes

    def _of_several(self, value: Value, found: list[Normalised]) -> set[str]:
        """Each code once, of a person with several addresses; one that stands twice is on one record."""
        addresses = {one for one in found if type(one) is str}
        self._count(addresses)
        codes = {code for address in addresses for code in self._codes_of(address)}
        bad = [one for one in found if isinstance(one, Reason)]
        others = sum(map(_is_other_hash, value)) if isinstance(value, list | tuple) else 0
        codes.update(one.code for one in bad if one.code != "not_an_email")
        if others:
            codes.add("not_sha256")
        return codes | {"not_an_email"} if sum(one.code == "not_an_email" for one in bad) > others else codes

    @property
    def at_work(self) -> int | None:
        """How many addresses are at company domains, if all are; None where one is not."""
        return self._plain if self._all_at_work else None

    def findings(self) -> Iterator[Finding]:
        """One for each kind."""
        for code, records in self._codes.items():
            yield finding(code, records, field="email", column=self._column)
        least = max(_SHARED_BY, self._records / _SHARED_PART)
        if shared := sum(records for records in self._by_address.values() if records > least):
            yield finding("shared_address", shared, field="email", column=self._column)


def _is_other_hash(value: Value) -> bool:
    return isinstance(value, str) and _OTHER_HASH(value.strip()) is not None


def _why(value: Value, reason: Reason) -> str:
    """The code of a value that is no address."""
    return "not_sha256" if _is_other_hash(value) else reason.code


class WorkAddresses:
    """Tells that no address of a stream is a private one."""

    def __init__(self, columns: list[Addresses]) -> None:
        """Ask the columns in the end."""
        self._columns = columns

    def see(self, batch: Batch) -> None:
        """The columns have seen it."""

    def findings(self) -> Iterator[Finding]:
        """One, where there are addresses and all are at company domains."""
        counts = [column.at_work for column in self._columns]
        at_work = [count for count in counts if count is not None]
        if sum(at_work) and len(at_work) == len(counts):
            yield finding("work_only", sum(at_work), field="email")

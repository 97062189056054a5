"""A mapped column of e-mail addresses: what each is, at which domain, and how often it comes."""

from __future__ import annotations

import re
from collections import Counter as Counts
from typing import TYPE_CHECKING

from target_linkedin_conversions.readiness.domains import domain_of
from target_linkedin_conversions.readiness.finding import finding
from target_linkedin_conversions.records.cache import Cache
from target_linkedin_conversions.records.normalise import email, hex_digest
from target_linkedin_conversions.records.normalise.digests import HASHES_OF_NOTHING
from target_linkedin_conversions.records.normalise.emails import normal_email
from target_linkedin_conversions.records.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_linkedin_conversions.readiness.finding import Finding, Made, Record
    from target_linkedin_conversions.records.columns import Place, Row

__all__ = ["Addresses", "addresses_of", "is_other_hash"]

MOST_ADDRESSES = 1_000_000
"""Different addresses of a column that are counted, by a keyed digest each; later ones are not counted as shared."""
_SHARED_BY, _SHARED_PART = 20, 100
"""An address is shared on more records than this, and on more than a hundredth of them."""
_OTHER_HASH = re.compile(
    r"(?:\\x|0[xX])?(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{56}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128})"
)
_APART = re.compile(r"[;,]")
_ROLES = frozenset(
    {
        *("abuse", "accounting", "accounts", "admin", "administrator", "bewerbung", "billing", "booking"),
        *("bookings", "buchhaltung", "careers", "contact", "customerservice", "do-not-reply", "donotreply"),
        *("einkauf", "enquiries", "enquiry", "feedback", "finance", "hello", "help", "helpdesk", "hostmaster"),
        *("hr", "info", "information", "inquiries", "invoice", "invoices", "jobs", "kontakt", "legal", "mail"),
        *("mailer-daemon", "marketing", "media", "newsletter", "no-reply", "no_reply", "noc", "noreply", "office"),
        *("orders", "postmaster", "press", "presse", "privacy", "purchasing", "reception", "rechnung"),
        *("recruiting", "sales", "security", "service", "shop", "support", "team", "vertrieb", "webmaster"),
        "welcome",
    }
)


def addresses_of(value: object) -> tuple[str, ...]:
    """The texts of a value that are each to be an address or a hash: of a list its elements, of a text its parts."""
    if isinstance(value, str):
        text = value.strip()
        if text.count("@") > 1 and _APART.search(text):
            return tuple(part.strip() for part in _APART.split(text) if part.strip())
        return (text,) if text else ()
    if isinstance(value, list | tuple):
        return tuple(text.strip() for text in value if isinstance(text, str) and text.strip())
    return ()


def is_other_hash(text: str) -> bool:
    """Whether a text is an MD5, a SHA-1, or another hash that is no SHA-256, in hex."""
    return _OTHER_HASH.fullmatch(text) is not None


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

    def see(self, row: Row, record: Record, made: Made) -> None:  # noqa: ARG002 - a counter's signature
        """Look at one record's value."""
        self._records += 1
        value = row[self._place]
        if value is None or isinstance(value, Reason):
            return
        texts = addresses_of(value)
        if len(texts) == 1:
            codes = self._codes_of(texts[0])
        elif texts:
            codes = tuple({code for text in texts for code in self._codes_of(text)})
        else:
            codes = ("not_an_email",) if isinstance(email(value), Reason) else ()
        for code in codes:
            self._codes[code] += 1

    def _codes_of(self, text: str) -> tuple[str, ...]:
        if "@" not in text and text.isascii():
            return self._of_hash(text)
        address = normal_email(text)
        if address is None:
            return ("not_an_email",)
        self._count(address)
        local, _, name = address.rpartition("@")
        domain = self._domains[name]
        self._plain += 1
        if "reserved_domain" not in domain.codes and not domain.is_company:
            self._all_at_work = False
        return ("role_address", *domain.codes) if local in _ROLES else domain.codes

    def _of_hash(self, text: str) -> tuple[str, ...]:
        digest = hex_digest(text)
        if digest is None:
            return ("not_sha256",) if is_other_hash(text) else ("not_an_email",)
        if digest in HASHES_OF_NOTHING:
            return ("hash_of_nothing",)
        self._all_at_work = False
        self._count(digest)
        return ()

    def _count(self, address: str) -> None:
        key = hash(address)  # keyed anew in each process
        if key in self._by_address or len(self._by_address) < MOST_ADDRESSES:
            self._by_address[key] += 1

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


class WorkAddresses:
    """Tells that no address of a stream is a private one."""

    def __init__(self, columns: list[Addresses]) -> None:
        """Ask the columns in the end."""
        self._columns = columns

    def see(self, row: Row, record: Record, made: Made) -> None:
        """The columns have seen it."""

    def findings(self) -> Iterator[Finding]:
        """One, where there are addresses and all are at company domains."""
        counts = [column.at_work for column in self._columns]
        at_work = [count for count in counts if count is not None]
        if sum(at_work) and len(at_work) == len(counts):
            yield finding("work_only", sum(at_work), field="email")

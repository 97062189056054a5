"""Values that LinkedIn takes with 201 and then never matches.

Findings carry a code, a path and an index, never the value.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET

from target_linkedin_conversions.sandbox.currencies import CURRENCIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from target_linkedin_conversions.sandbox.event import Event, MaybeText, User, UserId, UserInfo

__all__ = ["findings_of", "matches_nobody", "refusal_text"]

EVENT_ID_LENGTH = 64

_HEX = re.compile(r"[0-9a-f]{64}").fullmatch
_HEX_ANY_CASE = re.compile(r"[0-9A-Fa-f]{64}").fullmatch
_EMAIL = re.compile(r"[^\s@]@[^\s@][^\s@.]*+\.[^\s@]").search
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?").fullmatch
_TWO_CAPITALS = re.compile(r"[A-Z]{2}").fullmatch
_THREE_CAPITALS = re.compile(r"[A-Z]{3}").fullmatch

_NOTHINGS = ("", " ", "null", "none", "n/a", "na", "nan", "nil", "undefined", "unknown", "-", "0")
HASHED_NOTHINGS = frozenset(
    hashlib.sha256(form.encode()).hexdigest() for text in _NOTHINGS for form in (text, text.upper(), text.capitalize())
)
# Na is a surname, and hashed in lower case.
HASHED_NO_NAMES = HASHED_NOTHINGS - {hashlib.sha256(b"na").hexdigest()}


class Finding(msgspec.Struct, frozen=True):
    """One value that will not match; `index` is the event's place in its request."""

    code: str
    path: str
    index: int

    @property
    def code_and_path(self) -> tuple[str, str]:
        """What findings are counted by."""
        return self.code, self.path


def findings_of(events: Sequence[Event]) -> list[Finding]:
    """Every finding of every event of a request."""
    return [Finding(code, path, index) for index, event in enumerate(events) for code, path in _event_findings(event)]


def matches_nobody(entry: UserId) -> bool:
    """Whether an identifier is one that LinkedIn takes and never matches."""
    return next(_id_findings(entry), None) is not None


def refusal_text(findings: Sequence[Finding]) -> str:
    """One sentence for lint mode `reject`: codes, paths and indices, no value."""
    what = sorted({f"{finding.code} at {finding.path}" for finding in findings})
    indices = sorted({finding.index for finding in findings})
    return (
        f"Sandbox lint: LinkedIn would take this and never match it: {'; '.join(what)}, indices {indices} (0-indexed)"
    )


def _event_findings(event: Event) -> Iterator[tuple[str, str]]:
    yield from _user_findings(event.user)
    if event.event_id is not UNSET:
        if len(event.event_id) > EVENT_ID_LENGTH:
            yield "event_id_too_long", "/eventId"
        yield from _email_in(event.event_id, "/eventId")
    if event.conversion_value is not UNSET:
        yield from _currency_findings(event.conversion_value.currency_code)
        if not _DECIMAL(event.conversion_value.amount):
            yield "amount_malformed", "/conversionValue/amount"


def _user_findings(user: User) -> Iterator[tuple[str, str]]:
    for entry in user.user_ids:
        yield from _id_findings(entry)
    if len(user.user_ids) > 1 and len(set(user.user_ids)) < len(user.user_ids):
        yield "identifier_repeated", "/user/userIds"
    if user.user_info is not UNSET:
        yield from _info_findings(user.user_info)
    if user.external_ids:
        if len(user.external_ids) > 1:
            yield "external_ids_ignored", "/user/externalIds"
        for external_id in user.external_ids:
            yield from _email_in(external_id, "/user/externalIds/*")
    yield from _email_in(user.lead, "/user/lead")


def _id_findings(entry: UserId) -> Iterator[tuple[str, str]]:
    path = "/user/userIds/*/idValue"
    if entry.id_type.startswith("SHA256_"):
        yield from _hash_findings(entry.id_value, path)
    elif entry.id_type == "PLAINTEXT_IP_ADDRESS":
        yield from _ip_findings(entry.id_value, path)
    if "@" in entry.id_value:
        yield from _email_in(entry.id_value, path)


def _hash_findings(value: str, path: str, nothings: frozenset[str] = HASHED_NOTHINGS) -> Iterator[tuple[str, str]]:
    if _HEX(value):
        if value in nothings:
            yield "hash_of_nothing", path
    elif _HEX_ANY_CASE(value):
        yield "hash_uppercase", path
    else:
        yield "hash_malformed", path


def _ip_findings(value: str, path: str) -> Iterator[tuple[str, str]]:
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        yield "ip_invalid", path
        return
    if address.version != 4:  # noqa: PLR2004 - LinkedIn documents IPv4 only
        yield "ip_v6", path
    elif not address.is_global and address not in _DOCUMENTATION:
        yield "ip_private", path


class _Documentation:
    """The networks reserved for examples: fit for trying things out, so not a finding."""

    _networks = tuple(ipaddress.ip_network(text) for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"))

    def __contains__(self, address: ipaddress.IPv4Address) -> bool:
        return any(address in network for network in self._networks)


_DOCUMENTATION = _Documentation()


def _info_findings(info: UserInfo) -> Iterator[tuple[str, str]]:
    for value, name in zip(info.texts(), _INFO_NAMES, strict=True):
        if value is not UNSET:
            path = f"/user/userInfo/{name}"
            if name.startswith("hashed"):
                yield from _hash_findings(value, path, HASHED_NO_NAMES)
            yield from _email_in(value, path)
    if info.country_code is not UNSET and not _TWO_CAPITALS(info.country_code):
        yield "country_malformed", "/user/userInfo/countryCode"


_INFO_NAMES = (
    "firstName",
    "lastName",
    "hashedFirstName",
    "hashedLastName",
    "companyName",
    "title",
    "countryCode",
)


def _currency_findings(code: str) -> Iterator[tuple[str, str]]:
    if code in CURRENCIES:
        return
    path = "/conversionValue/currencyCode"
    yield ("currency_unknown" if _THREE_CAPITALS(code) else "currency_malformed"), path


def _email_in(value: MaybeText, path: str) -> Iterator[tuple[str, str]]:
    if value is not UNSET and "@" in value and _EMAIL(value):
        yield "email_in_plain_text", path

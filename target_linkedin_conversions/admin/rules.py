"""Reads conversion rules: every account, every page."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from target_linkedin_conversions.delivery.answer import InDoubt, NotConnected
from target_linkedin_conversions.errors import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_linkedin_conversions.delivery.client import Client
    from target_linkedin_conversions.settings import Secret

__all__ = ["Rule", "Unreadable", "rules_of"]

_PAGE = 100
_OK = 200
_MOST_PAGES = 1000


class Rule(msgspec.Struct, frozen=True, rename="camel"):
    """A conversion rule as LinkedIn describes it."""

    id: int
    name: str = ""
    type: str = ""
    enabled: bool = True
    conversion_method: str = ""
    campaigns: list[str] = []


class Unreadable(msgspec.Struct, frozen=True):
    """LinkedIn would not list the rules of an account."""

    account: str
    status: int
    body: bytes


class _Page(msgspec.Struct):
    elements: list[Rule]


def rules_of(client: Client, token: Secret, accounts: tuple[str, ...]) -> Iterator[Rule | Unreadable]:
    """Every rule of the accounts, and a note for each account that cannot be read.

    Ends an account at a short page: `total` may be -1 (documented). Raises `UnreachableError`.
    """
    for account in accounts:
        yield from _rules_of_account(client, token, account)


def _rules_of_account(client: Client, token: Secret, account: str) -> Iterator[Rule | Unreadable]:
    urn = quote(f"urn:li:sponsoredAccount:{account}", safe="")
    for page in range(_MOST_PAGES):
        answer = client.get(f"/rest/conversions?q=account&account={urn}&start={page * _PAGE}&count={_PAGE}", token)
        if isinstance(answer, NotConnected | InDoubt):
            raise UnreachableError(f"LinkedIn does not answer ({answer.cause}); the next run tries again")
        if answer.status != _OK:
            yield Unreadable(account, answer.status, answer.body)
            return
        try:
            found = msgspec.json.decode(answer.body, type=_Page).elements
        except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError):
            yield Unreadable(account, answer.status, b"")
            return
        yield from found
        if len(found) < _PAGE:
            return

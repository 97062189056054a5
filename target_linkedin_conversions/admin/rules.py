"""Reads conversion rules: every account, every page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import msgspec

from target_linkedin_conversions.delivery.answer import InDoubt, NotConnected
from target_linkedin_conversions.delivery.reading import decoded
from target_linkedin_conversions.delivery.retry import Retry
from target_linkedin_conversions.errors import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_linkedin_conversions.delivery.client import Client, Received
    from target_linkedin_conversions.delivery.clock import Clock
    from target_linkedin_conversions.settings import Secret

__all__ = ["METHOD", "Rule", "Unreadable", "probe", "read", "rules_of"]

METHOD = "CONVERSIONS_API"
"""The conversion method of rules that take events from a server."""

_PATH = "/rest/conversions?q=account"
_PAGE = 100
_MOST_PAGES = 1000
_TRIES = 3
_OK = 200
_SERVER_ERROR = 500


class Rule(msgspec.Struct, frozen=True, rename="camel"):
    """A conversion rule as LinkedIn describes it; windows in days, None where it does not say."""

    id: Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]
    name: str | None = None
    type: str = ""
    enabled: bool = True
    conversion_method: str = ""
    post_click_attribution_window_size: int | None = None
    view_through_attribution_window_size: int | None = None
    campaigns: list[str] | None = None
    associated_campaigns: list[Any] | None = None


class Unreadable(msgspec.Struct, frozen=True):
    """LinkedIn would not list the rules of an account."""

    account: str
    status: int
    body: bytes


class _Paging(msgspec.Struct):
    total: int | None = None


class _Page(msgspec.Struct):
    elements: list[Rule]
    paging: _Paging | None = None


def rules_of(client: Client, token: Secret, accounts: tuple[str, ...], clock: Clock) -> Iterator[Rule | Unreadable]:
    """Every rule of the accounts, and a note for each account that cannot be read.

    Ends an account at a short page: `total` may be -1 (documented). Raises `UnreachableError`.
    """
    for account in accounts:
        yield from _rules_of_account(client, token, account, clock)


def probe(client: Client, token: Secret, clock: Clock) -> Unreadable:
    """What LinkedIn says of version and token alone, where no account is known to read."""
    answer = read(client, f"{_PATH}&start=0&count=1", token, clock)
    return Unreadable("", answer.status, answer.body)


def _rules_of_account(client: Client, token: Secret, account: str, clock: Clock) -> Iterator[Rule | Unreadable]:
    urn = quote(f"urn:li:sponsoredAccount:{account}", safe="")
    start = 0
    for _ in range(_MOST_PAGES):
        answer = read(client, f"{_PATH}&account={urn}&start={start}&count={_PAGE}", token, clock)
        if answer.status != _OK:
            yield Unreadable(account, answer.status, answer.body)
            return
        page = decoded(answer.body, _Page)
        if page is None or len(page.elements) > _PAGE:
            yield Unreadable(account, answer.status, b"")
            return
        yield from page.elements
        start += len(page.elements)
        total = page.paging.total if page.paging else None
        if not page.elements and start < (total or 0):
            break
        if not page.elements or (len(page.elements) < _PAGE and start >= (total or 0)):
            return
    yield Unreadable(account, _OK, b"")  # it has more rules than were shown: none of them may be called missing


def read(client: Client, path: str, token: Secret, clock: Clock) -> Received:
    """One answer to a question, asked again where LinkedIn does not answer; raises `UnreachableError`."""
    retry = Retry(clock, tries=_TRIES)
    while True:
        answer = client.get(path, token)
        passing = isinstance(answer, NotConnected | InDoubt) or answer.status >= _SERVER_ERROR
        if not passing or not retry.again():
            break
    if isinstance(answer, NotConnected | InDoubt):
        raise UnreachableError(f"LinkedIn does not answer ({answer.cause}); the next run tries again")
    return answer

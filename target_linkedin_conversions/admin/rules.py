"""Reads conversion rules: every account, every page."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import msgspec

from target_linkedin_conversions.admin.calls import get, token_kind, with_fresh_token
from target_linkedin_conversions.delivery.response_fields import decoded
from target_linkedin_conversions.urns import ACCOUNT_URN, CAMPAIGN_URN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from target_linkedin_conversions.delivery.auth import Tokens
    from target_linkedin_conversions.delivery.client import Client
    from target_linkedin_conversions.delivery.clock import Clock
    from target_linkedin_conversions.settings import Secret

__all__ = ["METHOD", "PATH", "Rule", "Unreadable", "probe", "read_rules", "rules_of"]

METHOD = "CONVERSIONS_API"
"""The conversion method of rules that take events from a server."""
PATH = "/rest/conversions"

_FINDER = f"{PATH}?q=account"
_PAGE = 100
_MOST_PAGES = 1000


class Rule(msgspec.Struct, frozen=True, rename="camel"):
    """A conversion rule as LinkedIn describes it; windows in days, None where it does not say.

    `account` is the ad account whose rules it was read among, by its number.
    """

    id: Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]
    name: str | None = None
    type: str = ""
    enabled: bool = True
    conversion_method: str = ""
    post_click_attribution_window_size: int | None = None
    view_through_attribution_window_size: int | None = None
    campaigns: list[str] | None = None
    associated_campaigns: list[Any] | None = None
    attribution_type: Any = None
    value_type: Any = None
    value: Any = None
    account: Any = None

    @property
    def is_counted(self) -> bool:
        """Whether any campaign can get credit for its events: a rule without one is accepted and not counted."""
        return bool(self.campaigns or self.associated_campaigns)

    @property
    def is_for_servers(self) -> bool:
        """Whether its method, as far as LinkedIn says one, takes events from a server."""
        return self.conversion_method in {METHOD, ""}

    @property
    def campaign_ids(self) -> tuple[str, ...]:
        """The numbers of its campaigns, each once."""
        linked = [one.get("campaign") for one in self.associated_campaigns or [] if isinstance(one, dict)]
        named = [one for one in (*(self.campaigns or ()), *linked) if isinstance(one, str)]
        return tuple(dict.fromkeys(one.removeprefix(CAMPAIGN_URN) for one in named))

    @property
    def campaign_count(self) -> int:
        """How many campaigns it is linked to, each once; as many as are listed where none is by a number."""
        return len(self.campaign_ids) or len(self.campaigns or self.associated_campaigns or ())


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


def read_rules(client: Client, tokens: Tokens, accounts: Sequence[str], clock: Clock) -> list[Rule | Unreadable]:
    """Every rule of the accounts, after one refresh where the token has expired; without accounts what a probe says.

    Raises `UnreachableError`, and `CredentialError` where no token can be had.
    """
    return with_fresh_token(
        tokens,
        lambda token: list(rules_of(client, token, accounts, clock)) if accounts else [probe(client, token, clock)],
        lambda read: any(isinstance(one, Unreadable) and token_kind(one.status, one.body) == "expired" for one in read),
    )


def rules_of(client: Client, token: Secret, accounts: Sequence[str], clock: Clock) -> Iterator[Rule | Unreadable]:
    """Every rule of the accounts, and a note for each account that cannot be read.

    Ends an account at a short page: `total` may be -1 (documented). Raises `UnreachableError`.
    """
    for account in accounts:
        yield from _rules_of_account(client, token, account, clock)


def probe(client: Client, token: Secret, clock: Clock) -> Unreadable:
    """What LinkedIn says of version and token alone, where no account is known to read."""
    answer = get(client, f"{_FINDER}&start=0&count=1", token, clock)
    return Unreadable("", answer.status, answer.body)


def _rules_of_account(client: Client, token: Secret, account: str, clock: Clock) -> Iterator[Rule | Unreadable]:
    urn = quote(ACCOUNT_URN + account, safe="")
    seen: set[int] = set()
    start = 0
    for _ in range(_MOST_PAGES):
        answer = get(client, f"{_FINDER}&account={urn}&start={start}&count={_PAGE}", token, clock)
        if answer.status != HTTPStatus.OK:
            yield Unreadable(account, answer.status, answer.body)
            return
        page = decoded(answer.body, _Page)
        if page is None or len(page.elements) > _PAGE:
            yield Unreadable(account, answer.status, b"")
            return
        new = [rule for rule in page.elements if rule.id not in seen]
        seen.update(rule.id for rule in new)
        yield from (msgspec.structs.replace(rule, account=account) for rule in new)
        start += len(page.elements)
        total = page.paging.total if page.paging else None
        if not new and (page.elements or start < (total or 0)):
            break  # a repeated page, or an empty one before the end: going on would never end
        if not page.elements or (len(page.elements) < _PAGE and start >= (total or 0)):
            return
    yield Unreadable(
        account, HTTPStatus.OK, b""
    )  # the account has more rules than were listed, so none may be reported as missing

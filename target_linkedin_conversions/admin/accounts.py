"""The ad accounts that a token's member reaches, with the role in each, and the campaigns of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from target_linkedin_conversions.admin.permissions import ROLES
from target_linkedin_conversions.delivery.response_fields import decoded
from target_linkedin_conversions.errors import UnreachableError

if TYPE_CHECKING:
    from target_linkedin_conversions.admin.calls import Calls

__all__ = ["Account", "Campaign", "accounts_of", "campaigns_of"]

_PAGE = 100
_MOST_PAGES = 100
_STATUSES = "(status:(values:List(ACTIVE,PAUSED,DRAFT)))"


class Account(msgspec.Struct, frozen=True):
    """An ad account by its number, the member's role in it, and whether that role may send events."""

    id: str
    role: str
    usable: bool


class Campaign(msgspec.Struct, frozen=True):
    """A campaign that can still run."""

    id: str
    name: str
    status: str


class _Access(msgspec.Struct):
    account: str
    role: str = ""


class _Accesses(msgspec.Struct):
    elements: list[_Access]


class _Campaign(msgspec.Struct):
    id: int
    name: str = ""
    status: str = ""


class _Campaigns(msgspec.Struct):
    elements: list[_Campaign]
    metadata: dict[str, Any] | None = None


def accounts_of(calls: Calls) -> list[Account]:
    """Every account that the member has a role in; needs the scope r_ads. Raises `TargetError`."""
    found: dict[str, Account] = {}
    for page in range(_MOST_PAGES):
        path = f"/rest/adAccountUsers?q=authenticatedUser&start={page * _PAGE}&count={_PAGE}"
        accesses = decoded(calls.read(path, "the ad accounts").body, _Accesses)
        if accesses is None:
            raise UnreachableError("the answer holds no list of ad accounts; check api_url, or try again later")
        known = len(found)
        for access in accesses.elements:
            number = access.account.rpartition(":")[2]
            if number.isascii() and number.isdigit():
                found.setdefault(number, Account(number, access.role, access.role in ROLES))
        if len(accesses.elements) < _PAGE or len(found) == known:
            break
    return list(found.values())


def campaigns_of(calls: Calls, account: str) -> list[Campaign]:
    """Every campaign of an account that can still run; needs the scope r_ads. Raises `TargetError`."""
    first = f"/rest/adAccounts/{account}/adCampaigns?q=search&search={_STATUSES}"
    found: dict[str, Campaign] = {}
    path = first
    for _ in range(_MOST_PAGES):
        page = decoded(calls.read(path, f"the campaigns of ad account {account}").body, _Campaigns)
        if page is None:
            raise UnreachableError("the answer holds no list of campaigns; check api_url, or try again later")
        known = len(found)
        found |= {str(one.id): Campaign(str(one.id), one.name, one.status) for one in page.elements}
        onward = (page.metadata or {}).get("nextPageToken")
        if not isinstance(onward, str) or not onward or len(found) == known:
            break
        path = f"{first}&pageToken={quote(onward, safe='')}"
    return list(found.values())

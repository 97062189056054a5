"""`/rest/adAccountUsers` and `/rest/adAccounts/ID/adCampaigns`: the accounts a member reaches, with role, and campaigns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from target_linkedin_conversions.sandbox import refusals
from target_linkedin_conversions.sandbox.call import Answer, Call, json_answer
from target_linkedin_conversions.sandbox.restli import Value, parameters, whole_number
from target_linkedin_conversions.sandbox.rules import DEFAULT_ACCOUNT, DEFAULT_CAMPAIGN, RuleBook

if TYPE_CHECKING:
    from target_linkedin_conversions.sandbox.settings import SandboxSettings
    from target_linkedin_conversions.sandbox.tokens import Token

__all__ = ["Accounts"]

PAGE_SIZE = 10
CAMPAIGNS_PAGE = 100
STATUSES = frozenset({"ACTIVE", "PAUSED", "DRAFT", "ARCHIVED", "COMPLETED", "CANCELED", "PENDING_DELETION", "REMOVED"})
_ACCOUNT_PREFIX = "urn:li:sponsoredAccount:"
_CAMPAIGNS = ((DEFAULT_CAMPAIGN, "Sandbox campaign", "ACTIVE"), ("urn:li:sponsoredCampaign:700002", "Second", "PAUSED"))
"""What every account has beside the campaigns that its rules name."""


class Accounts:
    """The accounts that the rules of a sandbox belong to, and those that a token names."""

    def __init__(self, rules: RuleBook) -> None:
        self._rules = rules

    def answer(self, call: Call, token: Token, settings: SandboxSettings) -> Answer:
        """Answer one request; only reading is known here.

        Raises:
            BadSyntaxError: the query is not Rest.li's.

        """
        resource, _, rest = call.path.removeprefix("/rest/").strip("/").partition("/")
        if call.method != "GET":
            return refusals.not_supported(call.method, resource)
        query = parameters(call)
        if resource == "adAccountUsers" and not rest:
            return self._users(query, token, settings)
        account, _, under = rest.partition("/")
        if resource == "adAccounts" and under == "adCampaigns" and account.isdecimal():
            return self._campaigns(account, query, token)
        return refusals.not_found(call.path)

    def _users(self, query: dict[str, Value], token: Token, settings: SandboxSettings) -> Answer:
        if query.get("q") != "authenticatedUser":
            return refusals.plain(400, f"Finder {query.get('q')!r} is not known to adAccountUsers")
        start, count = (whole_number(query.get(name), usual) for name, usual in (("start", 0), ("count", PAGE_SIZE)))
        if start is None or count is None:
            return refusals.plain(400, "start and count should be whole numbers")
        known = {rule.account.rpartition(":")[2] for rule in self._rules.by_id.values()} or {
            DEFAULT_ACCOUNT.rpartition(":")[2]
        }
        accounts = sorted(known if token.accounts is None else token.accounts)
        elements = [
            {"account": _ACCOUNT_PREFIX + account, "role": settings.role, "user": "urn:li:person:sandbox"}
            for account in accounts[start : start + count]
        ]
        total = -1 if settings.total_unknown else len(accounts)
        paging = {"start": start, "count": count, "links": [], "total": total}
        return json_answer(200, {"elements": elements, "paging": paging})

    def _campaigns(self, account: str, query: dict[str, Value], token: Token) -> Answer:
        wanted = _statuses(query.get("search"))
        if query.get("q") != "search" or wanted is None:
            return refusals.plain(400, "Ask with q=search&search=(status:(values:List(...)))")
        if not token.sees(account):
            return refusals.no_account()
        found = [one for one in self._campaigns_of(account) if not wanted or one["status"] in wanted]
        begin = whole_number(query.get("pageToken"), 0)
        size = whole_number(query.get("pageSize"), CAMPAIGNS_PAGE)
        if begin is None or not size:
            return refusals.plain(400, "pageToken and pageSize should be those of an answer")
        rest = begin + size < len(found)
        metadata = {"nextPageToken": str(begin + size)} if rest else {}
        return json_answer(200, {"elements": found[begin : begin + size], "metadata": metadata})

    def _campaigns_of(self, account: str) -> list[dict[str, Any]]:
        known = {urn: (name, status) for urn, name, status in _CAMPAIGNS}
        for rule in self._rules.by_id.values():
            if rule.account == _ACCOUNT_PREFIX + account:
                known |= {urn: (f"Campaign {urn[-4:]}", "ACTIVE") for urn in rule.campaigns if urn not in known}
        return [
            {"id": int(urn.rpartition(":")[2]), "name": name, "status": status, "account": _ACCOUNT_PREFIX + account}
            for urn, (name, status) in known.items()
        ]


def _statuses(search: Value | None) -> set[str] | None:
    """The statuses that a search names, none for all; None where it is no search for statuses."""
    if search is None:
        return set()
    status = search.get("status") if isinstance(search, dict) and len(search) == 1 else None
    values = status.get("values") if isinstance(status, dict) and len(status) == 1 else None
    if not isinstance(values, list) or not all(isinstance(one, str) and one in STATUSES for one in values):
        return None
    return {one for one in values if isinstance(one, str)}

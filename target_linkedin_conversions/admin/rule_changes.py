"""Changes conversion rules, and links them to campaigns; nothing is deleted, for LinkedIn deletes no rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from target_linkedin_conversions.admin.rules import METHOD, PATH
from target_linkedin_conversions.delivery.response_fields import decoded
from target_linkedin_conversions.urns import ACCOUNT_URN, CAMPAIGN_URN, RULE_URN

if TYPE_CHECKING:
    from target_linkedin_conversions.admin.calls import Calls
    from target_linkedin_conversions.delivery.client import Received

__all__ = ["Request", "association", "creation", "made_id", "update"]


class Request(msgspec.Struct, frozen=True):
    """One request that changes something, so that it can be shown before it is sent."""

    method: str
    path: str
    content: dict[str, Any] | None = None
    restli_method: str = ""
    once: bool = False

    def send(self, calls: Calls, what: str) -> Received:
        """Send it; `what` is what failed, where LinkedIn refuses. Raises `TargetError`."""
        return calls.change(
            self.method, self.path, what, self.content, restli_method=self.restli_method, once=self.once
        )


class _Made(msgspec.Struct):
    id: int


def creation(account: str, content: dict[str, Any], campaigns: tuple[str, ...], *, all_campaigns: bool) -> Request:
    """Make a rule that takes events from a server; sent once only, for a second try would make a second one."""
    linked: dict[str, Any] = {"campaigns": [CAMPAIGN_URN + campaign for campaign in campaigns]} if campaigns else {}
    body = {"account": ACCOUNT_URN + account, "conversionMethod": METHOD, **content, **linked}
    return Request("POST", f"{PATH}?autoAssociationType=ALL_CAMPAIGNS" if all_campaigns else PATH, body, once=True)


def made_id(answer: Received) -> str:
    """The id of the rule that was made, from the body or `Location`: the header `x-restli-id` holds another."""
    made = decoded(answer.body, _Made)
    found = str(made.id) if made is not None else answer.headers.get("Location", "").rstrip("/").rpartition("/")[2]
    return found if found.isascii() and found.isdigit() else ""


def update(account: str, rule: str, content: dict[str, Any]) -> Request:
    """Change some fields of a rule."""
    path = f"{PATH}/{rule}?account={quote(ACCOUNT_URN + account, safe='')}"
    return Request("POST", path, {"patch": {"$set": content}}, restli_method="PARTIAL_UPDATE")


def association(rule: str, campaign: str, *, linked: bool) -> Request:
    """Link a rule to a campaign, or undo that; the same twice changes nothing more."""
    pair = {"campaign": CAMPAIGN_URN + campaign, "conversion": RULE_URN + rule}
    key = ",".join(f"{name}:{quote(urn, safe='')}" for name, urn in pair.items())
    return Request("PUT" if linked else "DELETE", f"/rest/campaignConversions/({key})", pair if linked else None)

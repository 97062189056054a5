"""`/rest/campaignConversions`: which campaigns get credit for a rule's events.

Events of a rule without a campaign are accepted, and no ad gets credit (documented).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from target_linkedin_conversions.sandbox import refusals
from target_linkedin_conversions.sandbox.call import Answer, Call, json_answer
from target_linkedin_conversions.sandbox.event import decode_any
from target_linkedin_conversions.sandbox.restli import BadSyntaxError, Value, parameters, parsed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from target_linkedin_conversions.sandbox.rules import Rule, RuleBook
    from target_linkedin_conversions.sandbox.tokens import Token

__all__ = ["Associations"]

RESOURCE = "campaignConversions"
NO_BODY = b"{}"
_CAMPAIGN = re.compile(r"urn:li:sponsoredCampaign:[0-9]+")


class Associations:
    """The association endpoint over one rule book."""

    def __init__(self, rules: RuleBook) -> None:
        self._rules = rules

    def answer(self, call: Call, token: Token) -> Answer:
        """Answer one request.

        Raises:
            BadSyntaxError: a key or a query is not Rest.li's.

        """
        raw_key = call.path.removeprefix(f"/rest/{RESOURCE}").strip("/")
        query = parameters(call)
        if call.method == "GET":
            return self._find(query)
        if call.method not in {"PUT", "DELETE"}:
            return refusals.not_supported(call.method, RESOURCE)
        put = call.method == "PUT"
        if raw_key:
            return self._one(_key(parsed(raw_key)), call, token, put=put)
        keys = query.get("ids")
        if not isinstance(keys, list):
            return refusals.plain(400, "ids should be List(...) under protocol version 2.0.0")
        return self._many([_key(key) for key in keys], call, token, put=put)

    def _one(self, key: tuple[str, str], call: Call, token: Token, *, put: bool) -> Answer:
        if call.restli_method not in {"", "UPDATE" if put else "DELETE"}:
            return refusals.not_supported(call.restli_method, RESOURCE)
        if put and _content(call.body) != _as_content(key):
            return refusals.plain(400, "The body should name the key's campaign and conversion")
        rule = self._visible(key[1], token)
        if rule is None:
            return refusals.no_account()
        self._set(rule, key[0], put=put, now=call.at)
        return Answer(204)

    def _visible(self, urn: str, token: Token) -> Rule | None:
        rule = self._rules.by_urn.get(urn)
        return rule if rule is not None and token.sees(rule.account) else None

    def _many(self, keys: list[tuple[str, str]], call: Call, token: Token, *, put: bool) -> Answer:
        if call.restli_method != ("BATCH_UPDATE" if put else "BATCH_DELETE"):
            return refusals.not_supported(call.restli_method or call.method, RESOURCE)
        given = _content(call.body).get("entities", {}) if put else {}
        entities = {_key(parsed(raw)): content for raw, content in given.items()} if isinstance(given, dict) else {}
        results: dict[str, Any] = {}
        errors: dict[str, Any] = {}
        for key in keys:
            name = f"(campaign:{quote(key[0], safe='')},conversion:{quote(key[1], safe='')})"
            rule = self._visible(key[1], token)
            if rule is None:
                errors[name] = {"status": 403, "message": "No ad accounts found"}
            elif put and entities.get(key) != _as_content(key):
                errors[name] = {"status": 400, "message": "The entity should repeat its key"}
            else:
                self._set(rule, key[0], put=put, now=call.at)
                results[name] = {"status": 204}
        return json_answer(200, {"results": results, "errors": errors})

    def _find(self, query: Mapping[str, Value]) -> Answer:
        wanted = query.get("campaigns")
        if query.get("q") != "campaigns" or not isinstance(wanted, list):
            return refusals.plain(400, "Ask with q=campaigns&campaigns=List(...)")
        elements = [
            {"campaign": campaign, "conversion": rule.urn, "associatedAt": rule.last_modified}
            for rule in self._rules.by_id.values()
            for campaign in rule.campaigns
            if campaign in wanted
        ]
        paging = {"start": 0, "count": len(elements), "links": [], "total": len(elements)}
        return json_answer(200, {"elements": elements, "paging": paging})

    def _set(self, rule: Rule, campaign: str, *, put: bool, now: int) -> None:
        others = tuple(urn for urn in rule.campaigns if urn != campaign)
        campaigns = (*others, campaign) if put else others
        self._rules.put(msgspec.structs.replace(rule, campaigns=campaigns, last_modified=now))


def _key(value: Value) -> tuple[str, str]:
    """Take campaign and conversion from a complex key."""
    if isinstance(value, dict):
        campaign, conversion = value.get("campaign"), value.get("conversion")
        if isinstance(campaign, str) and isinstance(conversion, str) and _CAMPAIGN.fullmatch(campaign):
            return campaign, conversion
    raise BadSyntaxError("The key is (campaign:URN,conversion:URN)")


def _as_content(key: tuple[str, str]) -> dict[str, str]:
    return {"campaign": key[0], "conversion": key[1]}


def _content(body: bytes) -> dict[str, Any]:
    try:
        content = decode_any(body or NO_BODY)
    except msgspec.DecodeError:
        return {}
    return content if isinstance(content, dict) else {}

"""What a conversion rule may hold when it is made or changed (documented, September 2026)."""

from __future__ import annotations

import re
from typing import Any

from target_linkedin_conversions.sandbox.schema import (
    Kind,
    ListOf,
    Long,
    Record,
    Symbol,
    Text,
    Truth,
    Urn,
    problems,
)

_TYPES = """
    ADD_TO_CART DOWNLOAD INSTALL KEY_PAGE_VIEW LEAD PURCHASE SIGN_UP OTHER SAVE START_CHECKOUT
    SCHEDULE VIEW_CONTENT VIEW_VIDEO ADD_BILLING_INFO BOOK_APPOINTMENT REQUEST_QUOTE SEARCH
    SUBSCRIBE AD_CLICK AD_VIEW COMPLETE_SIGNUP SUBMIT_APPLICATION PHONE_CALL INVITE LOGIN SHARE
    DONATE ADD_TO_LIST START_TRIAL OUTBOUND_CLICK CONTACT QUALIFIED_LEAD MARKETING_QUALIFIED_LEAD
    SALES_QUALIFIED_LEAD
"""

_LONG_WINDOW_TYPES = """
    SUBMIT_APPLICATION PURCHASE ADD_TO_CART QUALIFIED_LEAD LEAD MARKETING_QUALIFIED_LEAD
    SALES_QUALIFIED_LEAD
"""
TYPES = frozenset(_TYPES.split())
LONG_WINDOW_TYPES = frozenset(_LONG_WINDOW_TYPES.split())
METHODS = frozenset({"CONVERSIONS_API", "INSIGHT_TAG_URL_MATCH_RULES", "INSIGHT_TAG_JAVASCRIPT_EVENT"})
WINDOWS = frozenset({1, 7, 30, 90})
LONG_WINDOWS = frozenset({180, 365})

_NUMBER = re.compile(r"[0-9]+")
_FIELDS: dict[str, Kind] = {
    "account": Urn("urn:li:sponsoredAccount:", _NUMBER),
    "name": Text(),
    "conversionMethod": Symbol(METHODS),
    "type": Symbol(TYPES),
    "enabled": Truth(),
    "postClickAttributionWindowSize": Long(),
    "viewThroughAttributionWindowSize": Long(),
    "attributionType": Symbol(frozenset({"LAST_TOUCH_BY_CAMPAIGN", "LAST_TOUCH_BY_CONVERSION"})),
    "valueType": Symbol(frozenset({"DYNAMIC", "FIXED", "NO_VALUE"})),
    "value": Record({"currencyCode": Text(), "amount": Text()}, ("currencyCode", "amount")),
    "campaigns": ListOf(Urn("urn:li:sponsoredCampaign:", _NUMBER)),
}
_NEW = Record(_FIELDS, required=("account", "name", "conversionMethod", "type"))
_CHANGE = Record(_FIELDS)


def new_rule_errors(content: object) -> str:
    """Every schema error of a rule to be made, empty if there is none."""
    return "".join(problems(content, _NEW))


def change_errors(content: object) -> str:
    """Every schema error of a `$set`, empty if there is none."""
    return "".join(problems(content, _CHANGE))


def window_error(rule: dict[str, Any]) -> str:
    """Say which attribution window the rule's type does not allow, empty if none (text ours)."""
    allowed = WINDOWS | LONG_WINDOWS if rule.get("type") in LONG_WINDOW_TYPES else WINDOWS
    for name in ("postClickAttributionWindowSize", "viewThroughAttributionWindowSize"):
        if name in rule and rule[name] not in allowed:
            return f"{name} should be one of {sorted(allowed)}"
    return ""

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

__all__ = ["TYPES", "change_errors", "new_rule_errors", "rule_error"]

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
_BACK_SINCE = "202608"
"""The version from which on the two types of qualified leads are there again (documented)."""
_QUALIFIED = frozenset({"MARKETING_QUALIFIED_LEAD", "SALES_QUALIFIED_LEAD"})
METHODS = frozenset({"CONVERSIONS_API", "INSIGHT_TAG_URL_MATCH_RULES", "INSIGHT_TAG_JAVASCRIPT_EVENT"})
WINDOWS = frozenset({1, 7, 30, 90})
LONG_WINDOWS = frozenset({180, 365})

_NUMBER = re.compile(r"[0-9]+")
_COMMON: dict[str, Kind] = {
    "account": Urn("urn:li:sponsoredAccount:", _NUMBER),
    "name": Text(),
    "conversionMethod": Symbol(METHODS),
    "enabled": Truth(),
    "postClickAttributionWindowSize": Long(),
    "viewThroughAttributionWindowSize": Long(),
    "attributionType": Symbol(frozenset({"LAST_TOUCH_BY_CAMPAIGN", "LAST_TOUCH_BY_CONVERSION"})),
    "valueType": Symbol(frozenset({"DYNAMIC", "FIXED", "NO_VALUE"})),
    "value": Record({"currencyCode": Text(), "amount": Text()}, ("currencyCode", "amount")),
    "campaigns": ListOf(Urn("urn:li:sponsoredCampaign:", _NUMBER)),
}
_REQUIRED = ("account", "name", "conversionMethod", "type")


def _fields(version: str) -> dict[str, Kind]:
    types = TYPES if version >= _BACK_SINCE else TYPES - _QUALIFIED
    return {**_COMMON, "type": Symbol(types)}


def new_rule_errors(content: object, version: str) -> str:
    """Every schema error of a rule to be made under a version, empty if there is none."""
    return "".join(problems(content, Record(_fields(version), required=_REQUIRED)))


def change_errors(content: object, version: str) -> str:
    """Every schema error of a `$set` under a version, empty if there is none."""
    return "".join(problems(content, Record(_fields(version))))


def rule_error(rule: dict[str, Any]) -> str:
    """Say what of a rule does not go with the rest of it, a window or its value, empty if nothing (texts ours)."""
    if rule.get("valueType") == "FIXED" and not rule.get("value"):
        return "value is required where valueType is FIXED"
    return _window_error(rule)


def _window_error(rule: dict[str, Any]) -> str:
    allowed = WINDOWS | LONG_WINDOWS if rule.get("type") in LONG_WINDOW_TYPES else WINDOWS
    for name in ("postClickAttributionWindowSize", "viewThroughAttributionWindowSize"):
        if name in rule and rule[name] not in allowed:
            return f"{name} should be one of {sorted(allowed)}"
    return ""

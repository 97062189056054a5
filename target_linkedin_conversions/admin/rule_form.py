"""What a conversion rule may be: types, windows, attribution, value; and a change of one, as LinkedIn reads it.

Checked before anything is sent. Source: LinkedIn's pages on conversion rules, September 2026.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.records.codes import CURRENCIES

if TYPE_CHECKING:
    from target_linkedin_conversions.admin.rules import Rule

__all__ = ["ATTRIBUTIONS", "LONG_WINDOWS", "TYPES", "WINDOWS", "RuleChange", "Value", "read_value", "windows_of"]

TYPES = (
    "ADD_BILLING_INFO",
    "ADD_TO_CART",
    "ADD_TO_LIST",
    "AD_CLICK",
    "AD_VIEW",
    "BOOK_APPOINTMENT",
    "COMPLETE_SIGNUP",
    "CONTACT",
    "DONATE",
    "DOWNLOAD",
    "INSTALL",
    "INVITE",
    "KEY_PAGE_VIEW",
    "LEAD",
    "LOGIN",
    "MARKETING_QUALIFIED_LEAD",
    "OTHER",
    "OUTBOUND_CLICK",
    "PHONE_CALL",
    "PURCHASE",
    "QUALIFIED_LEAD",
    "REQUEST_QUOTE",
    "SALES_QUALIFIED_LEAD",
    "SAVE",
    "SCHEDULE",
    "SEARCH",
    "SHARE",
    "SIGN_UP",
    "START_CHECKOUT",
    "START_TRIAL",
    "SUBMIT_APPLICATION",
    "SUBSCRIBE",
    "VIEW_CONTENT",
    "VIEW_VIDEO",
)
"""Every type of rule (documented)."""

WINDOWS = (1, 7, 30, 90)
"""Days up to which a conversion counts after a click or a view, for every type (documented)."""
LONG_WINDOWS = (180, 365)
"""Those that only some types allow (documented)."""
_LONG_TYPES = frozenset(
    {
        "ADD_TO_CART",
        "LEAD",
        "MARKETING_QUALIFIED_LEAD",
        "PURCHASE",
        "QUALIFIED_LEAD",
        "SALES_QUALIFIED_LEAD",
        "SUBMIT_APPLICATION",
    }
)
_SINCE = {"MARKETING_QUALIFIED_LEAD": "202608", "SALES_QUALIFIED_LEAD": "202608"}
"""The version from which on LinkedIn knows a type again (documented)."""

ATTRIBUTIONS = {"campaign": "LAST_TOUCH_BY_CAMPAIGN", "conversion": "LAST_TOUCH_BY_CONVERSION"}
"""Who gets credit: each campaign for its last touch, or the last touch of all."""

_FIXED = re.compile(r"(?P<amount>\d{1,12}(\.\d{1,4})?) (?P<currency>[A-Z]{3})")
_LONGEST_NAME = 200


class Value(msgspec.Struct, frozen=True):
    """What a conversion is worth: the event's own value (DYNAMIC), always the same (FIXED), nothing (NO_VALUE)."""

    kind: str
    amount: str = ""
    currency: str = ""


def read_value(text: str, place: str) -> Value:
    """`event`, `none`, or an amount with its currency, such as `50 EUR`; raises `ConfigError`."""
    word = " ".join(text.upper().split())
    if word in {"EVENT", "NONE"}:
        return Value("DYNAMIC" if word == "EVENT" else "NO_VALUE")
    found = _FIXED.fullmatch(word)
    if found is None or found["currency"] not in CURRENCIES:
        mend = f'{place} event, {place} none, or {place} "50 EUR"'
        raise ConfigError(place, "expected event, none, or an amount with its ISO 4217 currency", f"for example {mend}")
    return Value("FIXED", found["amount"], found["currency"])


def windows_of(kind: str) -> tuple[int, ...]:
    """The days that a type of rule allows for either window."""
    return (*WINDOWS, *LONG_WINDOWS) if kind in _LONG_TYPES else WINDOWS


class RuleChange(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule shall be; None leaves it as it is, or to LinkedIn's default."""

    name: str | None = None
    type: str | None = None
    enabled: bool | None = None
    click_window: int | None = None
    view_window: int | None = None
    attribution: str | None = None
    value: Value | None = None

    def checked(self, version: str, before: Rule | None = None) -> RuleChange:
        """The same, where LinkedIn takes it under a version and beside what the rule was before; raises `ConfigError`."""
        if self.name is not None and not 0 < len(self.name) <= _LONGEST_NAME:
            raise ConfigError(
                "--name", f"expected 1 to {_LONGEST_NAME} characters", "choose a name that tells the rule"
            )
        kind = self.type or (before.type if before is not None else "")
        since = _SINCE.get(self.type or "", "")
        if version < since:
            raise ConfigError(
                "--type", f"LinkedIn knows {self.type} from version {since} on", f"set linkedin_version {since}"
            )
        click_days = None if before is None else before.post_click_attribution_window_size
        view_days = None if before is None else before.view_through_attribution_window_size
        self._check_window("--click-window", self.click_window, click_days, kind)
        self._check_window("--view-window", self.view_window, view_days, kind)
        return self

    def _check_window(self, option: str, wanted: int | None, was: int | None, kind: str) -> None:
        days = wanted if wanted is not None else was
        allowed = windows_of(kind)
        known_kind = kind in TYPES
        if days is None or days in allowed or not known_kind or (wanted is None and self.type is None):
            return
        shown = ", ".join(map(str, allowed))
        long = ", ".join(sorted(_LONG_TYPES))
        problem = f"a rule of type {kind} allows {shown} days" + ("" if wanted else f", and the rule has {days}")
        raise ConfigError(option, problem, f"name one of them; {LONG_WINDOWS[0]} and {LONG_WINDOWS[1]} are for {long}")

    def content(self) -> dict[str, Any]:
        """What of it is said, by LinkedIn's names."""
        said: dict[str, Any] = {
            "name": self.name,
            "type": self.type,
            "enabled": self.enabled,
            "postClickAttributionWindowSize": self.click_window,
            "viewThroughAttributionWindowSize": self.view_window,
            "attributionType": None if self.attribution is None else ATTRIBUTIONS[self.attribution],
        }
        if self.value is not None:
            said["valueType"] = self.value.kind
            if self.value.kind == "FIXED":
                said["value"] = {"currencyCode": self.value.currency, "amount": self.value.amount}
        return {name: one for name, one in said.items() if one is not None}

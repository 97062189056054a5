"""Conversion rules: the registry that decides which events have somewhere to go."""

from __future__ import annotations

from collections.abc import Iterable  # noqa: TC003 - msgspec reads the annotations
from typing import Any

import msgspec

from target_linkedin_conversions.sandbox.schema import CONVERSION_PREFIX

__all__ = ["DEFAULT_ACCOUNT", "DEFAULT_CAMPAIGN", "SERVER_METHOD", "Rule", "RuleBook", "default_rules", "rule_from"]

DEFAULT_ACCOUNT = "urn:li:sponsoredAccount:512345678"
DEFAULT_CAMPAIGN = "urn:li:sponsoredCampaign:700001"
SERVER_METHOD = "CONVERSIONS_API"


class Rule(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A conversion rule as LinkedIn's rules endpoint shows it; times are epoch ms."""

    id: int
    name: str = ""
    account: str = DEFAULT_ACCOUNT
    type: str = "LEAD"
    enabled: bool = True
    conversion_method: str = SERVER_METHOD
    post_click_attribution_window_size: int = 30
    view_through_attribution_window_size: int = 7
    attribution_type: str = "LAST_TOUCH_BY_CAMPAIGN"
    value_type: str = "DYNAMIC"
    value: dict[str, str] | None = None
    campaigns: tuple[str, ...] = ()
    created: int = 0
    last_modified: int = 0
    last_callback_at: int | None = None
    latest_first_party_callback_at: int | None = None

    @property
    def urn(self) -> str:
        """How events name the rule."""
        return f"{CONVERSION_PREFIX}{self.id}"


def default_rules() -> tuple[Rule, ...]:
    """The rules of a sandbox that was given none: four good ones, one disabled, one browser's."""
    with_campaign = (DEFAULT_CAMPAIGN,)
    return (
        Rule(101, "Lead (server)", type="LEAD", campaigns=with_campaign),
        Rule(102, "Qualified lead (server)", type="QUALIFIED_LEAD", campaigns=with_campaign),
        Rule(103, "Purchase (server)", type="PURCHASE", campaigns=with_campaign),
        Rule(104, "Second purchase (server)", type="PURCHASE", campaigns=with_campaign),
        Rule(901, "Disabled (server)", enabled=False, campaigns=with_campaign),
        Rule(
            902,
            "Lead (browser)",
            conversion_method="INSIGHT_TAG_JAVASCRIPT_EVENT",
            campaigns=with_campaign,
        ),
    )


def rule_from(given: int | str | Rule | dict[str, Any]) -> Rule:
    """A rule from its id, its URN, or an object with at least `id`.

    Raises:
        msgspec.ValidationError: the object has an unknown or ill-typed field.
        ValueError: an id is no number.

    """
    if isinstance(given, Rule):
        return given
    if isinstance(given, dict):
        wanted = {**given, "id": _number(given.get("id"))}
        rule = msgspec.convert(wanted, Rule)
    else:
        rule = Rule(_number(given), campaigns=(DEFAULT_CAMPAIGN,))
    return rule if rule.name else msgspec.structs.replace(rule, name=f"Rule {rule.id}")


def _number(given: object) -> int:
    text = str(given).rpartition(":")[2]
    if not text.isdecimal():
        raise ValueError("A rule needs a whole number, or a URN that ends in one, as its id")
    return int(text)


class RuleBook:
    """Every rule of one sandbox, by id and by URN."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.by_id: dict[int, Rule] = {}
        self.by_urn: dict[str, Rule] = {}
        for rule in rules:
            self.put(rule)

    def put(self, rule: Rule) -> None:
        """Add a rule or replace the one with its id."""
        self.by_id[rule.id] = rule
        self.by_urn[rule.urn] = rule

    def called_back(self, urns: Iterable[str], now: int) -> None:
        """Note when a rule's events came last: the only trace that LinkedIn shows of them."""
        for urn in urns:
            times = {"last_callback_at": now, "latest_first_party_callback_at": now}
            self.put(msgspec.structs.replace(self.by_urn[urn], **times))

    def next_id(self) -> int:
        """An id no rule has yet."""
        return max((*self.by_id, 20_418_810)) + 1

"""The rules of the configured ad accounts: read, and told to people and programs."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import click
import msgspec
from rich.table import Column

from target_linkedin_conversions.admin.calls import refusal
from target_linkedin_conversions.admin.findings import on_rule
from target_linkedin_conversions.admin.rules import Rule, Unreadable, read_rules
from target_linkedin_conversions.cli.config import SET_ACCOUNT
from target_linkedin_conversions.cli.past_runs import warn
from target_linkedin_conversions.cli.tables import print_table
from target_linkedin_conversions.cli.telling import tell_user
from target_linkedin_conversions.delivery.client import Received
from target_linkedin_conversions.errors import ConfigError, RuleError
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from target_linkedin_conversions.admin.calls import Calls
    from target_linkedin_conversions.settings import Settings

__all__ = [
    "NOT_COUNTED",
    "Found",
    "find",
    "refuse_same_name",
    "rule_data",
    "rules_in",
    "show_rules",
    "state_of",
    "value_of",
    "windows_of_rule",
]

NOT_COUNTED = "not counted: no campaign"


class Found(msgspec.Struct, frozen=True):
    """The rules that could be read, by id, and a sentence for each account of which not all could."""

    rules: dict[str, Rule]
    unread: tuple[str, ...]


def rules_in(calls: Calls, settings: Settings) -> Found:
    """Every rule of the accounts in `account_id`; raises `TargetError` where none of them can be read."""
    if not settings.account_id:
        mend = f"{SET_ACCOUNT}; `linkedin-conversions login` lists the accounts that the token reaches"
        raise ConfigError("account_id", "no ad account is named", mend)
    read = read_rules(calls.client, calls.tokens, settings.account_id, calls.clock)
    rules = {str(rule.id): rule for rule in read if isinstance(rule, Rule)}
    unreadable = [one for one in read if isinstance(one, Unreadable)]
    if len({one.account for one in unreadable}) == len(settings.account_id) and not rules:
        raise _refused(unreadable[0])
    return Found(rules, tuple(_sentence(one) for one in unreadable))


def _refused(one: Unreadable) -> Exception:
    return refusal(Received(one.status, {}, one.body), f"the rules of ad account {one.account} cannot be read")


def _sentence(one: Unreadable) -> str:
    if one.status == HTTPStatus.OK:
        return f"ad account {one.account} may have more rules: LinkedIn's list of them is not whole; try again later"
    return str(_refused(one))


def find(found: Found, name: str) -> Rule:
    """The rule of an id; raises `RuleError` that names those that are there."""
    if name in found.rules:
        return found.rules[name]
    (missing,) = on_rule(name, found.rules, complete=True)
    raise RuleError(". ".join((str(missing), *found.unread)))


def refuse_same_name(found: Found, account: str, name: str, *, besides: str = "") -> None:
    """Stop a second rule of one name, `besides` the one that is changed: nobody could tell them apart, and a job that repeats would make one a day."""
    same = next(
        (one for key, one in found.rules.items() if (one.account, one.name) == (account, name) and key != besides), None
    )
    if same is not None:
        mend = f"choose another name, or change that rule: `linkedin-conversions rules update {same.id}`"
        raise ConfigError("--name", f"rule {same.id} of ad account {account} has this name", mend)


def rule_data(rule: Rule, configured: Iterable[str]) -> dict[str, Any]:
    """A rule for programs."""
    return {
        "id": rule.id,
        "name": rule.name or "",
        "type": rule.type,
        "enabled": rule.enabled,
        "method": rule.conversion_method,
        "click_window": rule.post_click_attribution_window_size,
        "view_window": rule.view_through_attribution_window_size,
        "value": _value_data(rule),
        "attribution": rule.attribution_type if isinstance(rule.attribution_type, str) else "",
        "campaigns": list(rule.campaign_ids),
        "configured": str(rule.id) in configured,
        "account": str(rule.account or ""),
        "counted": rule.is_counted,
    }


def _value_data(rule: Rule) -> dict[str, str]:
    kind = rule.value_type if isinstance(rule.value_type, str) else ""
    if kind != "FIXED" or not isinstance(rule.value, dict):
        return {"type": kind}
    parts = {name: rule.value.get(theirs) for name, theirs in (("amount", "amount"), ("currency", "currencyCode"))}
    return {"type": kind, **{name: part for name, part in parts.items() if isinstance(part, str)}}


def show_rules(rules: Mapping[str, Rule], settings: Settings, unread: Iterable[str] = (), *, as_json: bool) -> None:
    """Print rules as a table, or as the object that programs read."""
    configured = settings.rules
    if as_json:
        told = [rule_data(rule, configured) for rule in rules.values()]
        click.echo(json.dumps({"rules": told, "warnings": list(unread)}))
        return
    for sentence in unread:
        warn(sentence)
    if not rules:
        tell_user("there is no rule; make one with `linkedin-conversions rules create`")
        return
    several = len({str(rule.account) for rule in rules.values()}) > 1
    print_table(
        (
            *((Column("account", no_wrap=True),) if several else ()),
            Column("rule", no_wrap=True),
            "name",
            Column("type", overflow="fold", no_wrap=True),
            Column("days", no_wrap=True),
            "value",
            "state",
        ),
        [
            (
                *((str(rule.account),) if several else ()),
                f"{name}{' *' if name in configured else ''}",
                printable(rule.name or ""),
                printable(rule.type),
                windows_of_rule(rule),
                value_of(rule),
                state_of(rule),
            )
            for name, rule in rules.items()
        ],
    )
    tell_user("days: after a click / after a view. *: the settings name it.")


def windows_of_rule(rule: Rule) -> str:
    """The days after a click and after a view up to which it counts."""
    windows = (rule.post_click_attribution_window_size, rule.view_through_attribution_window_size)
    return " / ".join("?" if days is None else str(days) for days in windows)


def value_of(rule: Rule) -> str:
    """What a conversion is worth, in words."""
    value = _value_data(rule)
    words = {"DYNAMIC": "the event's", "NO_VALUE": "none", "": "?"}
    fixed = printable(" ".join(part for part in (value.get("amount"), value.get("currency")) if part))
    return fixed or words.get(value["type"], printable(value["type"]))


def state_of(rule: Rule) -> str:
    """What becomes of events sent to it, in a few words."""
    if not rule.enabled:
        return "disabled"
    if not rule.is_for_servers:
        return "fed by the Insight Tag"
    return how_many(rule.campaign_count, "campaign") if rule.is_counted else NOT_COUNTED

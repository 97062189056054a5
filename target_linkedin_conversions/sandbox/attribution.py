"""Which of the events taken LinkedIn counts: matched to a member, after an ad of the rule's campaigns, once the report shows it.

Drawn from rates that are set, by a seed: the same events end the same each time, in whatever order they came.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET

from target_linkedin_conversions.sandbox import lint
from target_linkedin_conversions.sandbox.clock import DAY_MS
from target_linkedin_conversions.sandbox.event import Event
from target_linkedin_conversions.sandbox.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from target_linkedin_conversions.sandbox.event import User
    from target_linkedin_conversions.sandbox.rules import RuleBook
    from target_linkedin_conversions.sandbox.settings import SandboxSettings

__all__ = ["Counted", "counted"]

COUNTS_EACH = frozenset({"PURCHASE", "ADD_TO_CART"})
"""Types of which each conversion of a member counts; of all others only the first within the window (documented)."""
HOUR_MS = 3_600_000
_NOTHING = Decimal(0)


class Counted(msgspec.Struct, frozen=True):
    """One conversion that LinkedIn counts: its rule, day (UTC, days since 1970), kind of touch, and when it is shown."""

    rule: Rule
    day: int
    after_click: bool
    value: Decimal
    shown_at: int


class _Candidate(msgspec.Struct, frozen=True):
    """An event of a matched member who met an ad within the rule's window; `at` is when it was taken."""

    rule: Rule
    person: str
    event: Event
    after_click: bool
    at: int


def counted(
    taken: Iterable[tuple[int, dict[str, Any]]], rules: RuleBook, settings: SandboxSettings
) -> Iterator[Counted]:
    """What LinkedIn counts of events, each given with the time when it was taken (epoch ms); in the order of their times."""
    found = (_candidate(at, event, rules, settings) for at, event in taken)
    candidates = sorted(filter(None, found), key=lambda one: one.event.conversion_happened_at)
    last: dict[tuple[int, str], int] = {}
    for one in candidates:
        happened = one.event.conversion_happened_at
        member = one.rule.id, one.person
        window = one.rule.post_click_attribution_window_size * DAY_MS
        if one.rule.type not in COUNTS_EACH and member in last and happened - last[member] < window:
            continue
        last[member] = happened
        lag = _draw(settings, "lag", one.rule.urn, one.person, str(happened)) * settings.reporting_lag_hours * HOUR_MS
        yield Counted(one.rule, happened // DAY_MS, one.after_click, _value(one.rule, one.event), one.at + int(lag))


def _candidate(at: int, given: dict[str, Any], rules: RuleBook, settings: SandboxSettings) -> _Candidate | None:
    event = msgspec.convert({**given, "conversionHappenedAt": int(given["conversionHappenedAt"])}, Event)
    rule = rules.by_urn.get(event.conversion)
    person = _person(event.user, settings.members)
    if rule is None or not rule.campaigns or not person:
        return None
    if _draw(settings, "match", person) >= settings.match_rate:
        return None
    after_click = _draw(settings, "click", rule.urn, person) < settings.click_rate
    if not after_click and _draw(settings, "view", rule.urn, person) >= settings.view_rate:
        return None
    days = int(_draw(settings, "days", rule.urn, person) * (settings.ad_days_before + 1))
    clicked, viewed = rule.post_click_attribution_window_size, rule.view_through_attribution_window_size
    if days > (clicked if after_click else viewed):
        return None
    return _Candidate(rule, person, event, after_click, at)


def _person(user: User, members: Collection[str] | None) -> str:
    """What an event's member is known by: the first identifier that can match, else a whole name; empty where there is none."""
    for entry in user.user_ids:
        is_strangers = members is not None and entry.id_type == "SHA256_EMAIL" and entry.id_value not in members
        if not is_strangers and not lint.matches_nobody(entry):
            return f"{entry.id_type} {entry.id_value}"
    if user.external_ids:
        return f"external {user.external_ids[0]}"
    if user.lead is not UNSET:
        return f"lead {user.lead}"
    if user.user_info is UNSET:
        return ""
    first, last, hashed_first, hashed_last, company, *_ = user.user_info.texts()
    names = (first if hashed_first is UNSET else hashed_first, last if hashed_last is UNSET else hashed_last)
    return "" if UNSET in names else f"name {names} {company}"


def _value(rule: Rule, event: Event) -> Decimal:
    """What the conversion is worth by its rule; in whatever currency, for the sandbox knows no rates."""
    if rule.value_type == "FIXED":
        return Decimal((rule.value or {}).get("amount", "0"))
    if rule.value_type == "NO_VALUE" or event.conversion_value is UNSET:
        return _NOTHING
    try:
        return Decimal(event.conversion_value.amount)
    except InvalidOperation:
        return _NOTHING


def _draw(settings: SandboxSettings, *what: str) -> float:
    """A number from 0 up to 1 that what is drawn for decides, under the seed."""
    text = "\0".join((str(settings.attribution_seed), *what))
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).digest(), "big") / 2**48

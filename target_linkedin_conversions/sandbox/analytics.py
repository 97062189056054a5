"""`/rest/adAnalytics`: how many conversions LinkedIn counts, by rule and day.

As documented: the finder `analytics` with `pivot=CONVERSION`, the scope `r_ads_reporting`, no paging, and an empty list
where the token sees nothing. Days are UTC's, and that of the conversion.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from target_linkedin_conversions.sandbox import refusals
from target_linkedin_conversions.sandbox.attribution import Counted, counted
from target_linkedin_conversions.sandbox.call import Answer, Call, json_answer
from target_linkedin_conversions.sandbox.clock import DAY_MS
from target_linkedin_conversions.sandbox.restli import Value, parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from target_linkedin_conversions.sandbox.journal import Journal
    from target_linkedin_conversions.sandbox.rules import RuleBook
    from target_linkedin_conversions.sandbox.settings import SandboxSettings
    from target_linkedin_conversions.sandbox.tokens import Token

__all__ = ["FIELDS", "RESOURCE", "SCOPE", "Analytics"]

RESOURCE = "adAnalytics"
SCOPE = "r_ads_reporting"
EPOCH = dt.date(1970, 1, 1).toordinal()
QUALIFIED = frozenset({"QUALIFIED_LEAD", "MARKETING_QUALIFIED_LEAD", "SALES_QUALIFIED_LEAD"})

_METRICS: dict[str, Callable[[Sequence[Counted]], object]] = {
    "impressions": lambda _: 0,
    "clicks": lambda _: 0,
    "externalWebsiteConversions": len,
    "externalWebsitePostClickConversions": lambda found: sum(one.after_click for one in found),
    "externalWebsitePostViewConversions": lambda found: sum(not one.after_click for one in found),
    "conversionValueInLocalCurrency": lambda found: str(sum(one.value for one in found)),
    "qualifiedLeads": lambda found: sum(one.rule.type in QUALIFIED for one in found),
    "costPerQualifiedLead": lambda _: "0",
}
_SAYS_WHICH = frozenset({"pivotValues", "dateRange"})
FIELDS = frozenset(_METRICS) | _SAYS_WHICH
"""What `fields` may name."""
_BY_DEFAULT = ("impressions", "clicks")


class Analytics:
    """The reporting endpoint over one rule book and what was taken."""

    def __init__(self, rules: RuleBook, journal: Journal) -> None:
        self._rules = rules
        self._journal = journal

    def answer(self, call: Call, token: Token, settings: SandboxSettings) -> Answer:
        """Answer one request.

        Raises:
            BadSyntaxError: the query is not Rest.li's.

        """
        if call.method != "GET" or call.path.strip("/") != f"rest/{RESOURCE}":
            return refusals.not_supported(call.method, RESOURCE)
        query = parameters(call)
        refusal = _refusal(query)
        if refusal is not None:
            return refusal
        today = call.at // DAY_MS
        days = _days(query["dateRange"], today)
        if days is None:
            return refusals.plain(400, "Invalid dateRange: expected (start:(year:Y,month:M,day:D),end:(…))")
        fields = _fields(query)
        unknown = [name for name in fields if name not in FIELDS]
        if unknown:
            return refusals.plain(400, f"Invalid field {unknown[0]!r} in projection")
        found = self._counted(query, days, token, settings, call.at)
        daily = query["timeGranularity"] == "DAILY"
        elements = [_element(urn, day, rows, fields, days) for (urn, day), rows in _grouped(found, daily=daily)]
        return json_answer(200, {"paging": {"start": 0, "count": 10, "links": []}, "elements": elements})

    def _counted(
        self, query: dict[str, Value], days: tuple[int, int], token: Token, settings: SandboxSettings, now: int
    ) -> Iterator[Counted]:
        """What is shown by now of these accounts and rules on these days."""
        accounts, conversions = query.get("accounts"), query.get("conversions")
        for one in counted(self._taken(), self._rules, settings):
            in_accounts = not isinstance(accounts, list) or one.rule.account in accounts
            in_rules = not isinstance(conversions, list) or one.rule.urn in conversions
            is_shown = one.shown_at <= now and days[0] <= one.day <= days[1]
            if in_accounts and in_rules and is_shown and token.sees(one.rule.account):
                yield one

    def _taken(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Every event taken that the account's own Insight Tag has not reported too, with its time."""
        browser = self._journal.browser_event_ids
        for batch, event in self._journal.received():
            rule = self._rules.by_urn.get(event["conversion"])
            if rule is not None and (rule.account, event.get("eventId", "")) not in browser:
                yield batch.at, event


def _refusal(query: dict[str, Value]) -> Answer | None:
    """What is wrong with a query, in the words of Rest.li where they are known."""
    if query.get("q") != "analytics":
        return refusals.plain(400, f"Finder {query.get('q')!r} is not known to {RESOURCE}")
    for name in ("pivot", "timeGranularity", "dateRange"):
        if name not in query:
            return refusals.plain(400, f"Parameter '{name}' is required")
    if query["pivot"] != "CONVERSION":
        return refusals.plain(400, "Sandbox: the only pivot here is CONVERSION")
    if query["timeGranularity"] not in {"DAILY", "ALL"}:
        return refusals.plain(400, "Sandbox: timeGranularity here is DAILY or ALL")
    facets = [query[name] for name in ("accounts", "conversions") if name in query]
    if not facets or not all(isinstance(facet, list) for facet in facets):
        return refusals.plain(400, "At least one facet is required, as accounts=List(…)")
    return None


def _fields(query: dict[str, Value]) -> tuple[str, ...]:
    wanted = query.get("fields")
    return tuple(wanted.split(",")) if isinstance(wanted, str) and wanted else _BY_DEFAULT


def _days(given: Value, today: int) -> tuple[int, int] | None:
    """The first and last day of a range, counted from 1970; one without an end lasts until today."""
    if not isinstance(given, dict) or "start" not in given:
        return None
    first, last = _day(given["start"]), _day(given["end"]) if "end" in given else today
    return None if first is None or last is None or last < first else (first, last)


def _day(given: Value) -> int | None:
    if not isinstance(given, dict) or given.keys() != {"year", "month", "day"}:
        return None
    try:
        year, month, day = (int(str(given[name])) for name in ("year", "month", "day"))
        return dt.date(year, month, day).toordinal() - EPOCH
    except ValueError:
        return None


def _grouped(found: Iterator[Counted], *, daily: bool) -> list[tuple[tuple[str, int | None], list[Counted]]]:
    groups: dict[tuple[str, int | None], list[Counted]] = defaultdict(list)
    for one in found:
        groups[one.rule.urn, one.day if daily else None].append(one)
    return sorted(groups.items(), key=lambda group: (group[0][1] or 0, group[0][0]))


def _element(
    urn: str, day: int | None, rows: Sequence[Counted], fields: Sequence[str], days: tuple[int, int]
) -> dict[str, Any]:
    first, last = days if day is None else (day, day)
    which: dict[str, object] = {
        "pivotValues": [urn],
        "dateRange": {"start": _shown(first), "end": _shown(last)},
    }
    return {name: which[name] if name in which else _METRICS[name](rows) for name in fields}


def _shown(day: int) -> dict[str, int]:
    date = dt.date.fromordinal(day + EPOCH)
    return {"year": date.year, "month": date.month, "day": date.day}

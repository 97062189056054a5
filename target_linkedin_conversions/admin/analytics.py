"""Reads how many conversions LinkedIn counts, by rule and day: its reporting, `adAnalytics` with `pivot=CONVERSION`.

Documented: the scope `r_ads_reporting`, no paging, an empty list where the token's member may see nothing. A day is
UTC's; a conversion may count on the day of the click or of the conversion, and is there within 72 hours.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

import msgspec

from target_linkedin_conversions.admin.calls import get, token_kind, with_fresh_token
from target_linkedin_conversions.admin.permissions import REPORTING_SCOPE
from target_linkedin_conversions.delivery.answer import (
    Busy,
    InDoubt,
    Misdirected,
    Throttled,
    TokenRefused,
    VersionRefused,
    read_answer,
)
from target_linkedin_conversions.delivery.auth import NEW_TOKEN, token_refused
from target_linkedin_conversions.delivery.response_fields import decoded
from target_linkedin_conversions.epoch import date_of_day, day_of_date
from target_linkedin_conversions.errors import ConfigError, CredentialError, QuotaError, UnreachableError, VersionError
from target_linkedin_conversions.records.versions import VERSIONS
from target_linkedin_conversions.urns import ACCOUNT_URN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_linkedin_conversions.delivery.auth import Tokens
    from target_linkedin_conversions.delivery.client import Client, Received
    from target_linkedin_conversions.delivery.clock import Clock
    from target_linkedin_conversions.errors import StopRun

__all__ = ["CountedOnDay", "counted_by_day"]

_FIELDS = (
    "externalWebsiteConversions",
    "externalWebsitePostClickConversions",
    "externalWebsitePostViewConversions",
    "conversionValueInLocalCurrency",
    "pivotValues",
    "dateRange",
)
_PATH = "/rest/adAnalytics?q=analytics&pivot=CONVERSION&timeGranularity=DAILY"
_DAYS = 92
"""Days of one question, so that its answer stays small: a row a rule and day."""
_MOST = 1 << 53
_Count = Annotated[int, msgspec.Meta(ge=0, le=_MOST)]


class CountedOnDay(msgspec.Struct, frozen=True):
    """What LinkedIn counts of a rule on a UTC day (since 1970); `value` in the account's currency."""

    rule: str
    day: int
    conversions: int
    after_click: int
    after_view: int
    value: Decimal


class _Date(msgspec.Struct):
    year: int
    month: int
    day: int


class _Range(msgspec.Struct, rename="camel"):
    start: _Date


class _Element(msgspec.Struct, rename="camel"):
    pivot_values: Annotated[list[str], msgspec.Meta(min_length=1)]
    date_range: _Range
    external_website_conversions: _Count = 0
    external_website_post_click_conversions: _Count = 0
    external_website_post_view_conversions: _Count = 0
    conversion_value_in_local_currency: str | float | None = None


class _Page(msgspec.Struct):
    elements: list[_Element]


def counted_by_day(
    client: Client, tokens: Tokens, clock: Clock, accounts: tuple[str, ...], first: int, last: int
) -> list[CountedOnDay]:
    """What LinkedIn counts of the accounts' rules on the days from `first` to `last`.

    Raises `CredentialError` for a dead token or one without the scope, `QuotaError`, `VersionError`,
    `UnreachableError`, and `ConfigError` where LinkedIn does not understand the question.
    """
    found: list[CountedOnDay] = []
    for account in accounts:
        for start in range(first, last + 1, _DAYS):
            found += _counted(client, tokens, clock, account, start, min(start + _DAYS - 1, last))
    return found


def _counted(
    client: Client, tokens: Tokens, clock: Clock, account: str, first: int, last: int
) -> Iterator[CountedOnDay]:
    """One question, after one refresh where the token has expired."""
    urn = quote(ACCOUNT_URN + account, safe="")
    days = f"(start:{_written(first)},end:{_written(last)})"
    path = f"{_PATH}&dateRange={days}&accounts=List({urn})&fields={','.join(_FIELDS)}"
    answer = with_fresh_token(
        tokens,
        lambda token: get(client, path, token, clock),
        lambda found: token_kind(found.status, found.body) == "expired",
    )
    if answer.status != HTTPStatus.OK:
        raise _refused(answer, account)
    page = decoded(answer.body, _Page)
    if page is None:
        raise UnreachableError(
            "what answered for LinkedIn's reporting is no list of figures; check api_url and any proxy"
        )
    return (one for element in page.elements if (one := _read(element)) is not None)


def _read(element: _Element) -> CountedOnDay | None:
    """One row; None where it is of no rule or no day."""
    start = element.date_range.start
    rule = element.pivot_values[0].rpartition(":")[2]
    try:
        day = day_of_date(dt.date(start.year, start.month, start.day))
        value = Decimal(str(element.conversion_value_in_local_currency or 0))
    except (ValueError, OverflowError, InvalidOperation):
        return None
    if not (rule.isascii() and rule.isdecimal() and value.is_finite()):
        return None
    return CountedOnDay(
        rule,
        day,
        element.external_website_conversions,
        element.external_website_post_click_conversions,
        element.external_website_post_view_conversions,
        value,
    )


def _written(day: int) -> str:
    date = date_of_day(day)
    return f"(year:{date.year},month:{date.month},day:{date.day})"


def _refused(answer: Received, account: str) -> StopRun:  # noqa: PLR0911 - one table: every answer has its line
    """What an answer without figures means, and who mends it."""
    match read_answer(answer.status, answer.headers, answer.body, ()):
        case TokenRefused("scope"):
            return CredentialError(
                f"the token may not read the reports of ad account {account}: it needs the scope {REPORTING_SCOPE}; "
                "create one with it (a Direct-API token has none), and see that the member has a role on the account"
            )
        case TokenRefused(kind):
            return CredentialError(f"{token_refused(kind)}; {NEW_TOKEN}")
        case VersionRefused(_):
            return VersionError(
                f"the linkedin_version is not served; set it to one that is, such as {VERSIONS[-1].name}"
            )
        case Throttled():
            return QuotaError("LinkedIn answers no more questions about reports for now (429); ask again in an hour")
        case Misdirected(status, who):
            told = f" ({who})" if who else ""
            return UnreachableError(
                f"status {status}{told} is no answer of LinkedIn's reporting; check api_url and any proxy in between"
            )
        case Busy() | InDoubt():
            return UnreachableError(
                f"LinkedIn's reporting does not answer (status {answer.status}); ask again in a while"
            )
        case _:
            return ConfigError(
                "account_id",
                f"LinkedIn's reporting refuses the question about ad account {account} (status {answer.status})",
                f"check the id, and set linkedin_version to one that is served, such as {VERSIONS[-1].name}",
            )

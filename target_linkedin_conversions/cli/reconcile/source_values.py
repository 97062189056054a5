"""Days and counts as people, sheets and warehouses write them."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from target_linkedin_conversions.epoch import day_of_date
from target_linkedin_conversions.records.written_dates import ORDERS, orders_of, written_date

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["day_of", "orders_that_fit", "whole_number"]

_MOST = 1 << 53
"""The largest count that every reader of JSON knows exactly."""
_ISO = re.compile(r"\d{4}-?\d\d-?\d\d\b.*", re.DOTALL)
_GROUPS = re.compile(r"[0-9]{1,3}(?:([.,' \u00a0\u202f\u2019])[0-9]{3})(?:\1[0-9]{3})*(?:[.,]0+)?")
"""A whole number with a mark between its thousands, as `1.009`, `1,009.00` or `1 009`."""
_ONE_GROUP = re.compile(r"[0-9]{1,3}[.,]000")
"""In one country a thousand, in another one with three decimals."""


def day_of(value: object, order: str) -> int | None:
    """The day (since 1970) as it is written, whatever time and offset stand behind it; None where it is none."""
    try:
        found = _date(value, order)
    except ValueError:
        return None
    return None if found is None else day_of_date(found)


def _date(value: object, order: str) -> dt.date | None:
    if isinstance(value, dt.date):
        return value
    text = str(value).strip()
    if _ISO.fullmatch(text):
        return dt.datetime.fromisoformat(text.replace(" UTC", "Z").replace(" +", "+"))
    return written_date(text, order)


def orders_that_fit(values: Iterable[object]) -> list[str]:
    """The orders of day, month and year in which all of these may be written that are no ISO dates; one where none is needed."""
    texts = {text for value in values if not _ISO.fullmatch(text := str(value).strip())}
    possible = [order for order in ORDERS if all(order in orders_of(text) for text in texts)]
    told_apart: dict[tuple[int | None, ...], str] = {}
    for order in possible:
        told_apart.setdefault(tuple(day_of(text, order) for text in texts), order)
    return list(told_apart.values())


def whole_number(value: object) -> int | None:
    """A count, also one with a mark between its thousands; None where it is no whole number from 0 on, or may be two."""
    if isinstance(value, bool):
        return None
    text = str(value).strip()
    if isinstance(value, str) and _ONE_GROUP.fullmatch(text):
        return None
    if isinstance(value, str) and (grouped := _GROUPS.fullmatch(text)) is not None:
        whole = re.sub(r"[.,]0+\Z", "", text) if grouped[1] not in text[-4:-3] else text
        text = re.sub(r"\D", "", whole)
    try:
        number = Decimal(re.sub(r",(0+)\Z", r".\1", text))
    except InvalidOperation:
        return None
    is_count = number.is_finite() and 0 <= number <= _MOST and number == number.to_integral_value()
    return int(number) if is_count else None

"""Which times LinkedIn takes: the last 90 days, and not the future."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.durations import DAY_MS, MINUTE_MS, TAKEN_DAYS
from target_linkedin_conversions.records.event import Refusal
from target_linkedin_conversions.records.reasons import Reason

if TYPE_CHECKING:
    from target_linkedin_conversions.records.plan import StreamPlan
    from target_linkedin_conversions.records.rows import Value

__all__ = ["BY_THE_CLOCK", "OLDEST_MS", "TOO_OLD", "outside_window"]

OLDEST_MS = TAKEN_DAYS * DAY_MS - 5 * MINUTE_MS
"""How old an event may be when it leaves: less five minutes of travel."""

TOO_OLD = Reason("happened_at", "too_old")
_SKIPPED_AS_TOO_OLD = Refusal(skipped=TOO_OLD.code)
_BEFORE_START = Refusal(skipped="before_start")
_NO_TIME = Reason("happened_at", "no_time")
_BAD_TIME = Reason("happened_at", "bad_time")
_IN_FUTURE = Reason("happened_at", "in_future")
BY_THE_CLOCK = frozenset({TOO_OLD.code, _IN_FUTURE.code})
"""Codes of what the clock of this machine decides."""


def outside_window(time: int | object | None, value: Value, plan: StreamPlan, now: int) -> int | Reason | Refusal:
    """What to do with a time outside the window: the time to send instead, the reason to refuse it, or to skip it.

    `time` is what was read from `value`; what lies a little ahead, or later today, is sent as now.
    """
    if isinstance(value, Reason):
        return value
    if not isinstance(time, int):
        return _NO_TIME if time is None else _BAD_TIME
    if time < plan.limits.not_before:
        return _BEFORE_START
    if time < now - OLDEST_MS:
        return TOO_OLD if plan.limits.reject_too_old else _SKIPPED_AS_TOO_OLD
    if time <= now + plan.limits.max_future:
        return min(time, now)
    day = plan.times.day(value)
    start = None if day is None else plan.times.starts(day)
    return now if start is not None and start <= now else _IN_FUTURE

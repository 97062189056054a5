"""Whether nothing was accepted though there usually is: the one rule of it, for the page and for the alert `nothing_sent`.

Loads that send only in office hours, or on working days, often send nothing, which is nobody's concern. So where the runs before reach
back a day, it is days that are compared; where all of them lie within one, it is runs.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from target_linkedin_conversions.how_many import how_many

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_linkedin_conversions.reporting.history import PastRun

__all__ = ["unusually_empty"]

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_MOST_EARLY = timedelta(hours=2)
"""A daily load begins by a clock that moves an hour in spring, and some minutes earlier or later than the day before."""
_DAYS = 14
_WEEK = 7
_FEWEST_RUNS = 5
_MOSTLY = 0.8


def unusually_empty(runs: Sequence[PastRun]) -> str:
    """A sentence where nothing was accepted though there usually is, else empty; `runs` are the newest first.

    By days: nothing in the day that ends with the newest run, though there was on most of the days before that are known, and, where
    it is, on the same day of the week before. A day is a little shorter than 24 hours, so that the run of the day before lies in that
    day though it began later. By runs: nothing in the newest, though in four of five of at least five before it.
    """
    real = [run for run in runs if not (run.dry_run or run.only_noted)]
    if not real or real[0] is not runs[0] or real[0].accepted:
        return ""
    accepted = _by_days_before(real)
    return _by_days(accepted, _hours_without(real)) if max(accepted) else _by_runs(real[1:])


def _by_days_before(real: Sequence[PastRun]) -> Counter[int]:
    """What was accepted in the day that ends with the newest run, and in each day before it with a run."""
    accepted: Counter[int] = Counter()
    early = min(_MOST_EARLY, (real[0].at - real[1].at) / 2) if len(real) > 1 else _MOST_EARLY
    for run in real:
        days_before = (real[0].at - run.at + early) // _DAY
        if not days_before or run.accepted or not run.exit_code:  # a stopped run says nothing about its day
            accepted[days_before] += run.accepted
    return accepted


def _hours_without(real: Sequence[PastRun]) -> int:
    """For how many of the last 24 hours nothing was accepted."""
    return min([24, *(round((real[0].at - run.at) / _HOUR) for run in real if run.accepted)])


def _by_days(accepted: Counter[int], hours: int) -> str:
    days = [day for day in accepted if 0 < day <= _DAYS]
    with_some = [day for day in days if accepted[day]]
    if accepted[0] or len(with_some) * 2 <= len(days) or not accepted.get(_WEEK, 1):
        return ""
    return (
        f"Nothing was accepted in the last {how_many(hours, 'hour')}, though there usually is: "
        f"on {len(with_some)} of the {how_many(len(days), 'day')} before with a run there was."
    )


def _by_runs(before: Sequence[PastRun]) -> str:
    well = [run for run in before if run.went_well]
    with_some = [run for run in well if run.accepted]
    if len(well) < _FEWEST_RUNS or len(with_some) < len(well) * _MOSTLY:
        return ""
    return f"Nothing was accepted in this run, though there usually is: in {len(with_some)} of the {how_many(len(well), 'run')} before there was."

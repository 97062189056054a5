"""Findings on the reports of past runs: how often runs are made, and how."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from target_linkedin_conversions.admin.figures import COMPLETE_AFTER_MS
from target_linkedin_conversions.epoch import utc_of
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.readiness.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from target_linkedin_conversions.reporting.report import Report

__all__ = ["on_past_runs"]

_TOO_RARE = timedelta(days=60)
"""Events older than this come close to the 90 days that LinkedIn takes."""
_COMPLETE = timedelta(milliseconds=COMPLETE_AFTER_MS)
_LAST = 3


def on_past_runs(reports: Iterable[Report], now: int) -> Iterator[Finding]:
    """Findings of the last runs that sent; `now` in epoch milliseconds. A report that names no time counts for none."""
    moment = utc_of(now)
    began = {at: report for report in reports if not report.dry_run and (at := _time(report.started)) is not None}
    last = sorted(began)[-_LAST:]
    if not last:
        return
    apart = max(later - earlier for earlier, later in zip(last, [*last[1:], moment], strict=True))
    if apart > _TOO_RARE:
        yield Finding(
            code="too_rare",
            severity="warning",
            sentence=f"the last runs lie up to {how_many(apart.days, 'day')} apart, so that events are over {_TOO_RARE.days} days old when they are sent",
            mend="run daily: LinkedIn takes no event that is older than 90 days",
        )
    sent = [at for at in began if began[at].counts.get(Outcome.DELIVERED, 0)]
    if sent and moment - max(sent) < _COMPLETE:
        complete = max(sent) + _COMPLETE
        yield Finding(
            code="young_figures",
            severity="hint",
            sentence="the last run that sent events is less than 72 hours old, so Campaign Manager does not show all of them yet",
            mend=f"compare figures from {complete:%Y-%m-%d %H:%M} UTC on",
        )


def _time(written: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)

"""Collects, of a run that has ended, what the choice of alerts depends on."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from target_linkedin_conversions.alerts.alerts import Alerts
from target_linkedin_conversions.alerts.causes import Ended, Ending
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.reporting.empty_runs import unusually_empty
from target_linkedin_conversions.reporting.history import run_after
from target_linkedin_conversions.settings.alerts import Alert

if TYPE_CHECKING:
    from target_linkedin_conversions.delivery.delivery import Delivery
    from target_linkedin_conversions.reporting.folder import Folder
    from target_linkedin_conversions.reporting.report import Report
    from target_linkedin_conversions.run.checking import Checks
    from target_linkedin_conversions.run.reject_ratio import RejectRatio
    from target_linkedin_conversions.settings import Settings

__all__ = ["ended", "tell_of_job"]

logger = logging.getLogger(__name__)

_ENDINGS = {
    "access_token_ends": Alert.TOKEN_ENDS,
    "refresh_token_ends": Alert.TOKEN_ENDS,
    "version_ends": Alert.VERSION_ENDS,
    "version_ended": Alert.VERSION_ENDS,
}
"""The codes of preflight findings that lead to an alert, and which alert that is."""


def ended(report: Report, folder: Folder, checks: Checks | None, judge: RejectRatio, delivery: Delivery) -> Ended:
    """What alerts are chosen from: the report, tokens and versions that end soon, too many rejects, the requests of the day."""
    endings = {
        _ENDINGS[finding.code]: Ending(_ENDINGS[finding.code], finding.sentence, finding.mend)
        for finding in (checks.findings if checks else ())
        if finding.code in _ENDINGS
    }
    return Ended(
        report,
        tuple(endings.values()),
        judge.is_doubtful(),
        delivery.sender.quota.used_today,
        delivery.settings.requests_per_day,
        lambda: "" if report.is_part else unusually_empty(run_after(folder, report)),
    )


def tell_of_job(receipt: Report, folder: Folder, settings: Settings) -> None:
    """Alert people of what only the receipt of a job shows, such as that nothing was sent; what its parts have told is told once a day.

    Nothing is raised: the job is over.
    """
    alerts = Alerts(settings.alert_urls, settings.alert_on, folder)
    try:
        alerts.begin()
    except ConfigError as error:
        logger.warning("%s", error)
        return
    ended_job = Ended(
        receipt,
        endings=(),
        has_too_many_rejects=False,
        used_today=None,
        requests_per_day=settings.requests_per_day,
        unusually_empty=lambda: unusually_empty(run_after(folder, receipt)),
    )
    alerts.tell(ended_job)

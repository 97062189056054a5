"""The progress of a run, for displays; any thread may ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.reporting.live import Status

if TYPE_CHECKING:
    from target_linkedin_conversions.delivery.delivery import Delivery
    from target_linkedin_conversions.reporting.tally import Tally

__all__ = ["status_of"]


def status_of(tally: Tally, delivery: Delivery | None, seconds: float) -> Status:
    """The status of a run that began so many seconds ago; `delivery` is None where nothing is sent."""
    counted = Status(tally.records, tally.accepted, tally.rejected, seconds, sends=delivery is not None)
    if delivery is None:
        return counted
    used, waiting = delivery.sender.quota.used_today, delivery.sender.waits.first
    return msgspec.structs.replace(
        counted,
        quota_left=max(0, delivery.settings.requests_per_day - used) if used else None,
        waits_for=waiting.why if waiting else "",
        until=waiting.until if waiting else 0,
    )

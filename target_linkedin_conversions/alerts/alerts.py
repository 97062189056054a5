"""What a run does to alert somebody: it gets its messengers at its start, and tells at its end what is new today."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from target_linkedin_conversions.alerts.causes import causes_of
from target_linkedin_conversions.alerts.deduplication import Deduplication
from target_linkedin_conversions.alerts.messengers import Messengers
from target_linkedin_conversions.muted_threads import join_until
from target_linkedin_conversions.threads import Thread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from target_linkedin_conversions.alerts.causes import Cause, Ended
    from target_linkedin_conversions.reporting.folder import Folder
    from target_linkedin_conversions.reporting.report import Report
    from target_linkedin_conversions.settings import Secret
    from target_linkedin_conversions.settings.alerts import Alert

__all__ = ["MOST_SECONDS", "Alerts"]

logger = logging.getLogger(__name__)

MOST_SECONDS = 10.0
"""For all alerts of a run together."""
_FOR_THE_FOLDER = 0.5
"""Of these, for what is noted after the messages."""


class Alerts:
    """The alerts of a run; nothing is imported, read or sent where no URL is set."""

    def __init__(
        self,
        urls: Sequence[Secret],
        wanted: tuple[Alert, ...],
        folder: Folder,
        remembered: Callable[[Folder], Deduplication] = Deduplication,
    ) -> None:
        """`folder` remembers what was told, by the day on which it is: a run may begin on the one before."""
        self._remembered = remembered
        self._urls = urls if wanted else ()
        self._wanted = wanted
        self._folder = folder
        self._messengers: Messengers | None = None

    def begin(self) -> None:
        """Make sure that somebody can be told; raises `ConfigError`."""
        if self._urls:
            self._messengers = Messengers(self._urls)

    @property
    def longest(self) -> float:
        """Seconds that `tell` takes at most."""
        return MOST_SECONDS if self._messengers else 0.0

    def tell(self, ended: Ended, give_up: Callable[[], bool] = lambda: False) -> None:
        """Tell what was not told today, until nobody wants to wait; what hangs or fails is a warning, and never more."""
        messengers = self._messengers
        if messengers is None:
            return
        until = time.monotonic() + MOST_SECONDS
        telling = Thread(target=self._tell, args=(messengers, ended, until, give_up), name="alerts", daemon=True)
        telling.start()
        join_until(telling, until, give_up)
        telling.join(
            _FOR_THE_FOLDER if give_up() else 0.0
        )  # what could not be told is noted, for the next run to tell it
        if telling.is_alive() and not give_up():
            logger.warning("the alerts of this run took longer than %d seconds and were left", MOST_SECONDS)

    def _tell(self, messengers: Messengers, ended: Ended, until: float, give_up: Callable[[], bool]) -> None:
        try:
            told = self._remembered(self._folder)
            new = told.new(causes_of(ended, self._wanted))
            if not new:
                return
            failed = messengers.send(_title(new), _body(new, ended.report), until - _FOR_THE_FOLDER, give_up)
            for index in failed:
                logger.warning(
                    "alert_urls[%d] was not reached in time or refused the alert; check the URL and its service", index
                )
            if len(failed) == len(self._urls):
                told.forget(new)
            told.tidy()
        except Exception as error:  # noqa: BLE001 - an alert never changes how a run ends
            logger.warning("the alerts of this run could not be told (%s)", type(error).__name__)


def _title(causes: Sequence[Cause]) -> str:
    words = ", ".join(dict.fromkeys(cause.alert.replace("_", " ") for cause in causes))
    return f"LinkedIn conversions: {words}"


def _body(causes: Sequence[Cause], report: Report) -> str:
    counts = ", ".join(f"{number:,} {outcome.replace('_', ' ')}" for outcome, number in report.counts.items() if number)
    return "\n\n".join((*map(str, causes), f"run {report.run}: {counts or 'no events'}"))

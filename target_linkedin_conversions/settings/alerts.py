"""The causes of alerts, and the URLs that alerts go to; URLs are secrets, so messages name them by position."""

from __future__ import annotations

import re
from enum import StrEnum

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.settings.credentials import flaw_around
from target_linkedin_conversions.settings.lists import one_or_several
from target_linkedin_conversions.settings.secret import Secret
from target_linkedin_conversions.settings.values import wrong

__all__ = ["Alert", "alert_on", "alert_urls"]


class Alert(StrEnum):
    """A cause of an alert."""

    FAILED = "failed"
    REJECTS = "rejects"
    NOTHING_SENT = "nothing_sent"
    IN_DOUBT = Outcome.IN_DOUBT.value
    TOKEN_ENDS = "token_ends"  # noqa: S105 - a word
    VERSION_ENDS = "version_ends"
    QUOTA = "quota"


_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S*")


def alert_urls(value: object, place: str) -> tuple[Secret, ...]:
    """A list of URLs, typed, as JSON text, or one alone; which service each is for is asked where it is used."""
    return tuple(dict.fromkeys(_url(item, where) for item, where in one_or_several(value, place)))


def alert_on(value: object, place: str) -> tuple[Alert, ...]:
    """A list of causes, typed, as JSON text, or as text with commas; in the order of the list of all."""
    listed = value.split(",") if isinstance(value, str) and not value.strip().startswith("[") else value
    wanted = {_alert(item, where) for item, where in one_or_several(listed, place)}
    return tuple(alert for alert in Alert if alert in wanted)


def _url(value: object, place: str) -> Secret:
    found = value.strip() if isinstance(value, str) else ""
    if (flaw := flaw_around(found)) is not None:
        raise ConfigError(place, flaw.problem, flaw.mend)
    if not _URL.fullmatch(found) or not found.isprintable():
        raise wrong(place, "a URL as apprise takes it", "for example slack://… or mailtos://…; write several as a list")
    return Secret(found)


def _alert(value: object, place: str) -> Alert:
    word = value.strip().lower() if isinstance(value, str) else ""
    try:
        return Alert(word)
    except ValueError:
        raise wrong(place, "one of " + ", ".join(Alert), f'for example {place}: ["{Alert.FAILED}"]') from None

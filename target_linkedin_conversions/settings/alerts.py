"""What a person is alerted of, and the URLs that it is told to; those are secrets, and known by their position."""

from __future__ import annotations

import re
from enum import StrEnum

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.settings.values import QUOTES, Secret, json_or, wrong

__all__ = ["Alert", "alert_on", "alert_urls"]


class Alert(StrEnum):
    """A cause that a person should hear of."""

    FAILED = "failed"
    REJECTS = "rejects"
    NOTHING_SENT = "nothing_sent"
    IN_DOUBT = Outcome.IN_DOUBT.value
    TOKEN_ENDS = "token_ends"  # noqa: S105 - a word
    VERSION_ENDS = "version_ends"
    QUOTA = "quota"


_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S*")
_UNFILLED = re.compile(r"\$\w+\Z|.*\$[{(]|.*(\{\{|\}\})", re.DOTALL)


def alert_urls(value: object, place: str) -> tuple[Secret, ...]:
    """A list of URLs, typed, as JSON text, or one alone; which service each is for is asked where it is used."""
    return tuple(dict.fromkeys(_url(item, where) for item, where in _listed(value, place)))


def alert_on(value: object, place: str) -> tuple[Alert, ...]:
    """A list of causes, typed, as JSON text, or as text with commas; in the order of the list of all."""
    listed = value.split(",") if isinstance(value, str) and not value.strip().startswith("[") else value
    wanted = {_alert(item, where) for item, where in _listed(listed, place)}
    return tuple(alert for alert in Alert if alert in wanted)


def _listed(value: object, place: str) -> list[tuple[object, str]]:
    """The items of a list with their places, or the one value that stands for it."""
    found = json_or(value, list)
    if not isinstance(found, list | tuple):
        return [(found, place)]
    return [(item, f"{place}[{index}]") for index, item in enumerate(found)]


def _url(value: object, place: str) -> Secret:
    found = value.strip() if isinstance(value, str) else ""
    if found[:1] in QUOTES and found:
        raise ConfigError(place, "it stands in quotes that belong to its value", "remove the quotes around it")
    if _UNFILLED.match(found):
        raise ConfigError(
            place, "it is a placeholder that nothing has filled in, such as $NAME", "write the URL itself"
        )
    if not _URL.fullmatch(found) or not found.isprintable():
        raise wrong(place, "a URL as apprise takes it", "for example slack://… or mailtos://…; write several as a list")
    return Secret(found)


def _alert(value: object, place: str) -> Alert:
    word = value.strip().lower() if isinstance(value, str) else ""
    try:
        return Alert(word)
    except ValueError:
        raise wrong(place, "one of " + ", ".join(Alert), f'for example {place}: ["{Alert.FAILED}"]') from None

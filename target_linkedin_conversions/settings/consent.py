"""Reads the consent key, of an entry of `streams` or as the default of all entries."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.records.truth import SPELLINGS_OF_TRUE
from target_linkedin_conversions.settings import lists, values
from target_linkedin_conversions.settings.other_names import CONSENT_KEYS
from target_linkedin_conversions.settings.values import unknown

__all__ = ["CONSENT_NAMES", "GRANTED", "Consent", "consent_not_said", "read_consent"]

CONSENT_NAMES = ("column", "granted", "contains", "not_required")
"""What the key may hold."""
GRANTED: tuple[object, ...] = (True, *SPELLINGS_OF_TRUE, "granted")
"""Every spelling of true, which grants where `granted` names no values."""

_NO_REASONS = values.TRUE | values.FALSE | {"", "y", "n", "t", "f", "none", "null", "~", "why", "…", "..."}
_TWO_WAYS = 'write {column: …, granted: [true]} or {not_required: "why"}'


class Consent(msgspec.Struct, frozen=True):
    """The column that says whether the person consented, or why no consent is needed.

    `contains` is what a list, or a text with commas or bars between, must hold.
    """

    column: str = ""
    granted: tuple[object, ...] = GRANTED
    contains: tuple[object, ...] = ()
    not_required: str = ""


def consent_not_said(place: str) -> ConfigError:
    """The error where neither an entry nor the setting `consent` says whose records may be sent."""
    return ConfigError(
        place,
        "nothing says whose records may be sent",
        f"{_TWO_WAYS}, here or as the setting consent for all entries",
        code="no_consent_named",
    )


def read_consent(raw: object, place: str) -> Consent:
    """Whose records may be sent: a column with what grants it, or why none is asked; raises `ConfigError`."""
    if not isinstance(given := lists.json_or(raw, dict), Mapping):
        raise ConfigError(place, "expected an object, which names the column or the reason", _TWO_WAYS)
    consent = lists.json_object(given, place)
    for name in consent:
        if name not in CONSENT_NAMES:
            raise unknown(place, "key", name, CONSENT_NAMES, CONSENT_KEYS)
    if "not_required" in consent:
        if len(consent) > 1:
            raise ConfigError(
                place,
                "not_required stands beside a column or granted values",
                "keep one: the column that is asked, or the reason why none is needed",
            )
        return Consent(not_required=_reason(consent["not_required"], f"{place}.not_required"))
    if "column" not in consent:
        raise ConfigError(
            place,
            "no column is named",
            _TWO_WAYS,
        )
    return _consent_by_column(consent, place)


def _reason(raw: object, place: str) -> str:
    """The reason why no consent is needed; it must be words, because a bare yes or no could be meant either way."""
    reason = raw.strip() if isinstance(raw, str) else ""
    if reason.casefold() in _NO_REASONS:
        raise ConfigError(
            place,
            "expected the reason why no consent is needed, in words",
            f'for example {place}: "rows of people who agreed"; where consent is needed, write {{column: …, granted: [true]}}',
        )
    return reason


def _consent_by_column(consent: Mapping[str, object], place: str) -> Consent:
    column = lists.column_name(consent["column"], f"{place}.column")
    if "contains" in consent and "granted" in consent:
        problem = "contains stands beside granted"
        raise ConfigError(place, problem, "keep one: values that the column equals, or values that its list holds")
    if "contains" in consent:
        return Consent(column, contains=lists.scalars(consent["contains"], f"{place}.contains"))
    if "granted" not in consent:
        return Consent(column)
    return Consent(column, lists.scalars(consent["granted"], f"{place}.granted"))

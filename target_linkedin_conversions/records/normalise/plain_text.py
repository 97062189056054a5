"""Values that leave as they are: trimmed text, ids of partners and devices, countries, leads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from target_linkedin_conversions.records.codes import COUNTRIES
from target_linkedin_conversions.records.reasons import Reason
from target_linkedin_conversions.records.text import is_email_shaped, is_placeholder, key_text

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Normalised", "ad_id", "country", "lead", "plain_text", "scalar_text"]

Normalised = str | Reason | None

_AD_ID = re.compile(r"[A-Za-z0-9._~:=+/-]{1,200}").fullmatch
_ZERO_AD_ID = re.compile(r"[0-]+")
_LEAD_KEY = re.compile(r"[A-Za-z0-9._~=+/-]{1,200}").fullmatch
_LEAD_URN = "urn:li:leadGenFormResponse:"
_UNKNOWN_COUNTRY = Reason("country", "unknown_country")


def plain_text(value: object, field: str) -> Normalised:
    """Trimmed text that is sent as it is: no placeholder, nothing shaped like an e-mail."""
    text = value if type(value) is str else scalar_text(value)
    if text is None:
        return value if value is None or isinstance(value, Reason) else Reason(field, "not_a_text")
    text = text.strip()
    if not text:
        return None
    if is_email_shaped(text):
        return Reason(field, "looks_like_email")
    return Reason(field, "not_an_id") if is_placeholder(text) else text


def scalar_text(value: object) -> str | None:
    """The text of a text or number, None for anything else."""
    if value is None or isinstance(value, dict | list | bool):
        return None
    return key_text(value)


def ad_id(field: str) -> Callable[[object], Normalised]:
    """A reader of a partner's or device's id, which has no spaces; all zeros mean that tracking is off."""
    no_id = Reason(field, "not_an_id")

    def read(value: object) -> Normalised:
        text = plain_text(value, field)
        return no_id if isinstance(text, str) and (_ZERO_AD_ID.fullmatch(text) or not _AD_ID(text)) else text

    return read


def country(value: object) -> Normalised:
    """The ISO 3166 alpha-2 code in capitals, of that code, an alpha-3 code or a name."""
    if type(value) is str and value in COUNTRIES:
        return value
    if value is None or isinstance(value, Reason):
        return value
    code = value.strip().upper() if isinstance(value, str) else "?"
    if not code:
        return None
    return code if code in COUNTRIES else _named_country(code)


def _named_country(written: str) -> Normalised:
    from target_linkedin_conversions.records.country_names import code_of_country  # noqa: PLC0415 - few sources need it

    return code_of_country(written) or _UNKNOWN_COUNTRY


def lead(value: object) -> Normalised:
    """The URN of a lead form's response; a bare id becomes one."""
    text = plain_text(value, "lead")
    if not isinstance(text, str):
        return text
    key = text.removeprefix(_LEAD_URN).strip()
    if is_email_shaped(_LEAD_URN + key):
        return Reason("lead", "looks_like_email")
    if is_placeholder(key) or not _LEAD_KEY(key):
        return Reason("lead", "not_an_id")
    return _LEAD_URN + key

"""Values that leave as they are, each in its form: words, ids of partners, devices and sources, countries, leads."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from target_linkedin_conversions.printable import without_unseen
from target_linkedin_conversions.records.accounts_and_secrets import BEGINNINGS, is_account_or_secret
from target_linkedin_conversions.records.codes import COUNTRIES
from target_linkedin_conversions.records.encoded import encodes_address
from target_linkedin_conversions.records.extended_json import plain_value
from target_linkedin_conversions.records.json_text import unwrapped
from target_linkedin_conversions.records.looks import looks_personal
from target_linkedin_conversions.records.reasons import Reason
from target_linkedin_conversions.records.spellings import spellings, spells_address
from target_linkedin_conversions.records.text import NO_KEY, is_email_shaped, is_placeholder, key_text
from target_linkedin_conversions.records.unescaped import unescaped
from target_linkedin_conversions.urns import LEAD_URN

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Normalised", "ad_id", "country", "lead", "own_id", "plain_text", "plain_words", "scalar_text"]

Normalised = str | Reason | None

_AD_ID = re.compile(r"(?=\S*[0-9])[A-Za-z0-9._~:+/-]{1,200}={0,2}").fullmatch
_DEVICE_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}").fullmatch
"""A UUID, as Android's advertising id is."""
_LEAD_KEY = re.compile(r"(?=\S*[0-9])[A-Za-z0-9._~+/-]{1,200}={0,2}").fullmatch
_OWN_ID = re.compile(r"(?=\S*[0-9])[^\s=;?&%@,<>(){}\[\]\"'`\\\x00-\x20\x7f]{1,200}={0,2}").fullmatch
"""An id that a source gives: a digit at least, and nothing that stands in a URL's query, a cookie, a sentence or JSON."""
_IN_BRACES = re.compile(r"\{[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}").fullmatch
"""A UUID as Windows writes it."""
_BY_CHANCE = re.compile(
    r"(?=[A-Za-z_+/-]{12,200}={0,2}\Z)(?!.*[a-z]{5})(?=.*[A-Z]{2}[a-z])(?=(?:.*?[a-z][A-Z]){3}).*"
).fullmatch
"""Letters as only chance puts them, `cus_uESHxiPtprRYOF`: one id in ten of so few has no digit, and no name reads so."""
_NO_ID = re.compile(
    r"\+[0-9]|tel:|https?:|www\.|[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?:[:/][0-9]{1,5})?\Z|(?:(?=.*::)|(?=(?:[0-9a-f]+:){5}))[0-9a-f:.]+\Z"
    r"|[0-9]{4}([-./])[0-9]{1,2}\1[0-9]{1,2}\Z|[0-9]{1,2}([-./])[0-9]{1,2}\2[0-9]{4}\Z"
    r"|[-0]+\Z|eyJ[\w-]{8,}\.",
    re.IGNORECASE,
).match
"""What has the letters of an id and is none: a telephone number, a web address, an IP address, a date, only zeros, a token."""
_MOST_WORDS = 200
_WORDS = re.compile(
    r"(?:(?!(?:[Aa][Tt]|[Aa]rroba)\b|[A-Za-z.-]{1,20}-dot-)[A-Za-z&.'-]{1,20}+(?: |\Z)){1,6}+"
).fullmatch
"""Words as most names have them, none of which is the `at` of an address or as long as a hash."""
_PERHAPS_NOTHING = frozenset(text.lower() for text in NO_KEY if text is not None)
"""What stands where nothing is, in lower case."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""Controls, ends of lines, and marks that turn around what follows them."""
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});").search
_ONLY_DIGITS = re.compile(r"[0-9]{7,}").fullmatch
"""A telephone's number, a card's, or the id of a company: no name of one."""
_ASSIGNMENT = re.compile(r"[\w-]{2}=\S|[^\s?]\?[^\s?=]*=|(?<!\S)(?:[Bb]earer\s\S*[0-9]|eyJ[\w-]{8,}\.)")
"""A cookie's or a form's value, the query of a URL, a token."""
_WRAPPED = ('"', "{")
_LONGEST_QUOTED = 1_000
"""Characters of a text in whose quotes or object a value is looked for."""
_UNKNOWN_COUNTRY = Reason("country", "unknown_country")


def plain_text(value: object, field: str) -> Normalised:
    """Trimmed text that is sent as it is: no placeholder, nothing shaped like an e-mail."""
    text = value if type(value) is str else scalar_text(value)
    if text is None:
        return value if value is None or isinstance(value, Reason) else Reason(field, "not_a_text")
    text = text.strip()
    if text[:1] in _WRAPPED and (found := scalar_text(unwrapped(text, _LONGEST_QUOTED))) is not None:
        text = found.strip()
    if not text or not (text.isascii() or without_unseen(text).strip()):
        return None
    if is_email_shaped(text) or encodes_address(text):
        return Reason(field, "looks_like_email")
    return Reason(field, "not_an_id") if text in NO_KEY or is_placeholder(text) else text


def plain_words(value: object, field: str) -> Normalised:
    """A company's name or a title: text of one line, at most 200 characters, in which nobody is named by an address or number.

    No e-mail address in whatever way it is written or escaped, no hash, IP address or telephone number, no query of a URL.
    """
    if type(value) is str and _WORDS(value) and value[-1] != " " and not _is_none_or_address(value):
        return value
    text = plain_text(value, field)
    if type(text) is str and _REFERENCE(text):
        text = plain_text(html.unescape(text), field) or Reason(field, "not_an_id")
    if type(text) is not str or _WORDS(text):
        return text
    if _ONLY_DIGITS(text):
        return Reason(field, "not_an_id")
    if len(text) > _MOST_WORDS or _CONTROL.search(text) or _ASSIGNMENT.search(text):
        return Reason(field, "not_an_id")
    if not looks_personal(text):
        return text
    is_address = any(map(is_email_shaped, spellings(text)))
    return Reason(field, "looks_like_email" if is_address else "not_an_id")


def _is_none_or_address(words: str) -> bool:
    """Whether words may stand for nothing, or are an address in base64."""
    return words.lower() in _PERHAPS_NOTHING or (words.isalnum() and encodes_address(words))


def scalar_text(value: object) -> str | None:
    """The text of a text or number, None for anything else."""
    value = plain_value(value)
    return None if isinstance(value, dict | list | bool) else key_text(value)


def ad_id(field: str) -> Callable[[object], Normalised]:
    """A reader of a partner's or device's id, which has no spaces; all zeros mean that tracking is off."""
    no_id, has_form = Reason(field, "not_an_id"), _DEVICE_ID if field == "google_aid" else _AD_ID

    def read(value: object) -> Normalised:
        text = plain_text(value, field)
        return no_id if isinstance(text, str) and (not has_form(text) or _NO_ID(text)) else text

    return read


def own_id(value: object) -> Normalised:
    """The source's own id of a person, without spaces, and with a digit."""
    text = plain_text(value, "external_id")
    if not isinstance(text, str):
        return text
    if not (_OWN_ID(text) or _BY_CHANCE(text) or _IN_BRACES(text)) or not text.isprintable() or _NO_ID(text):
        return Reason("external_id", "not_an_id")
    if text[:3] in BEGINNINGS and is_account_or_secret(text):
        return Reason("external_id", "not_an_id")
    return Reason("external_id", "looks_like_email") if spells_address(text) else text


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
    text = unescaped(text)[-1]
    key = (text[len(LEAD_URN) :] if text.lower().startswith(LEAD_URN.lower()) else text).strip()
    if is_email_shaped(LEAD_URN + key) or encodes_address(key):
        return Reason("lead", "looks_like_email")
    if is_placeholder(key) or not (_LEAD_KEY(key) or _BY_CHANCE(key)) or _NO_ID(key):
        return Reason("lead", "not_an_id")
    return LEAD_URN + key

"""LinkedIn's click id, `li_fat_id`: alone, or inside a URL that carries it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from target_linkedin_conversions.records.normalise.plain_text import plain_text
from target_linkedin_conversions.records.reasons import Reason
from target_linkedin_conversions.records.text import is_placeholder, is_plain_id

if TYPE_CHECKING:
    from target_linkedin_conversions.records.normalise.plain_text import Normalised

__all__ = ["click_id"]

_NAME = "li_fat_id"


def click_id(value: object) -> Normalised:
    """LinkedIn's click id, or the one that a URL carries in its query or fragment."""
    if type(value) is str:
        if is_plain_id(value):
            return value
        if _NAME in value or "://" in value or value.lstrip()[:1] in {"/", "?", "#"}:
            return _of_url(value.strip())
    return plain_text(value, _NAME)


def _of_url(url: str) -> Normalised:
    if is_placeholder(url):
        return Reason(_NAME, "not_an_id")
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    bare = "" if parts.scheme or parts.query or parts.fragment else parts.path
    for query in (parts.query, parts.fragment.partition("?")[2] or parts.fragment, bare):
        for name, found in parse_qsl(query, max_num_fields=None):
            if name.lower() == _NAME and found.strip():
                return plain_text(found, _NAME)
    return None

"""Click ids that are not sent: in a column that nothing maps, or lost on the way to the landing page."""

from __future__ import annotations

import re
from collections import Counter as Counts
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.readiness.finding import finding
from target_linkedin_conversions.records.cache import Cache
from target_linkedin_conversions.records.columns import plain_name
from target_linkedin_conversions.records.normalise.click_id import click_id, is_named_click_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from target_linkedin_conversions.readiness.finding import Finding, Made, Record
    from target_linkedin_conversions.records.columns import Place, Row

__all__ = ["Clicks"]

_NAME = "li_fat_id"
_NESTED = frozenset({dict, list})
"""What may hold a page or a cookie further in."""
_OF_LINKEDIN = re.compile(
    r"(?:[?&#]|&amp;|%3F|%26)(?:utm_source(?:=|%3D)linked-?in|li_[a-z_]+(?:=|%3D))", re.IGNORECASE
)
"""What marks a page as one that an advertisement on LinkedIn led to."""


class Clicks:
    """Looks at every column of a record, mapped or not."""

    def __init__(self, mapped: frozenset[str], places: Sequence[Place]) -> None:
        """`mapped` are the columns of `li_fat_id`, `places` where a row has their values."""
        self._mapped, self._places = mapped, tuple(places)
        self._by_name = Cache(lambda name: name not in mapped and is_named_click_id(plain_name(name)))
        self._unmapped: Counts[str] = Counts()
        self._lost: Counts[str] = Counts()

    def see(self, row: Row, record: Record, made: Made) -> None:  # noqa: ARG002 - a counter's signature
        """Look at one record; a page that lost its id counts once."""
        page, has_id = "", False
        for name, value in record.items():
            kind = type(value)
            if kind is str:
                text = value
            elif kind in _NESTED:
                text = msgspec.json.encode(value).decode()
            else:
                continue
            if "=" not in text and _NAME not in text and not self._by_name[name]:
                continue
            if self._carries_id(name, text, row):
                has_id = True
            elif not page and _OF_LINKEDIN.search(text):
                page = name
        if page and not has_id and not self._sent(row):
            self._lost[page] += 1

    def _carries_id(self, name: str, text: str, row: Row) -> bool:
        """Whether a text is or holds a click id; one that is not sent is counted."""
        found = click_id(text) if self._by_name[name] or _NAME in text.lower() else None
        if not isinstance(found, str):
            return False
        if name not in self._mapped and found not in self._sent(row):
            self._unmapped[name] += 1
        return True

    def _sent(self, row: Row) -> set[object]:
        """The click ids that are mapped and good."""
        return {found for place in self._places if isinstance(found := click_id(row[place]), str)}

    def findings(self) -> Iterator[Finding]:
        """One for each column."""
        for column, records in self._unmapped.items():
            yield finding("click_id_unmapped", records, field=_NAME, column=column)
        for column, records in self._lost.items():
            yield finding("click_id_lost", records, field=_NAME, column=column)
